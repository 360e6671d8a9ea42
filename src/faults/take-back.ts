import type { FaultTarget } from '../model/fault.ts'
import type { UndoStep, UndoWork } from '../model/undo.ts'
import { LIMIT_MILLIS } from './ask.ts'
import { readConfig, writeConfig } from './change-config.ts'
import { sendHttp } from './http-request.ts'
import { moveSlots } from './move-slots.ts'
import { NOBODY } from './nobody.ts'
import { processBirth } from './process-birth.ts'
import { runCommand } from './run-command.ts'

/** What is needed to take a fault back; another process than the one that caused it may do it. */
export type UndoTarget = Pick<FaultTarget, 'deployment' | 'passwords' | 'migrateCredentials'> & {
  /** Resolves when the embedded server runs; nothing when there is none. */
  startEmbedded(): Promise<void>
}

/** `not needed`: it is as it was already. */
export type TakenBack = 'done' | 'not needed'

type Handlers = {
  readonly [Kind in UndoWork['do']]: (
    step: Extract<UndoWork, { readonly do: Kind }>,
    target: UndoTarget,
  ) => Promise<TakenBack>
}

/** How each kind of step is done. */
const HANDLERS: Handlers = {
  async call({ address, command, args, unless }, { deployment }) {
    try {
      await deployment.call(address, command, args, LIMIT_MILLIS)
      return 'done'
    } catch (error) {
      if (error instanceof Error && unless.some((text) => error.message.startsWith(text))) return 'not needed'
      throw error
    }
  },
  async config({ address, values }, { deployment }) {
    const now = await readConfig(deployment, address, Object.keys(values))
    if (Object.entries(values).every(([name, value]) => now[name] === value)) return 'not needed'
    await writeConfig(deployment, address, values)
    return 'done'
  },
  async 'master-again'({ address }, { deployment }) {
    const [role, host, port] = (await deployment.call(address, 'ROLE', [], LIMIT_MILLIS)) as unknown[]
    if (role === 'master' || String(host) !== NOBODY[0] || String(port) !== NOBODY[1]) return 'not needed'
    await deployment.call(address, 'REPLICAOF', ['NO', 'ONE'], LIMIT_MILLIS)
    return 'done'
  },
  async password({ address, user, salt }, { passwords }) {
    await passwords.restore(address, user, salt)
    return 'done'
  },
  async slots(move, target) {
    const nodes = await target.deployment.nodes(LIMIT_MILLIS)
    const home = nodes.find(({ address }) => address === move.to)
    const isHome = (slot: number): boolean =>
      home?.slots.some(([first, last]) => slot >= first && slot <= last) === true
    const isOpen = await openSlots(move, target)
    const left = move.slots.filter((slot) => isOpen(slot) || !isHome(slot))
    if (left.length === 0) return 'not needed'
    await moveSlots(target, { ...move, slots: left })
    return 'done'
  },
  continue({ pid, born }) {
    if (processBirth(pid) !== born) return Promise.resolve('not needed')
    process.kill(pid, 'SIGCONT')
    return Promise.resolve('done')
  },
  async 'start-embedded'(_, target) {
    await target.startEmbedded()
    return 'done'
  },
  async run({ argv }) {
    await runCommand(argv)
    return 'done'
  },
  async http(request) {
    await sendHttp(request)
    return 'done'
  },
}

/** Which slots are between two homes: `[slot->-id]` or `[slot-<-id]` in what a node says of itself. */
async function openSlots(
  { from, to }: { readonly from: string; readonly to: string },
  { deployment }: UndoTarget,
): Promise<(slot: number) => boolean> {
  const texts = await Promise.all(
    [from, to].map((address) => deployment.call(address, 'CLUSTER', ['NODES'], LIMIT_MILLIS)),
  )
  const text = texts.map(String).join('\n')
  return (slot) => text.includes(`[${slot}-`)
}

/** Takes one step back; doing it twice does no harm. Rejects when it could not be done. */
export async function takeBack(step: UndoStep, target: UndoTarget, now: number): Promise<TakenBack> {
  if (step.ends_by_itself_at_ms !== undefined && now >= step.ends_by_itself_at_ms) return 'not needed'
  const handler = HANDLERS[step.do] as (one: UndoStep, undo: UndoTarget) => Promise<TakenBack>
  return await handler(step, target)
}
