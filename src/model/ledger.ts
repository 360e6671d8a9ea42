import { SENTINEL_FAILURES } from './sentinel-failures.ts'
import type { Outcome } from './outcome.ts'

/** The parts of a run that are counted apart. A command belongs to the phase in which it was due. */
export const PHASES = ['warmup', 'measure'] as const
export const WARMUP = 0
export const MEASURE = 1

/** How a command travelled. `batch` is the pipeline or transaction itself, seen as one unit. */
export type Shape = 'single' | 'pipeline' | 'transaction' | 'batch'

/** One line of the ledger: an operation in a shape. */
export interface SeriesInfo {
  /** Upper-case label value: a command name, or `PIPELINE` or `MULTI` for a batch. */
  readonly operation: string
  readonly shape: Shape
  /** As `INFO commandstats` spells it, where that is not the operation in lower case; `exec` for a transaction. */
  readonly command?: string
  /** Its time is mostly waiting for something to happen (BLPOP): left out where latencies are taken together. */
  readonly waits?: true
}

/** Counted by the engine for each phase, in commands. scheduled = issued + dropped_*. */
export const PHASE_COUNTERS = [
  'scheduled',
  'issued',
  'dropped_max_in_flight',
  'dropped_generator_late',
  /** Settled commands that the target did not ask for: follow-ups, and operations with connections of their own. */
  'unpaced_settled',
] as const
export type PhaseCounter = (typeof PHASE_COUNTERS)[number]

/** Counted over the whole run of a load thread. */
export const THREAD_COUNTERS = [
  'dials',
  'late_replies',
  'resent_commands',
  'offline_queued_commands',
  'reconnections',
  'moved_connections',
  'outages',
  'renewals',
  // Commands that the client sent again by itself because a connection was lost.
  'hidden_retries',
  // Outages that ended because the Cluster has no use for the node any more.
  'outages_superseded',
  // What went wrong with one Sentinel that was asked, whether another one helped or not.
  ...SENTINEL_FAILURES,
  'internal_errors',
  'kept_sampled',
  'kept_error',
  'kept_slow',
  'kept_dropped',
  'events_dropped',
  // PUBLISH or SPUBLISH that were answered, and the receivers that the answers name; of those, what is not ours.
  'pubsub_published',
  'pubsub_promised',
  'pubsub_foreign_receivers',
  // Arrivals at subscribers: each first one of a message, those of them that came after a later one, repetitions,
  // and what is not a whole message of this run.
  'pubsub_received',
  'pubsub_out_of_order',
  'pubsub_duplicates',
  'pubsub_damaged',
  // Entries of streams: added, read by consumers for the first time, read again, not a whole message, acknowledged.
  'stream_added',
  'stream_read',
  'stream_redelivered',
  'stream_damaged',
  'stream_acknowledged',
  'verify_ok',
  'verify_wrong',
  'verify_stale',
  'verify_missing',
  'verify_unjudged',
  // Answers to CLIENT MAINT_NOTIFICATIONS ON.
  'maintenance_accepted',
  'maintenance_refused',
  // Notifications, each connection's apart, and frames that are none or that say nothing new.
  'maintenance_MOVING',
  'maintenance_MIGRATING',
  'maintenance_MIGRATED',
  'maintenance_FAILING_OVER',
  'maintenance_FAILED_OVER',
  'maintenance_SMIGRATING',
  'maintenance_SMIGRATED',
  'maintenance_duplicates',
  'maintenance_malformed',
  'maintenance_irregular',
  'pushes_unknown',
  // Commands of the measured phase that were in flight while a maintenance was announced: by outcome, by error type.
  'maintenance_ok',
  'maintenance_failed',
  'maintenance_indeterminate',
  'maintenance_timeout',
  'maintenance_connection_error',
  'maintenance_command_error',
  'maintenance_memory_error',
  'maintenance_auth_error',
  'maintenance_cluster_error',
  'maintenance_unknown',
  'maintenance_slow',
  'maintenance_rescued',
  // Audit writes that were left out because there was no room to remember them.
  'audit_writes_thinned',
] as const
export type ThreadCounter = (typeof THREAD_COUNTERS)[number]

/** Set by a load thread several times a second. */
export const THREAD_GAUGES = [
  'in_flight',
  'abandoned',
  'connections_active',
  'connections_used',
  'connections_down',
  'pending_requests',
  'subscribers_ready',
  'cpu_micros',
  // Connections on which it is announced.
  'announced_MOVING',
  'announced_MIGRATING',
  'announced_FAILING_OVER',
  'announced_SMIGRATING',
] as const
export type ThreadGauge = (typeof THREAD_GAUGES)[number]

/** Histograms of a load thread that belong to no operation. */
export const THREAD_HISTOGRAMS = [
  'first_connect_success',
  'first_connect_error',
  'attempt_success',
  'attempt_error',
  // The phases of an attempt: those that came to their end, and those in which one failed.
  'connect_sentinel',
  'connect_sentinel_failed',
  'connect_dns',
  'connect_dns_failed',
  'connect_tcp',
  'connect_tcp_failed',
  'connect_tls',
  'connect_tls_failed',
  'connect_handshake',
  'connect_handshake_failed',
  'connect_ready',
  'connect_ready_failed',
  'reconnection',
  'detection',
  'backoff',
  'loop_delay',
  'gc_pause',
  // From the stamp of a message to its arrival; measured phase only.
  'pubsub_delivery',
  'stream_delivery',
  // From the loss of a subscriber's connection until all its subscriptions are confirmed again.
  'resubscription',
  // Of a range of slots: from the first failure to the next success.
  'shard_outage',
  // Commands that succeeded while a maintenance was announced; measured phase only.
  'maintenance_service',
] as const
/** Error replies of a Cluster that make a client send a command again, elsewhere or later. */
export const REDIRECTIONS = ['MOVED', 'ASK', 'TRYAGAIN', 'CLUSTERDOWN'] as const
export type Redirection = (typeof REDIRECTIONS)[number]

/** Counted for each server of a deployment over the whole run of a load thread. */
export const NODE_COUNTERS = [...REDIRECTIONS, 'dials', 'outages', 'reconnections'] as const
export type NodeCounter = (typeof NODE_COUNTERS)[number]

export type ThreadHistogram = (typeof THREAD_HISTOGRAMS)[number]

/** The write side of the ledger: what the hot path and the connections of one load thread may do. */
export interface LedgerWriter {
  /** One settled command. `responseMicros` below zero means that there was no due instant (closed loop). */
  record(
    phase: number,
    series: number,
    outcome: Outcome,
    code: number,
    serviceMicros: number,
    responseMicros: number,
  ): void
  /** A successful reply that was nil: a miss. */
  countNil(phase: number, series: number): void
  countPhase(phase: number, counter: PhaseCounter, by: number): void
  recordStartLag(phase: number, micros: number): void
  count(counter: ThreadCounter, by: number): void
  gauge(gauge: ThreadGauge, value: number): void
  recordThread(histogram: ThreadHistogram, micros: number): void
  /** A connection attempt that failed, by fine code. */
  countAttemptError(code: number): void
  /** A ready connection that was lost, by fine code. */
  countDrop(code: number): void
  /** An error reply after which the client sent the command again by itself. */
  countRedirected(phase: number, series: number): void
  /** One settled command of the measured phase, for the server that it was sent to last. */
  recordNode(node: number, outcome: Outcome, code: number, serviceMicros: number): void
  countNode(node: number, counter: NodeCounter): void
  /** Ready connections to a server. */
  gaugeNode(node: number, active: number): void
}
