import type { Fault } from '../model/fault.ts'
import { chooseNodes, LIMIT_MILLIS } from './ask.ts'
import { NOBODY } from './nobody.ts'

/** A master follows a server that does not exist: it refuses writes, and keeps its data. */
export const roleChange: Fault = async (target, plan, random) => {
  const nodes = await chooseNodes(target, plan, random)
  const { call } = target.deployment
  for (const address of nodes) {
    const [role] = (await call(address, 'ROLE', [], LIMIT_MILLIS)) as [string]
    if (role !== 'master') throw new Error(`${address} is no master`)
  }
  return {
    nodes,
    undo: nodes.map((address) => ({ do: 'master-again', address })),
    touches: nodes.map((address) => `role of ${address}`),
    async act() {
      await Promise.all(nodes.map((address) => call(address, 'REPLICAOF', [...NOBODY], LIMIT_MILLIS)))
      return { connections: 0, detail: `REPLICAOF ${NOBODY.join(' ')}` }
    },
  }
}
