import { SETTINGS } from '../config/settings.ts'
import { NO_CELLS } from '../model/latency-cells.ts'
import type { RunPlan } from '../model/plan.ts'
import type { RunResult } from '../model/result.ts'

/*
 * What earlier versions did not write, filled in where a file is read, so that nothing else has to know. A list that was
 * not kept is empty, a part that was not there is null, and a number that was not measured is NaN (in JSON: null).
 */

/** A plan of an earlier version, with today's defaults for the settings that it did not have. */
export function completePlan(plan: RunPlan): RunPlan {
  const complete = { ...structuredClone(plan) } as unknown as Record<string, unknown>
  for (const { plan: path, default: value, becomes } of SETTINGS)
    if (becomes === undefined) fill(complete, path.split('.'), value)
  for (const list of ['thresholds', 'expect', 'faults']) complete[list] ??= []
  return complete as unknown as RunPlan
}

/** A result of an earlier version, as this one would have written it. */
export function completeResult(result: RunResult): RunResult {
  return {
    ...LATER_PARTS,
    ...result,
    disturbances: (result as Partial<RunResult>).disturbances ?? undisturbed(result.totals),
    connections: { ...LATER_OF_CONNECTIONS, ...result.connections },
    intervals: result.intervals.map((interval) => ({ ...LATER_OF_INTERVALS, ...interval })),
    plan: completePlan(result.plan),
  }
}

function fill(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) target[name] ??= value
  else fill((target[name] ??= {}) as Record<string, unknown>, rest, value)
}

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
  phases: [],
  step_search: null,
  server_changes: null,
}

const LATER_OF_CONNECTIONS: Partial<RunResult['connections']> = {
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
  start_lag_p99_ms: Number.NaN,
  loop_delay_p99_ms: Number.NaN,
  cpu_cores: Number.NaN,
  phase: null,
}
