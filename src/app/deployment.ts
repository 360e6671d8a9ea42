import { writeAddress } from '../model/address.ts'
import type { Deployment } from '../model/deployment.ts'
import type { RunPlan, Secrets } from '../model/plan.ts'
import type { ControlClient } from '../redis/control-client.ts'
import { openControlPool } from './control-pool.ts'
import { findNodes } from './find-nodes.ts'

type KnownClients = ReadonlyMap<string, ControlClient>

/**
 * Opens nothing yet: connections are dialled when they are needed, and again when they were lost. `known`: connections that
 * are there already, by address; they stay their owner's, who takes what is sent over them out of the server's counts.
 */
export function openDeployment(plan: RunPlan, secrets: Secrets, known: KnownClients = new Map()): Deployment {
  const { target } = plan
  const here = writeAddress(target)
  const sentinels = target.topology !== 'sentinel' ? [] : orHere(target.sentinel.nodes, here)
  const pool = openControlPool(plan, secrets, sentinels, known)
  const entrances = { standalone: [here], cluster: orHere(target.nodes, here), sentinel: sentinels }
  const finding = {
    target,
    entrances: entrances[target.topology],
    call: pool.call,
    known: () => pool.addresses(),
  }
  return {
    topology: target.topology,
    sentinels,
    nodes: (limitMillis) => findNodes(finding, limitMillis),
    ...pool,
  }
}

function orHere(nodes: readonly string[], here: string): readonly string[] {
  return nodes.length === 0 ? [here] : nodes
}
