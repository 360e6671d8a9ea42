import type { KILLED_CLIENTS } from '../model/fault-catalogue/connections.ts'
import type { Fault } from '../model/fault.ts'
import { pickShare } from '../model/pick-share.ts'
import { chooseNodes, plural } from './ask.ts'

/** `CLIENT KILL ID` for a random share of the connections, all at once: the server closes them. */
export const clientKill: Fault = async (target, plan, random) => {
  const type = String(plan.params['type']) as (typeof KILLED_CLIENTS)[number]
  const isWherever = plan.on === 'all' && type.startsWith('ours')
  const nodes = (isWherever ? target.loadAddresses : null) ?? (await chooseNodes(target, plan, random))
  return {
    nodes,
    undo: [],
    touches: [],
    async act() {
      const lists = await answers(nodes.map((address) => target.listConnections(address, type)))
      const picked = pickShare(lists.flat(), plan.share, random)
      const killed = await Promise.all(picked.map((connection) => target.killConnection(connection)))
      const connections = killed.filter(Boolean).length
      return { connections, detail: `${plural(connections, 'connection')} killed (${type})` }
    },
  }
}

/** Those that came; rejects when none did. A server that is down does not save the connections to the others. */
async function answers<Answer>(asked: readonly Promise<Answer>[]): Promise<Answer[]> {
  const settled = await Promise.allSettled(asked)
  const came = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = settled.find((one) => one.status === 'rejected')
  if (came.length === 0 && failed !== undefined) throw failed.reason
  return came
}
