import type { DeploymentNode } from '../model/deployment.ts'
import type { Fault } from '../model/fault.ts'
import { selectNodes } from '../model/node-selector.ts'
import { pickShare } from '../model/pick-share.ts'
import type { Random } from '../model/random.ts'
import { LIMIT_MILLIS, waitUntil } from './ask.ts'

const TAKES_MILLIS = 15_000

/** `CLUSTER FAILOVER` on a replica of each shard that is meant. */
export const clusterFailover: Fault = async (target, plan, random) => {
  const { call, nodes: list } = target.deployment
  if (target.deployment.topology !== 'cluster') throw new Error('the target is no Cluster')
  const all = await list(LIMIT_MILLIS)
  const heirs = selectNodes(plan.on ?? 'random-master', all, random).map((node) => heirOf(node, all, random))
  const mode = String(plan.params['mode']).toUpperCase()
  const args = ['FAILOVER', ...(mode === 'GRACEFUL' ? [] : [mode])]
  return {
    nodes: heirs.map(({ address }) => address),
    undo: [],
    touches: heirs.flatMap(({ address, master }) => [`role of ${address}`, `role of ${master}`]),
    async act(over) {
      const begunAt = performance.now()
      await Promise.all(heirs.map(({ address }) => call(address, 'CLUSTER', args, LIMIT_MILLIS)))
      for (const { address } of heirs)
        await waitUntil(
          `${address} is a master`,
          TAKES_MILLIS,
          async () => {
            const [role] = (await call(address, 'ROLE', [], LIMIT_MILLIS)) as [string]
            return role === 'master' ? true : undefined
          },
          over,
        )
      const millis = Math.round(performance.now() - begunAt)
      return { connections: 0, detail: `CLUSTER ${args.join(' ')}: over after ${millis} ms` }
    },
  }
}

function heirOf(node: DeploymentNode, all: readonly DeploymentNode[], random: Random): DeploymentNode {
  if (node.role === 'replica') return node
  const replicas = all.filter(({ master, isDown }) => master === node.address && !isDown)
  const [heir] = pickShare(replicas, 1 / replicas.length, random)
  if (heir === undefined) throw new Error(`${node.address} has no replica`)
  return heir
}
