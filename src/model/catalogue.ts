import { ackedWriteMetrics } from './catalogue/acked-writes.ts'
import { connectionMetrics } from './catalogue/connections.ts'
import { courseMetrics } from './catalogue/course.ts'
import { faultMetrics } from './catalogue/faults.ts'
import { generatorMetrics, toolMetrics } from './catalogue/generator.ts'
import { maintenanceMetrics } from './catalogue/maintenance.ts'
import { messagingMetrics } from './catalogue/messaging.ts'
import type { Metric } from './catalogue/metric.ts'
import { nodeMetrics } from './catalogue/nodes.ts'
import { operationMetrics } from './catalogue/operations.ts'
import { serverMetrics } from './catalogue/server.ts'
import type { RunPlan } from './plan.ts'

/**
 * Every metric of this tool, once: name, type, unit, labels, help and where its numbers come from. `/metrics`, OTLP,
 * the documentation and the tests iterate over it; there is nothing else to register.
 */
export const CATALOGUE: readonly Metric[] = [
  ...operationMetrics,
  ...connectionMetrics,
  ...nodeMetrics,
  ...maintenanceMetrics,
  ...messagingMetrics,
  ...ackedWriteMetrics,
  ...courseMetrics,
  ...generatorMetrics,
  ...toolMetrics,
  ...faultMetrics,
  ...serverMetrics,
]

/** Labels that every series has. */
export const IDENTITY_LABELS = ['app_name', 'instance_id', 'run_id', 'version'] as const

export function identityLabels({ identity }: RunPlan): Readonly<Record<string, string>> {
  return Object.fromEntries(IDENTITY_LABELS.map((name) => [name, identity[name]]))
}
