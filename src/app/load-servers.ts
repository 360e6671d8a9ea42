import type { BuiltPlan } from '../config/build-plan.ts'
import { UsageError } from '../model/errors.ts'
import type { Address } from '../model/address.ts'
import type { ControlClient } from '../redis/control-client.ts'
import { isReadOnly } from '../workload/written-keys.ts'
import type { CleanupStack } from './cleanup-stack.ts'
import { connectControl } from './connect-control.ts'
import { loadScripts } from './load-scripts.ts'
import { findReplicas } from './replicas.ts'

/** The servers that get the load, and a control connection to each. */
export interface LoadServers {
  /** Empty: the target alone. */
  readonly addresses: readonly Address[]
  readonly controls: readonly ControlClient[]
}

/** Finds the servers that get the load, and loads the Lua of the plan into them. */
export async function openLoadServers(
  built: Pick<BuiltPlan, 'plan' | 'secrets'>,
  control: ControlClient,
  cleanup: CleanupStack,
): Promise<LoadServers> {
  const { plan, secrets } = built
  const addresses: Address[] = plan.client.read_from === 'replicas' ? await replicasFor(built, control) : []
  const controls: ControlClient[] = []
  for (const address of addresses) {
    const target = { ...plan.target, ...address, socket: null }
    const opened = await connectControl({ plan: { ...plan, target }, secrets })
    cleanup.add('close the control connection to a replica', () => opened.close())
    controls.push(opened)
  }
  const servers = { addresses, controls: controls.length === 0 ? [control] : controls }
  for (const one of servers.controls) await loadScripts(plan, one, cleanup)
  return servers
}

async function replicasFor({ plan }: Pick<BuiltPlan, 'plan'>, control: ControlClient): Promise<Address[]> {
  if (isReadOnly(plan)) return await findReplicas(control)
  const problem = 'replicas do not take writes, and the workload writes'
  throw new UsageError([
    {
      path: 'client.read_from',
      message: problem,
      hint: 'leave out the writing operations, or read from the primary',
    },
  ])
}
