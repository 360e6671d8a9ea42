import type { Fault } from '../model/fault.ts'
import { plural } from './ask.ts'

/** Destroys the sockets of a random share of our connections on the client's side. */
export const socketCut: Fault = (target, plan, random) =>
  Promise.resolve({
    nodes: [],
    undo: [],
    touches: [],
    async act() {
      const connections = await target.cutConnections(plan.share, random)
      return { connections, detail: `${plural(connections, 'connection')} cut` }
    },
  })
