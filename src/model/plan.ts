/**
 * Everything that defines a run, as frozen JSON. Spelled as in profiles and results (snake_case, units in names), so
 * that what is printed, saved and replayed is the same thing. It never holds a secret: see {@link Secrets}.
 */
export interface RunPlan {
  readonly schema: 'redis-test/plan'
  readonly schema_version: 1
  readonly profile: { readonly name: string; readonly description: string }
  readonly identity: IdentityPlan
  readonly target: TargetPlan
  readonly client: ClientPlan
  readonly load: LoadPlan
  readonly keys: KeysPlan
  /** Sizes in bytes, as `parseValueSizes` reads them. */
  readonly values: { readonly size: string }
  readonly operations: readonly OperationPlan[]
  readonly batch: BatchPlan
  readonly faults: readonly FaultPlan[]
  readonly metrics: MetricsPlan
  readonly otel: OtelPlan
  readonly profiling: ProfilingPlan
  readonly traces: TracesPlan
  readonly log: LogPlan
  readonly output: OutputPlan
}

/** The labels that tell runs, instances and versions apart on every surface. */
export interface IdentityPlan {
  readonly app_name: string
  readonly instance_id: string
  readonly run_id: string
  readonly version: string
}

export interface TargetPlan {
  readonly embedded: boolean
  readonly host: string
  readonly port: number
  /** Path of a unix socket; wins over host and port. */
  readonly socket: string | null
  readonly db: number
  readonly username: string | null
  /** `***` when there is one: the password itself is in {@link Secrets}. */
  readonly password: '***' | null
  /** RESP version asked for with HELLO. */
  readonly protocol: 2 | 3
  readonly tls: TlsPlan
}

export interface TlsPlan {
  readonly enabled: boolean
  /** `false` accepts any certificate: said in the report. */
  readonly verify: boolean
  readonly ca_file: string | null
  readonly cert_file: string | null
  readonly key_file: string | null
  readonly server_name: string | null
}

export const PRESETS = ['measure', 'as-app'] as const
/** `measure`: fail-fast, exact accounting. `as-app`: ioredis' own defaults, with their hidden retries and resends. */
export type Preset = (typeof PRESETS)[number]

export interface ClientPlan {
  readonly preset: Preset
  /** Joins the writes of one event-loop tick into one socket write for each connection. */
  readonly coalesce_writes: boolean
  readonly command_timeout_ms: number
  readonly connect_timeout_ms: number
  /** Silence on a connection with unanswered commands after which it is destroyed (preset `measure`). */
  readonly socket_timeout_ms: number
  readonly retry: RetryPlan
}

/** Delay before reconnection attempt n (from 1): min(initial · factor^(n-1), max) + uniform(0..jitter), milliseconds. */
export interface RetryPlan {
  readonly initial_ms: number
  readonly factor: number
  readonly max_ms: number
  readonly jitter_ms: number
}

export const ARRIVALS = ['constant', 'poisson'] as const
export type Arrivals = (typeof ARRIVALS)[number]
export const PACINGS = ['auto', 'precise', 'balanced', 'economical'] as const
export type Pacing = (typeof PACINGS)[number]

export interface LoadPlan {
  /** `open`: arrivals are due at given instants whatever Redis does. `closed`: each reply triggers the next command. */
  readonly model: 'open' | 'closed'
  readonly target_ops_per_second: number | null
  readonly arrivals: Arrivals
  readonly max_in_flight: number
  readonly pacing: Pacing
  /** Connections, over all threads. */
  readonly clients: number
  /** Closed loop: units of work (commands, or batches) kept in flight, over all threads. */
  readonly concurrency: number
  readonly threads: number
  readonly warmup_ms: number
  /** `null`: until a signal. */
  readonly duration_ms: number | null
  readonly drain_ms: number
  readonly seed: number
}

export const KEY_DISTRIBUTIONS = ['uniform', 'zipfian', 'gaussian', 'hotspot', 'sequential'] as const

export interface KeysPlan {
  readonly prefix: string
  readonly count: number
  /** How an operation chooses among the keys. The fields below belong to one of them each. */
  readonly distribution: (typeof KEY_DISTRIBUTIONS)[number]
  readonly zipf_exponent: number
  /** Standard deviation, as a share of the number of keys. */
  readonly gaussian_deviation: number
  /** Share of the keys that are hot, and share of the draws that go to them. */
  readonly hot_keys: number
  readonly hot_share: number
  /** Removes exactly the keys of this run at its end. */
  readonly cleanup: boolean
}

export interface OperationPlan {
  readonly command: string
  readonly weight: number
}

export const BATCH_KINDS = ['none', 'pipeline', 'transaction'] as const
export interface BatchPlan {
  readonly kind: (typeof BATCH_KINDS)[number]
  /** Commands in one batch (MULTI and EXEC not counted); 1 when there are no batches. */
  readonly size: number
}

export const FAULT_KINDS = ['client-kill', 'socket-cut'] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** Waves: the first at `at_ms` after the measured phase began, then every `every_ms`, each moved by up to ± `jitter_ms`. */
export interface FaultPlan {
  readonly kind: FaultKind
  readonly at_ms: number
  readonly every_ms: number | null
  readonly jitter_ms: number
  /** Share of our connections that each wave hits, 0 to 1. */
  readonly share: number
}

export interface MetricsPlan {
  readonly enabled: boolean
  readonly host: string
  readonly port: number
  /** How long /metrics keeps answering with the final numbers after the run, for a last scrape. */
  readonly linger_ms: number
}

export interface OtelPlan {
  readonly enabled: boolean
  readonly endpoint: string | null
  /** Set when a signal has an endpoint of its own (OTEL_EXPORTER_OTLP_METRICS_ENDPOINT and the like). */
  readonly metrics_endpoint: string | null
  readonly traces_endpoint: string | null
  readonly logs_endpoint: string | null
  /** Whether the log goes over OTLP as well. */
  readonly logs: boolean
  readonly service_name: string
  readonly export_interval_ms: number
}

export interface ProfilingPlan {
  /** Base URL of a Pyroscope server; `null`: no profiles. */
  readonly server: string | null
}

export interface TracesPlan {
  /** Share of the successful commands that get a span, before the rate limit. */
  readonly sample_ratio: number
  /** Upper bound for each reason (sampled, error, slow), over all threads. */
  readonly max_per_second: number
  /** A command slower than this is kept. */
  readonly slow_ms: number
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export interface LogPlan {
  readonly level: (typeof LOG_LEVELS)[number]
  readonly format: 'auto' | 'pretty' | 'json'
  readonly file: string | null
}

export interface OutputPlan {
  readonly file: string | null
  readonly journal: string | null
  readonly quiet: boolean
}

/** What the plan must not hold. Handed to the parts that need it, and to the log sink, which replaces it with `***`. */
export interface Secrets {
  readonly password: string | null
  readonly tlsKeyPassphrase: string | null
}
