import { SETTINGS } from '../config/settings.ts'
import type { AckedWritesRecord } from '../model/acked-writes.ts'
import { NO_CELLS } from '../model/latency-cells.ts'
import type { OperationPlan, RunPlan } from '../model/plan.ts'
import type { RunResult } from '../model/result.ts'

/*
 * What earlier versions did not write, filled in where a file is read, so that nothing else has to know. A list that was
 * not kept is empty, a part that was not there is null, and a number that was not measured is NaN (in JSON: null).
 */

/** A plan of an earlier version, with today's defaults for the settings that it did not have. */
export function completePlan(plan: RunPlan): RunPlan {
  const complete = { ...structuredClone(plan) } as unknown as Record<string, unknown>
  for (const [path, value] of Object.entries(LATER_OF_PLANS)) fill(complete, path.split('.'), value)
  for (const { plan: path, default: value, becomes } of SETTINGS)
    if (becomes === undefined) fill(complete, path.split('.'), value)
  const { values, operations } = complete as unknown as EarlyPlan
  if (values.size_bytes !== undefined) complete['values'] = sizedBy(values)
  complete['operations'] = operations.map(completeOperation)
  return complete as unknown as RunPlan
}

/** How the first plans said what others say with templates. */
interface EarlyPlan {
  readonly values: RunPlan['values'] & { readonly size_bytes?: number }
  readonly operations: readonly (OperationPlan & { readonly command?: string })[]
}

function sizedBy({ size_bytes, ...values }: EarlyPlan['values']): RunPlan['values'] {
  return { ...values, size: String(size_bytes) }
}

function completeOperation({ command, ...operation }: EarlyPlan['operations'][number]): OperationPlan {
  const named = command === undefined ? {} : { name: command, commands: [command] }
  return { ...LATER_OF_PLANNED_OPERATIONS, ...named, ...operation }
}

/** A result of an earlier version, as this one would have written it. */
export function completeResult(result: RunResult): RunResult {
  return {
    ...LATER_PARTS,
    ...result,
    disturbances: (result as Partial<RunResult>).disturbances ?? undisturbed(result.totals),
    connections: { ...LATER_OF_CONNECTIONS, ...result.connections },
    operations: result.operations.map((operation) => ({ ...LATER_OF_OPERATIONS, ...operation })),
    acked_writes: isThere(result.acked_writes) ? { ...LATER_OF_ACKED_WRITES, ...result.acked_writes } : null,
    intervals: result.intervals.map((interval) => ({ ...LATER_OF_INTERVALS, ...interval })),
    plan: completePlan(result.plan),
  }
}

/** What a journal says of audit writes, as this version would have said it. */
export function completeAckedWrites(record: AckedWritesRecord): AckedWritesRecord {
  return { ...LATER_OF_ACKED_WRITES, ...record }
}

function isThere<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined
}

function fill(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) target[name] ??= value
  else fill((target[name] ??= {}) as Record<string, unknown>, rest, value)
}

/** Parts that are made of settings, and are not as the setting is. */
const LATER_OF_PLANS = {
  'load.stages': [],
  'load.step_search': false,
  'keys.hash_tags': 0,
  operations: [],
  thresholds: [],
  expect: [],
  faults: [],
}

const LATER_OF_PLANNED_OPERATIONS = {
  batch: { kind: 'none', size: 1 },
  watch: [],
  on_nil: null,
  connections: 0,
  script: null,
} as const

const NO_COST = { failed: 0, indeterminate: 0, dropped: 0, delayed: 0 }

function undisturbed({ failed, indeterminate, ...totals }: RunResult['totals']): RunResult['disturbances'] {
  const dropped = totals.dropped_max_in_flight + totals.dropped_generator_late
  const outside = { failed, indeterminate, dropped, delayed: 0 }
  return { count: 0, list: [], left_out: 0, kinds: [], cost: NO_COST, outside, errors_after: [] }
}

const LATER_PARTS: Partial<RunResult> = {
  thresholds: [],
  expectations: [],
  nodes: [],
  cluster: null,
  pubsub: null,
  streams: null,
  verification: null,
  acked_writes: null,
  faults: [],
  maintenance: null,
  intervals: [],
  adjustments: [],
  phases: [],
  step_search: null,
  server_changes: null,
  server_samples: null,
  server_commands: [],
  slowlog: [],
  latency_events: [],
  slowest_commands: [],
}

const LATER_OF_ACKED_WRITES = { losses: [] } satisfies Partial<AckedWritesRecord>

const LATER_OF_OPERATIONS: Partial<RunResult['operations'][number]> = { redirected: 0 }

const NOTHING_RECORDED = {
  count: 0,
  mean_ms: 0,
  min_ms: 0,
  p50_ms: 0,
  p90_ms: 0,
  p95_ms: 0,
  p99_ms: 0,
  p999_ms: 0,
  max_ms: 0,
}

const LATER_OF_CONNECTIONS: Partial<RunResult['connections']> = {
  connect: NOTHING_RECORDED,
  renewals: 0,
  phases: [],
  sentinel_errors: [],
  moves: [],
}

const LATER_OF_INTERVALS: Partial<RunResult['intervals'][number]> = {
  target_ops_per_second: null,
  service_p999_ms: Number.NaN,
  service_max_ms: Number.NaN,
  response_p999_ms: null,
  response_max_ms: null,
  latency_cells: NO_CELLS,
  errors: [],
  in_flight: Number.NaN,
  connections_lost: Number.NaN,
  start_lag_p99_ms: Number.NaN,
  loop_delay_p99_ms: Number.NaN,
  cpu_cores: Number.NaN,
  phase: null,
}

/** What journals of older versions did not say of a fault. */
export const AN_OLDER_FAULT = {
  ...({ origin: 'plan', ended_at_ms: null, nodes: [], detail: '' } as const),
  ...({ reverted: null, error: null, revert_error: null } as const),
}
