import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { comparison } from './comparison.ts'
import { connections } from './connections.ts'
import { instances } from './instances.ts'
import { latency } from './latency.ts'
import { overview } from './overview.ts'
import { redisServer } from './redis-server.ts'
import { telemetry } from './telemetry.ts'

/** Every dashboard, in the order in which they link to each other. */
export const DASHBOARDS: readonly Dashboard[] = [
  overview,
  latency,
  connections,
  redisServer,
  comparison,
  instances,
  telemetry,
]

/** The file of a dashboard, as it is checked in and as Grafana reads it. */
export function fileOf(dashboard: Dashboard): { name: string; text: string } {
  return { name: `${dashboard.uid}.json`, text: `${JSON.stringify(dashboard, null, 2)}\n` }
}
