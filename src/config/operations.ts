import type { OperationPlan } from '../model/plan.ts'
import type { ParsedProfile } from './profile-schema.ts'

/** The operations of a profile as the plan has them. */
export function toOperationPlans(profile: ParsedProfile): OperationPlan[] {
  return profile.operations.map(({ command, weight }) => ({
    name: command,
    commands: [command],
    weight: weight ?? 1,
    batch: { kind: 'none', size: 1 },
    watch: [],
    on_nil: null,
    connections: 0,
    script: null,
  }))
}
