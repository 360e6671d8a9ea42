import type { Fault } from '../model/fault.ts'

/** Destroys the sockets of a random share of our connections on the client's side. */
export const socketCut: Fault = (target, plan, random) => target.cutConnections(plan.share, random)
