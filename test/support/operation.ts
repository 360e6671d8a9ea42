import type { OperationPlan } from '../../src/model/plan.ts'

/** An operation of one command, named after it. */
export function operationOf(command: string, weight = 1, more: Partial<OperationPlan> = {}): OperationPlan {
  return {
    name: command.split(' ')[0]!,
    commands: [command],
    weight,
    batch: { kind: 'none', size: 1 },
    watch: [],
    on_nil: null,
    connections: 0,
    script: null,
    ...more,
  }
}
