import type { FaultPlan, ProxyPlan, SafetyPlan } from './fault-plan.ts'
import type { EndpointType, MaintenanceMode } from './maintenance.ts'
import type { MetricsPlan, ServerPlan } from './metrics-plan.ts'
import type { ProgressKind } from './progress-kind.ts'

/**
 * Everything that defines a run, as frozen JSON. Spelled as in profiles and results (snake_case, units in names), so
 * that what is printed, saved and replayed is the same thing. It never holds a secret: see `secrets.ts`.
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
  readonly values: ValuesPlan
  readonly operations: readonly OperationPlan[]
  /** Commands of all operations together, each drawn by weight. An operation may have a batch of its own instead. */
  readonly batch: BatchPlan
  readonly pubsub: PubsubPlan
  readonly streams: StreamsPlan
  readonly acked_writes: AckedWritesPlan
  readonly faults: readonly FaultPlan[]
  readonly proxy: ProxyPlan
  readonly safety: SafetyPlan
  readonly thresholds: readonly ThresholdPlan[]
  /** The same, about what faults may cost; judged at the end only. */
  readonly expect: readonly ThresholdPlan[]
  readonly metrics: MetricsPlan
  readonly server: ServerPlan
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
  /** Directives of the embedded server: `maxmemory 64mb, maxmemory-policy allkeys-lru`. */
  readonly embedded_config: string
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
  readonly topology: Topology
  /** Cluster: nodes to ask for the others, as `host:port`; empty: host and port. */
  readonly nodes: readonly string[]
  /** `announced=reached`: where the addresses that nodes announce are reached from here. */
  readonly nat_map: readonly string[]
  readonly sentinel: SentinelPlan
}

export const TOPOLOGIES = ['standalone', 'cluster', 'sentinel'] as const
export type Topology = (typeof TOPOLOGIES)[number]

/** Unused unless the topology is `sentinel`. */
export interface SentinelPlan {
  /** The Sentinels, as `host:port`; empty: host and port of the target. */
  readonly nodes: readonly string[]
  /** The name under which the master is watched. */
  readonly name: string
  readonly username: string | null
  readonly password: '***' | null
  readonly tls: boolean
  /** ioredis' `failoverDetector`. */
  readonly failover_detector: boolean
}

export interface TlsPlan {
  readonly enabled: boolean
  /** `false` accepts any certificate: said in the report. */
  readonly verify: boolean
  /** `false` accepts a certificate that is for another host. */
  readonly check_hostname: boolean
  /** Authorities to trust: a file, a folder of files, and PEM itself. All of them count; none: those of Node. */
  readonly ca_file: string | null
  readonly ca_path: string | null
  readonly ca_data: string | null
  readonly cert_file: string | null
  readonly key_file: string | null
  readonly server_name: string | null
  readonly min_version: '1.0' | '1.1' | '1.2' | '1.3'
  /** As OpenSSL writes them; `null`: those of Node. */
  readonly ciphers: string | null
}

export const PRESETS = ['measure', 'as-app'] as const
/** `measure`: fail-fast, exact accounting. `as-app`: ioredis' own defaults, with their hidden retries and resends. */
export type Preset = (typeof PRESETS)[number]

export const READ_FROM = ['primary', 'replicas'] as const

export interface ClientPlan {
  readonly preset: Preset
  /** Joins the writes of one event-loop tick into one socket write for each connection. */
  readonly coalesce_writes: boolean
  readonly command_timeout_ms: number
  readonly connect_timeout_ms: number
  /** Silence on a connection with unanswered commands after which it is destroyed (preset `measure`). */
  readonly socket_timeout_ms: number
  /** A server that sends more in one reply loses the connection. */
  readonly max_reply_bytes: number
  readonly retry: RetryPlan
  /** Preset `as-app`: how often a command is sent again after a lost connection; `null`: as ioredis has it. */
  readonly retry_attempts: number | null
  /** Units after which a connection is closed and dialled anew, once nothing is in flight on it; `null`: never. */
  readonly renew_after: number | null
  /** Whether servers are asked to announce their maintenance. */
  readonly maintenance_notifications: MaintenanceMode
  /** Deadline of a command, and silence that is put up with, while a maintenance is announced on its connection. */
  readonly maintenance_relaxed_timeout_ms: number
  /** `auto`: by the address that a connection has reached, and whether it is encrypted. */
  readonly maintenance_endpoint_type: EndpointType | 'auto'
  /** `replicas`: load goes to the replicas of the target; everything else still to the target. */
  readonly read_from: (typeof READ_FROM)[number]
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
  /** Measured commands after which the load ends; `null`: no limit. */
  readonly count: number | null
  /** Closed loop: pause between an answer and the next unit of the same slot; `null`: none. */
  readonly think_time: MillisRange | null
  /** The measured time in parts, each with its rate or concurrency; empty: the same from start to end. */
  readonly stages: readonly StagePlan[]
  /** Begin again with the first stage after the last one. */
  readonly repeat_stages: boolean
  /** The stages are steps of a search: the load ends with the first step that does not hold. */
  readonly step_search: boolean
  readonly drain_ms: number
  readonly seed: number
}

/** Every length from `min_ms` to `max_ms` equally likely. */
export interface MillisRange {
  readonly min_ms: number
  readonly max_ms: number
}

/** A part of the measured time. Stages of the same name are one phase in the results. */
export interface StagePlan {
  readonly name: string
  /** `null`: until the end; only the last stage. */
  readonly duration_ms: number | null
  /** Open loop: commands per second at its beginning and at its end, linear in between. `null` in a closed loop. */
  readonly from_ops_per_second: number | null
  readonly to_ops_per_second: number | null
  /** Closed loop: units in flight, over all threads. `null` in an open loop. */
  readonly concurrency: number | null
}

export const KEY_DISTRIBUTIONS = [
  'uniform',
  'zipfian',
  'gaussian',
  'hotspot',
  'sequential',
  'latest',
] as const

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
  /** How many different `{member}`s and `{field}`s there are. */
  readonly members: number
  /** Share of the keys that are written before the load begins. */
  readonly preload: number
  /** Time to live that written values get; `null`: none. */
  readonly ttl: MillisRange | null
  /** Key n has the hash tag n mod this in its name, so that keys of one tag are in one slot of a Cluster; 0: no tags. */
  readonly hash_tags: number
  /** Removes exactly the keys of this run at its end. */
  readonly cleanup: boolean
}

export const VALUE_KINDS = ['random', 'compressible', 'json'] as const

export interface ValuesPlan {
  /** Sizes in bytes, as `parseValueSizes` reads them. */
  readonly size: string
  readonly kind: (typeof VALUE_KINDS)[number]
  /** compressible: share of each value that a compressor takes away, roughly. */
  readonly compressibility: number
  /** Each value names its key and sequence, and each one read is checked. */
  readonly verify: boolean
}

/** One operation of the workload: a command, or several in a pipeline or transaction. */
export interface OperationPlan {
  /** Label value of the operation: upper-case, unique in the plan. */
  readonly name: string
  /** Command templates in the order in which they are sent; more than one only in a batch of its own. */
  readonly commands: readonly string[]
  /** How often it is chosen, in relation to the others; unused when it has connections of its own. */
  readonly weight: number
  /** A pipeline or transaction of its own: `size` times its commands. */
  readonly batch: BatchPlan
  /** Templates of keys to WATCH before the transaction. Needs connections of its own. */
  readonly watch: readonly string[]
  /** Sent on the same connection after a nil reply: a template; `{same}` is the key that missed. */
  readonly on_nil: string | null
  /** Connections of its own, on each of which one unit is in flight all the time; 0: the shared ones, by weight. */
  readonly connections: number
  readonly script: ScriptPlan | null
}

/** Lua: loaded into the server before the load; the command of the operation calls it. */
export interface ScriptPlan {
  readonly file: string
  readonly engine: 'script' | 'function'
  readonly text: string
}

export const PUBSUB_MODES = ['channel', 'pattern', 'sharded'] as const

/** Who listens to what the workload publishes. */
export interface PubsubPlan {
  /** Names under the prefix of the run; `{channel}` in a command draws one. */
  readonly channels: readonly string[]
  /** Subscriber connections, over all threads; each listens to every channel. */
  readonly subscribers: number
  readonly mode: (typeof PUBSUB_MODES)[number]
}

/** Who reads what the workload adds to streams. */
export interface StreamsPlan {
  /** How many streams; `{stream}` in a command draws one. */
  readonly count: number
  readonly group: string
  /** Consumer connections, over all threads; they take turns over the streams. */
  readonly consumers: number
  /** Entries that one XREADGROUP asks for. */
  readonly batch: number
  readonly block_ms: number
}

/** Writes whose loss, duplication or reordering can be seen. */
export interface AckedWritesPlan {
  /** Share of the units on the shared connections that are such writes; 0: none. */
  readonly share: number
  /** Writes of each kind of problem that are named. */
  readonly examples: number
  /** Between two readings of what was not read yet, while nothing happens. */
  readonly read_back_ms: number
  /** How long a reading after a fault, or at the end, is tried again while the server cannot answer. */
  readonly patience_ms: number
}

/** What has to be true of the results. See `threshold.ts`. */
export interface ThresholdPlan {
  readonly expression: string
  /** End the run as soon as it is not true, but not earlier than this after the measured phase began. */
  readonly abort_on_fail: boolean
  readonly abort_after_ms: number
}

export const BATCH_KINDS = ['none', 'pipeline', 'transaction'] as const
export interface BatchPlan {
  readonly kind: (typeof BATCH_KINDS)[number]
  /** Commands in one batch (MULTI and EXEC not counted); 1 when there are no batches. */
  readonly size: number
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
  /** The report as one page. */
  readonly html: string | null
  readonly markdown: string | null
  readonly junit: string | null
  readonly csv: string | null
  readonly hlog: string | null
  readonly percentiles: string | null
  readonly journal: string | null
  /** Folder in which results are kept. */
  readonly results_dir: string | null
  readonly quiet: boolean
  readonly summary: 'compact' | 'full'
  /** Whether GitHub Actions is told of the result, in a job of it. */
  readonly github: boolean
  readonly progress: ProgressKind
  /** Between two progress lines. */
  readonly progress_interval_ms: number
}

export { SECRET_NAMES, type SecretName, type Secrets } from './secrets.ts'
