import type { LatencySummary } from './latency-summary.ts'
import type { ErrorType } from './outcome.ts'

/** `observe`: listen and count. `relax`: besides, give commands more time while a maintenance is announced. */
export const MAINTENANCE_MODES = ['off', 'observe', 'relax'] as const
export type MaintenanceMode = (typeof MAINTENANCE_MODES)[number]

/** How a server is asked to name the place that a connection should move to. */
export const ENDPOINT_TYPES = [
  'internal-ip',
  'internal-fqdn',
  'external-ip',
  'external-fqdn',
  'none',
] as const
export type EndpointType = (typeof ENDPOINT_TYPES)[number]

/** What a server announces, as it spells it. */
export const NOTIFICATIONS = [
  'MOVING',
  'MIGRATING',
  'MIGRATED',
  'FAILING_OVER',
  'FAILED_OVER',
  'SMIGRATING',
  'SMIGRATED',
] as const
export type Notification = (typeof NOTIFICATIONS)[number]

/** Those after which a connection is under maintenance. */
export const BEGINNINGS = ['MOVING', 'MIGRATING', 'FAILING_OVER', 'SMIGRATING'] as const
export type Beginning = (typeof BEGINNINGS)[number]

/** One notification on one connection. Not counted again when it is repeated. */
export interface MaintenanceNotice {
  readonly thread: number
  readonly connection: number
  /** `host:port`, where a client has connections to several servers; `null`: the target. */
  readonly server: string | null
  /** When it arrived, milliseconds since the epoch. */
  readonly at_ms: number
  readonly notification: Notification
  /** The number that the server gave it. */
  readonly sequence: number
  /** The time that it names, milliseconds; `null` when it names none. */
  readonly time_ms: number | null
  /** MOVING: where to, as the server spells it; `null` otherwise, and when it names no place. */
  readonly endpoint: string | null
  /** Shards or slots as the server spells them, cut to 200 characters; empty when it names none. */
  readonly subject: string
}

/** A connection was lost after a maintenance had been announced on it. */
export interface MaintenanceLoss {
  readonly server: string | null
  readonly notification: Beginning
  readonly sequence: number
  /** From the notification to the loss, milliseconds. */
  readonly after_ms: number
}

/** What the load threads report, besides what is in their ledgers. */
export interface MaintenanceNews {
  readonly notices: readonly MaintenanceNotice[]
  readonly losses: readonly MaintenanceLoss[]
  /** The first answer of a server that will not announce anything. */
  readonly refusal: string | null
}

/** The same notification on all connections that it came to. Times in milliseconds. */
export interface Announcement extends Omit<MaintenanceNotice, 'thread' | 'connection' | 'at_ms'> {
  /** Since the epoch: when it arrived first, and last. */
  readonly first_at_ms: number
  readonly last_at_ms: number
  /** How often it arrived; a connection that was dialled anew may have been told again. */
  readonly notifications: number
  /** Connections that were lost after it and before an end of the maintenance was announced. */
  readonly lost: number
  /** From the notification to the loss of its connection: the shortest and the longest; `null` without a loss. */
  readonly first_lost_after_ms: number | null
  readonly last_lost_after_ms: number | null
}

/** What was announced, and what became of the load meanwhile. */
export interface MaintenanceResult {
  readonly mode: MaintenanceMode
  /** Of the whole run: answers to CLIENT MAINT_NOTIFICATIONS. */
  readonly accepted: number
  readonly refused: number
  /** What the first refusal said. */
  readonly refusal: string | null
  /** Of the whole run, each connection's apart. */
  readonly notifications: Readonly<Record<Notification, number>>
  /** Repeated on the same connection: without effect, and not among {@link notifications}. */
  readonly duplicates: number
  /** Without a sequence number or, where it is needed, a time: without effect, and not among {@link notifications}. */
  readonly malformed: number
  /** Understood and counted, but with fewer, more or other fields than expected. */
  readonly irregular: number
  /** Push frames of other kinds. */
  readonly unknown_pushes: number
  /** By time; the first 1,000. */
  readonly announcements: readonly Announcement[]
  readonly announcements_left_out: number
  /** Commands of the measured phase that were in flight while a maintenance was announced on their connection. */
  readonly commands: {
    readonly ok: number
    readonly failed: number
    readonly indeterminate: number
    /** Of failed and indeterminate ones. */
    readonly errors: readonly { readonly error_type: ErrorType; readonly count: number }[]
    /** Slower than `traces.slow`. */
    readonly slow: number
    /** Answered after the ordinary deadline, which `relax` had put off. */
    readonly rescued: number
    /** Service time of those that succeeded. */
    readonly service: LatencySummary
  }
}
