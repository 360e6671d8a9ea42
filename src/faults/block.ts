import type { Fault } from '../model/fault.ts'
import { busyFor } from './busy-script.ts'
import { chooseNodes, LIMIT_MILLIS, pause } from './ask.ts'

/** Time in which a server that refuses says so. */
const REFUSAL_MILLIS = 50
/** A connection of its own: what is sent after the script on the same one would wait for it. */
const CHANNEL = 'block'

/** A busy script, or `DEBUG SLEEP`: the server does nothing else. */
export const block: Fault = async (target, plan, random) => {
  const nodes = await chooseNodes(target, plan, random)
  const millis = plan.for_ms ?? 0
  const { call } = target.deployment
  const isScript = plan.params['how'] === 'eval'
  const commands = await Promise.all(
    nodes.map(async (address): Promise<readonly [string, readonly string[]]> => {
      // Opens the connection: a server that is blocked would not let us in.
      await call(address, 'PING', [], LIMIT_MILLIS)
      if (isScript) return await busyFor(target.deployment, address, millis, CHANNEL)
      await call(address, 'PING', [], LIMIT_MILLIS, CHANNEL)
      return ['DEBUG', ['SLEEP', String(millis / 1000)]]
    }),
  )
  const endsAt = Date.now() + millis
  return {
    nodes,
    undo: nodes.map((address) => ({
      ...({ do: 'call', address, command: 'SCRIPT', args: ['KILL'], unless: ['NOTBUSY'] } as const),
      ends_by_itself_at_ms: endsAt,
    })),
    touches: nodes.map((address) => `block ${address}`),
    async act() {
      const sent = nodes.map((address, index) =>
        call(address, ...commands[index]!, millis + LIMIT_MILLIS, CHANNEL),
      )
      for (const one of sent) one.catch(() => {})
      await Promise.race([Promise.all(sent), pause(REFUSAL_MILLIS)])
      return { connections: 0, detail: `${isScript ? 'busy script' : 'DEBUG SLEEP'} of ${millis} ms` }
    },
  }
}
