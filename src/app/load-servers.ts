import type { BuiltPlan } from '../config/build-plan.ts'
import { UsageError } from '../model/errors.ts'
import { type Address, parseAddress, writeAddress } from '../model/address.ts'
import type { RunPlan } from '../model/plan.ts'
import type { ControlClient } from '../redis/control-client.ts'
import { isReadOnly } from '../workload/written-keys.ts'
import type { CleanupStack } from './cleanup-stack.ts'
import { connectControl } from './connect-control.ts'
import { openDeployment } from './deployment.ts'
import { loadScripts } from './load-scripts.ts'
import { findReplicas } from './replicas.ts'

const NODES_LIMIT_MILLIS = 5000

/** The servers that get the load, and a control connection to each. */
export interface LoadServers {
  /** Empty: the target alone, or where the Sentinels say. */
  readonly addresses: readonly Address[]
  readonly controls: readonly ControlClient[]
  /** What each of them was when it was chosen; `null` where it is not known. */
  readonly roles: readonly ('master' | 'slave' | null)[]
  /** Those that always are to the same server, by its `host:port`. */
  readonly byAddress: ReadonlyMap<string, ControlClient>
}

/** Finds the servers that get the load, and loads the Lua of the plan into them. */
export async function openLoadServers(
  built: Pick<BuiltPlan, 'plan' | 'secrets'>,
  control: ControlClient,
  cleanup: CleanupStack,
): Promise<LoadServers> {
  const { plan, secrets } = built
  if (plan.target.topology === 'cluster') return await openClusterNodes(built, cleanup)
  const replicas: Address[] = plan.client.read_from === 'replicas' ? await replicasFor(built, control) : []
  const controls: ControlClient[] = []
  for (const address of replicas) {
    const target = { ...plan.target, ...address, topology: 'standalone' as const, socket: null }
    const opened = await connectControl({ plan: { ...plan, target }, secrets })
    cleanup.add(`close the control connection to ${writeAddress(address)}`, () => opened.close())
    controls.push(opened)
  }
  // With Sentinels each connection chooses a replica whenever it is dialled.
  const addresses = plan.target.topology === 'sentinel' ? [] : replicas
  const all = controls.length === 0 ? [control] : controls
  // With Sentinels a connection is to whoever is master when it is dialled.
  const names = plan.target.topology === 'sentinel' ? [] : controls.length === 0 ? [plan.target] : addresses
  const byAddress = new Map(names.map((address, index) => [writeAddress(address), all[index]!]))
  const servers: LoadServers = { addresses, controls: all, roles: all.map(() => null), byAddress }
  for (const one of servers.controls) await loadScripts(plan, one, cleanup)
  return servers
}

/** A Cluster client finds the nodes by itself; what is asked of a single one goes over a connection to it. */
async function openClusterNodes(
  built: Pick<BuiltPlan, 'plan' | 'secrets'>,
  cleanup: CleanupStack,
): Promise<LoadServers> {
  const { plan, secrets } = built
  const readsReplicas = plan.client.read_from === 'replicas'
  if (readsReplicas && !isReadOnly(plan)) throw replicasDoNotWrite()
  const deployment = openDeployment(plan, secrets)
  const nodes = await deployment.nodes(NODES_LIMIT_MILLIS).finally(() => deployment.close())
  const wanted = nodes.filter(({ role, isDown }) => !isDown && (readsReplicas || role === 'master'))
  const controls = await Promise.all(
    wanted.map(async ({ address }) => {
      const where = parseAddress(address)!
      const target = { ...plan.target, ...where, topology: 'standalone' as const, socket: null }
      const opened = await connectControl({ plan: { ...plan, target }, secrets })
      cleanup.add(`close the control connection to ${address}`, () => opened.close())
      return opened
    }),
  )
  for (const [index, one] of controls.entries())
    if (wanted[index]!.role === 'master') await loadScripts(plan, one, cleanup)
  const roles = wanted.map(({ role }) => (role === 'master' ? 'master' : 'slave'))
  const byAddress = new Map(controls.map((one, index) => [wanted[index]!.address, one]))
  return { addresses: [], controls, roles, byAddress }
}

/** The same servers as addresses; `null` where the load goes to all of the deployment. */
export function loadAddressesOf({ target }: RunPlan, { addresses }: LoadServers): readonly string[] | null {
  if (target.topology !== 'standalone') return null
  return addresses.length === 0 ? [writeAddress(target)] : addresses.map((address) => writeAddress(address))
}

/** The servers whose counts are compared, by the addresses under which a deployment knows them. */
export function comparedAddressesOf(plan: RunPlan, servers: LoadServers): readonly string[] {
  if (servers.byAddress.size > 0) return [...servers.byAddress.keys()]
  return loadAddressesOf(plan, servers) ?? servers.controls.flatMap(({ address }) => address ?? [])
}

async function replicasFor({ plan }: Pick<BuiltPlan, 'plan'>, control: ControlClient): Promise<Address[]> {
  if (isReadOnly(plan)) return await findReplicas(control, plan.target)
  throw replicasDoNotWrite()
}

function replicasDoNotWrite(): UsageError {
  return new UsageError([
    {
      path: 'client.read_from',
      message: 'replicas do not take writes, and the workload writes',
      hint: 'leave out the writing operations, or read from the primary',
    },
  ])
}
