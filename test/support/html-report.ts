import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { settingsOfPlan } from '../../src/config/settings-of-plan.ts'
import { decodeHdr } from '../../src/ledger/hdr.ts'
import type { DisturbanceResult } from '../../src/model/disturbance.ts'
import type { IntervalResult } from '../../src/model/interval-result.ts'
import type { RunResult } from '../../src/model/result.ts'
import {
  CHART_COLUMNS,
  type ServerSamplesResult,
  type ServerSeriesResult,
} from '../../src/model/server-samples.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import type { HtmlTools } from '../../src/reports/html/html-tools.ts'
import { faultResult } from './faults.ts'
import { QUIET_SECOND } from './interval.ts'
import { planOf } from './plan.ts'
import { SLOW_EVAL, SLOWEST_EVAL } from './server-side.ts'
import { AT_MILLIS, sampleRecord } from './snapshot.ts'

/** When the measured time of {@link storyResult} began. */
export const STORY_BEGAN = AT_MILLIS - 10_000

/** A second of the story: what it had depends on its number alone, and every field has values of its own. */
export function storySecond(number: number): IntervalResult {
  const isBad = number % 60 === 4
  return {
    ...QUIET_SECOND,
    at_ms: STORY_BEGAN + 1000 * (number + 1) + (number % 3) / 10,
    seconds: number === 0 ? 1.002 : 1,
    scheduled: 1000,
    issued: 998,
    ok: 980 + (number % 7),
    failed: isBad ? 12 : 0,
    indeterminate: isBad ? 3 : 0,
    dropped: number % 5,
    target_ops_per_second: 1000,
    service_p50_ms: 0.2 + number / 1e6,
    service_p99_ms: 1.5 + number / 1e6,
    service_p999_ms: 3.5 + number / 1e6,
    service_max_ms: 9 + number / 1e6,
    response_p50_ms: number === 3 ? 0 : 0.25 + number / 1e6,
    response_p99_ms: 1.75 + number / 1e6,
    response_p999_ms: 4 + number / 1e6,
    response_max_ms: 10 + number / 1e6,
    latency_cells:
      number === 3
        ? { from: 0, counts: [] }
        : { from: 40 + (number % 2), counts: [5, 0, 970 + (number % 9), 1] },
    errors: isBad
      ? [
          { outcome: 'failed', error_type: 'memory_error', code: 'OOM', count: 12 },
          { outcome: 'indeterminate', error_type: 'connection_error', code: 'closed', count: 3 },
        ]
      : [],
    in_flight: number % 4,
    connections_active: 10 - (number % 2),
    connections_lost: number % 2,
    reconnections: (number + 1) % 2,
    start_lag_p99_ms: 0.1 + number / 1e6,
    loop_delay_p99_ms: 1.1 + number / 1e6,
    cpu_cores: 0.5 + number / 1e6,
  }
}

/** A server that was looked at each second: every column has values of its own, which depend on the second alone. */
export function storyServer(change: Partial<ServerSeriesResult> = {}, seconds = 10): ServerSeriesResult {
  const numbers = Array.from({ length: seconds }, (_, number) => number)
  const columns = CHART_COLUMNS.map((column, place) => [
    column,
    numbers.map((number) =>
      column === 'hit_ratio'
        ? 0.5 + number / 100
        : (1000 * (place + 1) + number) * (/bytes/.test(column) ? 4096 : 1),
    ),
  ])
  return {
    server: '127.0.0.1:6379',
    roles: [{ at_ms: STORY_BEGAN, role: 'master' }],
    looks: seconds,
    unanswered: 0,
    at_ms: numbers.map((number) => STORY_BEGAN + 1000 * (number + 1) + 40),
    seconds: numbers.map(() => 1),
    columns: Object.fromEntries(columns) as ServerSeriesResult['columns'],
    totals: {
      ...{ commands: 9876, cpu_seconds: 1.5, net_input_bytes: 1_000_000, net_output_bytes: 2_000_000 },
      ...{ keyspace_hits: 7, keyspace_misses: 3, expired_keys: 21, evicted_keys: 22 },
      ...{ connections_received: 23, rejected_connections: 24 },
    },
    memory: { first_bytes: 1_048_576, last_bytes: 2_097_152, peak_bytes: 3_145_728, max_bytes: 0 },
    clients_peak: 31,
    ops_per_second_max: 3210,
    cpu_cores_max: 0.75,
    ...change,
  }
}

export function storySamples(servers: readonly ServerSeriesResult[] = [storyServer()]): ServerSamplesResult {
  return {
    mode: 'full',
    interval_ms: 1000,
    servers,
    servers_left_out: 0,
    cost: { commands: 25, bytes: 100_000, server_usec: 1200, seconds: 10, server_share_max: 0.00012 },
    notes: [],
    slowlog_seen: 3,
  }
}

/** A result in which every chart has something to draw. */
export function storyResult(seconds = 10, change: Partial<RunResult> = {}): RunResult {
  const { plan } = planOf({
    'load.target_ops_per_second': '1000',
    'load.stages': 'calm:4s:1000,storm:3s:1000,calm:3s:1000',
  })
  const intervals = Array.from({ length: seconds }, (_, number) => storySecond(number))
  const fault = faultResult({
    id: 1,
    at_ms: STORY_BEGAN + 4250,
    ended_at_ms: STORY_BEGAN + 4253,
    nodes: ['127.0.0.1:6379'],
    connections: 3,
  })
  return {
    ...buildResult({ ...sampleRecord(plan, { intervals }), faults: [fault] }, RESULT_TOOLS),
    disturbances: {
      count: 1,
      list: [disturbance()],
      left_out: 0,
      kinds: [],
      cost: { failed: 12, indeterminate: 3, dropped: 0, delayed: 7 },
      outside: { failed: 0, indeterminate: 0, dropped: 0, delayed: 1 },
      errors_after: [],
    },
    server_samples: storySamples([storyServer({}, seconds)]),
    slowest_commands: [{ ...SLOWEST_EVAL, at_ms: STORY_BEGAN + 5100, server_ms: 40 }],
    slowlog: [{ ...SLOW_EVAL, at_ms: STORY_BEGAN + 5000, client_ms: 42, trace_id: null, span_id: null }],
    ...change,
  }
}

export function disturbance(change: Partial<DisturbanceResult> = {}): DisturbanceResult {
  return {
    number: 1,
    began_at_ms: STORY_BEGAN + 4250,
    began_after_start_ms: 4250,
    cause: 'client-kill',
    faults: [{ kind: 'client-kill', node: '127.0.0.1:6379', at_ms: STORY_BEGAN + 4250 }],
    fault_count: 1,
    first_error_after_ms: 12,
    first_loss_after_ms: 10,
    detection_ms: 10,
    detection_from: 'fault',
    errors: [{ outcome: 'failed', error_type: 'memory_error', code: 'OOM', count: 12 }],
    connections: { lost: 3, reconnected: 3, superseded: 0, still_down: 0, causes: [], unfinished: [] },
    reconnection: { count: 3, p50_ms: 60, p95_ms: 80, max_ms: 90 },
    shard_outages: [],
    backoff_share: 0.5,
    handshake_share: 0.25,
    first_success_after_ms: 112,
    steady_before: null,
    steady_after_ms: 400,
    unconfirmed_after_ms: null,
    ended_at_ms: STORY_BEGAN + 4650,
    cost: { failed: 12, indeterminate: 3, dropped: 0, delayed: 7 },
    ...change,
  }
}

/** The scripts are those of the build; here short ones stand for them. */
export const HTML_TOOLS: HtmlTools = {
  parts: { chartScript: 'const a = "</script>"', chartStyle: 'a {}', script: 'void 1', style: 'b {}' },
  decodeHdr,
  renderSettings: settingsOfPlan,
  target: '127.0.0.1:6379',
  preset: 'measure (fail-fast)',
}
