import { ERROR_CODES } from '../../model/error-codes.ts'
import { RUN_PHASES, type RunPhase } from '../../model/run-view.ts'
import { type BucketCounts, bucketsOf } from './bucket-counts.ts'
import { type Course, courseOf } from './course.ts'
import { readExposition, type Sample } from './read-exposition.ts'
import { type ServerSample, serversOf } from './server-samples.ts'

/** What `/metrics` of a run said at one moment, as far as it is shown. Counts are totals. */
export interface Scrape {
  /** When that was, by the clock of the run; where it does not say, by ours. Milliseconds since the epoch. */
  readonly atMillis: number
  /** When it came here, by our clock. */
  readonly receivedMillis: number
  /** Another one is another run, or another life of it. */
  readonly identity: string
  readonly runId: string
  readonly profile: string
  /** Where the load goes. */
  readonly redis: string
  readonly course: Course
  /** By address; `undefined` where they are not looked at. */
  readonly servers: ReadonlyMap<string, ServerSample> | undefined
  readonly isOpenLoop: boolean
  readonly phase: RunPhase
  readonly targetPerSecond: number
  readonly counts: Readonly<
    Record<'scheduled' | 'warmup' | 'settled' | 'dropped' | 'lost' | 'reconnected' | 'cpuSeconds', number>
  >
  readonly gauges: Readonly<Record<'inFlight' | 'active' | 'down' | 'threads', number>>
  readonly histograms: Readonly<
    Record<
      'responseOk' | 'responseFailed' | 'serviceOk' | 'serviceFailed' | 'loopDelay' | 'startLag',
      BucketCounts
    >
  >
  /** By fine code. */
  readonly errors: ReadonlyMap<string, { readonly type: string; readonly total: number }>
  /** By kind. */
  readonly faults: ReadonlyMap<string, { readonly injected: number; readonly active: number }>
}

const TYPES = new Map(ERROR_CODES.map(({ code, errorType }) => [code, errorType]))

type Samples = ReadonlyMap<string, readonly Sample[]>

const INFO = 'redis_test_run_info'

/** Reads a scrape, which may be of no run of this tool, or (of a collector) of several. */
export function readScrape(text: string, receivedMillis: number): Scrape | 'no run' | 'several runs' {
  const samples = readExposition(text)
  const [found, other] = samples.get(INFO) ?? []
  if (found === undefined) return 'no run'
  if (other !== undefined) return 'several runs'
  return {
    ...describeRun(samples, found.labels),
    ...numbersOf(samples),
    atMillis: timeOf(samples) ?? receivedMillis,
    receivedMillis,
  }
}

function timeOf(samples: Samples): number | undefined {
  const seconds = samples.get('redis_test_time_seconds')?.[0]?.value
  return seconds === undefined ? undefined : 1000 * seconds
}

type Described = 'identity' | 'runId' | 'profile' | 'redis' | 'isOpenLoop'

function describeRun(samples: Samples, info: Sample['labels']): Pick<Scrape, Described> {
  const start = samples.get('process_start_time_seconds')?.[0]?.value ?? 0
  return {
    identity: [info['run_id'], info['instance_id'], start].join(' '),
    runId: info['run_id'] ?? '',
    profile: info['profile'] ?? '',
    redis: samples.get('db_client_connection_count')?.[0]?.labels['db_client_connection_pool_name'] ?? '',
    isOpenLoop: info['load_model'] !== 'closed',
  }
}

function numbersOf(samples: Samples): Omit<Scrape, Described | 'atMillis' | 'receivedMillis'> {
  return {
    course: courseOf(samples),
    servers: serversOf(samples),
    phase: phaseOf(samples),
    targetPerSecond: sumOf(samples, 'redis_test_target_operations_per_second'),
    counts: {
      scheduled: sumOf(samples, 'redis_test_scheduled_operations_total'),
      warmup: sumOf(samples, 'redis_test_warmup_operations_total'),
      settled: sumOf(samples, 'redis_operations_total'),
      dropped: sumOf(samples, 'redis_test_dropped_operations_total'),
      lost: sumOf(samples, 'redis_connection_drops_total'),
      reconnected: sumOf(samples, 'redis_reconnection_duration_seconds_count'),
      cpuSeconds: sumOf(samples, 'redis_test_thread_cpu_seconds_total'),
    },
    gauges: {
      inFlight: sumOf(samples, 'redis_test_in_flight_operations'),
      active: sumOf(samples, 'redis_active_connections'),
      down: sumOf(samples, 'redis_test_connections_down'),
      threads: sumOf(samples, 'redis_test_threads'),
    },
    histograms: histogramsOf(samples),
    errors: errorsOf(samples),
    faults: faultsOf(samples),
  }
}

function histogramsOf(samples: Samples): Scrape['histograms'] {
  const buckets = (name: string, status?: string): BucketCounts =>
    bucketsOf(samples.get(`${name}_bucket`), status === undefined ? {} : { status })
  const [service, response] = ['redis_operation_duration_seconds', 'redis_operation_response_time_seconds']
  return {
    responseOk: buckets(response, 'success'),
    responseFailed: buckets(response, 'error'),
    serviceOk: buckets(service, 'success'),
    serviceFailed: buckets(service, 'error'),
    loopDelay: buckets('redis_test_loop_delay_seconds'),
    startLag: buckets('redis_test_start_lag_seconds'),
  }
}

function sumOf(samples: Samples, name: string): number {
  return (samples.get(name) ?? []).reduce((sum, { value }) => sum + value, 0)
}

function phaseOf(samples: Samples): RunPhase {
  const name = samples.get('redis_test_phase')?.find(({ value }) => value === 1)?.labels['phase']
  return RUN_PHASES.find((phase) => phase === name) ?? 'connecting'
}

function errorsOf(samples: Samples): Scrape['errors'] {
  const errors = new Map<string, { type: string; total: number }>()
  for (const { labels, value } of samples.get('redis_client_errors_total') ?? []) {
    const code = labels['error_type'] ?? ''
    const type = TYPES.get(code) ?? labels['redis_client_errors_category'] ?? ''
    errors.set(code, { type, total: value + (errors.get(code)?.total ?? 0) })
  }
  return errors
}

function faultsOf(samples: Samples): Scrape['faults'] {
  const faults = new Map<string, { injected: number; active: number }>()
  for (const { labels, value } of samples.get('redis_test_faults_total') ?? [])
    if (labels['result'] === 'injected') faults.set(labels['kind'] ?? '', { injected: value, active: 0 })
  for (const { labels, value } of samples.get('redis_test_active_faults') ?? []) {
    const kind = labels['kind'] ?? ''
    faults.set(kind, { injected: faults.get(kind)?.injected ?? 0, active: value })
  }
  return faults
}
