import type { Fault } from '../model/fault.ts'
import { pickShare } from '../model/pick-share.ts'

/** `CLIENT KILL ID` for a random share of our connections, all at once: the server closes them. */
export const clientKill: Fault = async (target, plan, random) => {
  const ids = pickShare(await target.listConnections(), plan.share, random)
  const killed = await Promise.all(ids.map((id) => target.killConnection(id)))
  return killed.filter(Boolean).length
}
