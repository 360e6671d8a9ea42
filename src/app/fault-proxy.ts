import { parseAddress } from '../model/address.ts'
import type { Deployment } from '../model/deployment.ts'
import type { RunPlan, TargetPlan } from '../model/plan.ts'
import type { ProxySpec, RewriteKind } from '../model/toxic.ts'
import { startProxyProcess } from '../proxy/start-proxy-process.ts'
import type { CleanupStack } from './cleanup-stack.ts'

const LIMIT_MILLIS = 5000

/** Where faults of the kind proxy are made, and where the load goes. */
export interface FaultProxy {
  /** Base URL of its HTTP API; `null` without one. */
  readonly url: string | null
  /** It ends with the run, and all toxics with it. */
  readonly isOurs: boolean
  /** The target as the load threads reach it. */
  readonly loadTarget: TargetPlan
}

/**
 * Starts our own fault proxy when a fault of the plan needs one and no other is named: one proxy for each server and each
 * Sentinel, all in one process. What looks after things goes to the servers themselves.
 */
export async function provideFaultProxy(
  plan: RunPlan,
  deployment: Deployment,
  cleanup: CleanupStack,
): Promise<FaultProxy> {
  const { target, proxy, faults, load } = plan
  if (proxy.url !== null || faults.every(({ kind }) => kind !== 'proxy'))
    return { url: proxy.url, isOurs: false, loadTarget: target }
  const nodes = (await deployment.nodes(LIMIT_MILLIS)).map(({ address }) => address)
  const upstreams = [...nodes, ...deployment.sentinels]
  const rewrite: { readonly rewrite?: RewriteKind } =
    target.topology === 'standalone' ? {} : { rewrite: target.topology }
  const specs = upstreams.map((upstream): ProxySpec => ({ name: upstream, upstream, ...rewrite }))
  const process_ = await startProxyProcess({ seed: load.seed, proxies: specs })
  cleanup.add('end the fault proxy', () => process_.stop())
  const listens = new Map(process_.proxies.map(({ name, listen }) => [name, listen]))
  const through = (addresses: readonly string[]): string[] =>
    addresses.map((address) => listens.get(address)!)
  return {
    url: process_.apiUrl,
    isOurs: true,
    loadTarget: retarget(target, through(nodes), through(deployment.sentinels)),
  }
}

/** The first server of a deployment is its master, or for a Cluster any node. */
function retarget(target: TargetPlan, nodes: readonly string[], sentinels: readonly string[]): TargetPlan {
  const { host, port } = parseAddress(nodes[0] ?? '')!
  // The certificate is for the server, not for the proxy before it.
  const tls = { ...target.tls, server_name: target.tls.server_name ?? target.host }
  const one = { ...target, tls, nat_map: [] }
  if (target.topology === 'standalone') return { ...one, host, port, socket: null }
  if (target.topology === 'cluster') return { ...one, nodes }
  return { ...one, sentinel: { ...target.sentinel, nodes: sentinels } }
}
