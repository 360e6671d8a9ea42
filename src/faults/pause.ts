import type { Fault } from '../model/fault.ts'
import { chooseNodes, LIMIT_MILLIS } from './ask.ts'

/** `CLIENT PAUSE`: all of it ends by itself, and a pause of all commands makes our own UNPAUSE wait as well. */
export const pauseClients: Fault = async (target, plan, random) => {
  const nodes = await chooseNodes(target, plan, random)
  const millis = plan.for_ms ?? 0
  const mode = String(plan.params['mode']).toUpperCase()
  // Opens the connections: a paused server would not let us in.
  await Promise.all(nodes.map((address) => target.deployment.call(address, 'PING', [], LIMIT_MILLIS)))
  return {
    nodes,
    undo: nodes.map((address) => ({
      do: 'call',
      address,
      command: 'CLIENT',
      args: ['UNPAUSE'],
      unless: [],
      ends_by_itself_at_ms: Date.now() + millis,
    })),
    touches: nodes.map((address) => `pause ${address}`),
    async act() {
      await Promise.all(
        nodes.map((address) =>
          target.deployment.call(address, 'CLIENT', ['PAUSE', millis, mode], LIMIT_MILLIS),
        ),
      )
      return { connections: 0, detail: `CLIENT PAUSE ${millis} ${mode}` }
    },
  }
}
