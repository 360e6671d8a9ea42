import type { Fault } from '../model/fault.ts'

/** `CLIENT KILL ID` for a random share of our connections, all at once: the server closes them. */
export const clientKill: Fault = async (target, plan, random) => {
  const ids = [...(await target.listConnections())]
  const count = Math.round(plan.share * ids.length)
  for (let picked = 0; picked < count; picked++) {
    const other = picked + random.below(ids.length - picked)
    const id = ids[other]!
    ids[other] = ids[picked]!
    ids[picked] = id
  }
  const killed = await Promise.all(ids.slice(0, count).map((id) => target.killConnection(id)))
  return killed.filter(Boolean).length
}
