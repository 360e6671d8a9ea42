import { readdirSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { UsageError } from '../model/errors.ts'
import type { FaultResult } from '../model/fault-result.ts'
import { type FaultAnswerLine, type FaultRequestLine, linesOf } from './fault-request.ts'
import { runtimeFolder } from './runtime-folder.ts'

const WHO_MILLIS = 2000

/** A run that is going on, as this user may ask it for faults. */
export interface RunningRun {
  readonly socket: string
  readonly run_id: string
  readonly pid: number
  readonly target: string
}

/** All runs of this user that answer. A socket that a run left behind when it was killed is removed. */
export async function findRuns(environment: NodeJS.ProcessEnv): Promise<RunningRun[]> {
  const folder = runtimeFolder(environment)
  const sockets = readdirSync(folder).filter((name) => name.endsWith('.sock'))
  const found = await Promise.all(
    sockets.toSorted().map(async (name): Promise<RunningRun[]> => {
      const socket = join(folder, name)
      try {
        const last = await ask(socket, { type: 'who' }, () => {}, WHO_MILLIS)
        return last.type === 'run' ? [{ ...last, socket }] : []
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') rmSync(socket, { force: true })
        return []
      }
    }),
  )
  return found.flat()
}

/** The one that is meant: by its run id, or the beginning of it; without one, there must be only one. */
export function chooseRun(runs: readonly RunningRun[], wanted: string | undefined): RunningRun {
  const chosen = wanted === undefined ? runs : runs.filter(({ run_id }) => run_id.startsWith(wanted))
  const [one] = chosen
  if (one !== undefined && chosen.length === 1) return one
  const list = (chosen.length === 0 ? runs : chosen).map(({ run_id }) => run_id).join(', ')
  const message = chosen.length === 0 ? 'no such run is going on' : `${chosen.length} runs are going on`
  throw new UsageError([
    { path: '--run', message, hint: list === '' ? 'a run of this user on this machine' : `there is ${list}` },
  ])
}

/** Asks a run for a fault; resolves with what became of it. Throws when the run refuses. */
export async function askForFault(
  { socket }: RunningRun,
  fault: Readonly<Record<string, unknown>>,
  onBegun: (result: FaultResult) => void,
): Promise<FaultResult> {
  const last = await ask(socket, { type: 'fault', fault }, (answer) => {
    if (answer.type === 'begun') onBegun(answer.result)
  })
  if (last.type === 'ended') return last.result
  const problems = last.type === 'refused' ? last.problems : ['the run did not answer as expected']
  throw new UsageError(problems.map((message) => ({ path: '', message })))
}

function ask(
  path: string,
  request: FaultRequestLine,
  onAnswer: (answer: FaultAnswerLine) => void,
  limitMillis = 0,
): Promise<FaultAnswerLine> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    if (limitMillis > 0) socket.setTimeout(limitMillis, () => socket.destroy(new Error('no answer')))
    const hear = linesOf((line) => {
      if (line === undefined) return
      const answer = JSON.parse(line) as FaultAnswerLine
      onAnswer(answer)
      if (answer.type === 'begun') return
      resolve(answer)
      socket.end()
    })
    socket.setEncoding('utf8').on('data', hear)
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the run ended before the fault did')))
    socket.write(`${JSON.stringify(request)}\n`)
  })
}
