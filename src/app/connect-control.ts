import type { BuiltPlan } from '../config/build-plan.ts'
import { ControlClient } from '../redis/control-client.ts'
import { connectionNamePrefixOf } from './run-plan-parts.ts'

/** Opens the control connection of a plan, or throws a `ConnectError`. */
export function connectControl({
  plan,
  secrets,
}: Pick<BuiltPlan, 'plan' | 'secrets'>): Promise<ControlClient> {
  return ControlClient.connect({
    target: plan.target,
    client: plan.client,
    secrets,
    connectionName: `${connectionNamePrefixOf(plan)}-control`,
  })
}
