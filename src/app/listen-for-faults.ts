import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { FaultInjector } from '../faults/fault-injector.ts'
import { parseLiveFault } from '../config/live-fault.ts'
import { describeProblem, UsageError } from '../model/errors.ts'
import type { FaultPlan } from '../model/fault-plan.ts'
import { createRandom, deriveSeed } from '../model/random.ts'
import { describeTarget } from '../redis/connect-failure.ts'
import { checkFaultTargets, faultProblem } from './check-faults.ts'
import { type FaultAnswerLine, type FaultRequestLine, linesOf } from './fault-request.ts'
import type { RunStage } from './prepare-run.ts'
import { fileNameOf, runtimeFolder } from './runtime-folder.ts'

const MOST_CONNECTIONS = 20
const FIRST_SEQUENCE = 10_000
const CLOSE_MILLIS = 200

/**
 * Lets the user of this machine who started the run ask it for faults, over a socket that nobody else may open. A run
 * that cannot have one goes on without.
 */
export function listenForFaults(stage: RunStage, injector: FaultInjector): { close(): void } {
  const { plan, log } = stage
  const sockets = new Set<Socket>()
  let asked = 0
  const answerTo = (socket: Socket, line: string): void => {
    const say = (answer: FaultAnswerLine): void => {
      if (!socket.destroyed) socket.write(`${JSON.stringify(answer)}\n`)
    }
    const refuse = (error: unknown): void => say({ type: 'refused', problems: problemsOf(error) })
    void answer(line, say).catch(refuse)
  }
  const answer = async (line: string, say: (answer: FaultAnswerLine) => void): Promise<void> => {
    const request = JSON.parse(line) as FaultRequestLine
    if (request.type === 'who') {
      const target = describeTarget(plan.target)
      say({ type: 'run', run_id: plan.identity.run_id, pid: process.pid, target })
      return
    }
    const fault = parseLiveFault(request.fault)
    await checkLive(stage, fault)
    const random = createRandom(deriveSeed(plan.load.seed, FIRST_SEQUENCE, asked++))
    const result = await injector.inject({
      plan: fault,
      origin: 'live',
      plannedAtMillis: stage.source.now(),
      random,
      onBegun: (begun) => say({ type: 'begun', result: begun }),
    })
    say({ type: 'ended', result })
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    const hear = linesOf((line) => (line === undefined ? socket.destroy() : answerTo(socket, line)))
    socket.setEncoding('utf8').on('data', hear)
  })
  server.maxConnections = MOST_CONNECTIONS
  server.unref()
  const path = listen(server, stage)
  if (path === undefined) log.debug({}, 'no socket to ask for faults')
  return {
    close() {
      server.close()
      for (const socket of sockets) {
        socket.end()
        setTimeout(() => socket.destroy(), CLOSE_MILLIS).unref()
      }
      if (path !== undefined) rmSync(path, { force: true })
    },
  }
}

/** The path, once it listens there; `undefined` where that is not to be had. */
function listen(
  server: ReturnType<typeof createServer>,
  { plan, environment, log }: RunStage,
): string | undefined {
  try {
    const path = join(runtimeFolder(environment), `${fileNameOf(plan.identity)}.sock`)
    server.on('error', (error) => log.debug({ reason: error.message }, 'no socket to ask for faults'))
    // The folder is closed to others already.
    server.listen(path, () => chmodSync(path, 0o600))
    return path
  } catch {
    return undefined
  }
}

async function checkLive({ plan, secrets, reach }: RunStage, fault: FaultPlan): Promise<void> {
  const message = faultProblem(plan, fault, secrets.password !== null)
  if (message !== undefined) throw new UsageError([{ path: '', message }])
  await checkFaultTargets({ ...plan, faults: [fault] }, reach.deployment)
}

function problemsOf(error: unknown): string[] {
  if (error instanceof UsageError) return error.problems.map((problem) => describeProblem(problem))
  return [error instanceof Error ? error.message : String(error)]
}
