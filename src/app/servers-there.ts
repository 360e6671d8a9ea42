import { writeAddress } from '../model/address.ts'
import type { Deployment, DeploymentNode } from '../model/deployment.ts'
import type { RunPlan } from '../model/plan.ts'
import { bounded } from '../redis/bounded.ts'
import { causeOf } from '../redis/control-client.ts'

/** Answers by which a server says that it will not tell, whenever it is asked. */
export const REFUSALS: ReadonlySet<string> = new Set(['NOPERM', 'ERR', 'NOAUTH', 'DENIED'])

export interface ServersThere {
  readonly addresses: readonly string[]
  /** The code by which it is refused to say who is there; `addresses` are then those that the plan names. */
  readonly refused: string | undefined
}

/**
 * Who is there now, as `host:port`: those that are `known` first, then masters, so that of too many the same are looked at
 * whoever is asked. A server that was `known` and is thought to be gone stays among them while it is silent,
 * so that its silence is seen; one that has left a Cluster does not. `undefined`: nobody says.
 */
export async function serversThere(
  deployment: Deployment,
  { target }: RunPlan,
  known: ReadonlyMap<string, { readonly isSilent: boolean }>,
  limitMillis: number,
): Promise<ServersThere | undefined> {
  try {
    const finding = deployment.nodes(limitMillis)
    finding.catch(() => {})
    const nodes = await bounded(finding, limitMillis, 'finding the servers')
    const rank = ({ address, role }: DeploymentNode): number =>
      known.has(address) ? 0 : role === 'master' ? 1 : 2
    const listed = nodes
      .filter(({ address, isDown }) => !isDown || known.has(address))
      .toSorted((a, b) => rank(a) - rank(b))
    const silent = deployment.topology === 'cluster' ? [] : [...known].filter(([, { isSilent }]) => isSilent)
    const addresses = [...listed.map(({ address }) => address), ...silent.map(([address]) => address)]
    return { addresses: [...new Set(addresses)], refused: undefined }
  } catch (error) {
    const code = causeOf(error)
    if (!REFUSALS.has(code)) return undefined
    const here = [writeAddress(target)]
    const named = { standalone: here, cluster: target.nodes.length === 0 ? here : target.nodes, sentinel: [] }
    return { addresses: named[target.topology], refused: code }
  }
}
