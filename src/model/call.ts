import type { Outcome } from './outcome.ts'

/**
 * One command, from the moment a workload fills it until it is settled. Calls are pooled by their connection and
 * reused, so nobody may keep one after it was settled.
 */
export interface Call {
  /** Lower-case command name, as ioredis and `INFO commandstats` spell it. */
  name: string
  /** The complete request in RESP, one character (U+0000 to U+00FF) for each byte. */
  wire: string
  /** Index of the ledger series. */
  series: number
  /** Index into PHASES: the phase in which the command was due. */
  phase: number
  /** Thread clock, milliseconds. In a closed loop the same as {@link sentAt}. */
  dueAt: number
  sentAt: number
  /** The pipeline or transaction it is part of. */
  batch: Batch | null
  readonly connection: Connection
  /** Set when our deadline settled the call; ioredis still holds it, and a late reply must change nothing. */
  abandoned: boolean
  /** The reply was nil. */
  nil: boolean
  /** Index of the draw that made it, in the whole run, and of the key that was drawn last. */
  draw: number
  key: number
  /** Looks at its reply. */
  reader: ReplyReader | null
  /** Hears what becomes of it. */
  tracker: CallTracker | null
  /** How often its request was written; more than once means that the client sent it again by itself. */
  readonly writes: number
  /** How many times its operation was drawn before, in the whole run. */
  ordinal: number
  /** It follows on the answer to another command. */
  isFollower: boolean
  /** What is sent on the same connection once it was answered. */
  followUp: FollowUp | null
  /** Which argument of the request is its first key (0 is the name of the command); 0: it has none. */
  keyArgument: number
  /** Index of the server that it was written to last, where there are several; -1 otherwise. */
  node: number
  /** Cluster: the slot of its first key; -1 otherwise. */
  slot: number
  /** Links of the deadline list. */
  previous: Call | null
  following: Call | null
}

/** Looks at the reply of a command that succeeded. */
export interface ReplyReader {
  read(reply: unknown, call: Call): void
}

/** Hears exactly once what became of a call that was filled: from whoever settles it, or decides not to send it. */
export interface CallTracker {
  settled(call: Call, outcome: Outcome): void
}

/** A unit that follows on an answer: on any that is not an error, or only on nil. */
export interface FollowUp {
  readonly on: 'ok' | 'nil'
  readonly unit: Unit
}

export type BatchKind = 'pipeline' | 'transaction'

/** A pipeline or a transaction: commands that are sent in one write and settle as one unit when the last one has. */
export interface Batch {
  readonly kind: BatchKind
  readonly calls: Call[]
  series: number
  phase: number
  dueAt: number
  sentAt: number
  /** Calls that are not settled yet. */
  remaining: number
  /** Worst outcome so far, and its fine error code. */
  outcome: Outcome
  code: number
}

/** One instrumented client connection. */
export interface Connection {
  readonly index: number
  /** Whether a command sent now would be written at once. */
  readonly isReady: boolean
  /** It is being closed and dialled anew on purpose: others should be used meanwhile. */
  readonly isRenewing: boolean
  /** When the server last answered on this connection, thread clock; kept by whoever settles its calls. */
  lastReplyAt: number
  /** Calls that ioredis holds: in flight, queued, or abandoned by us and not answered yet. */
  readonly held: number
  /** A free call of this connection's pool. */
  take(): Call
  /** Puts a settled call back. */
  give(call: Call): void
  send(call: Call): void
  sendBatch(batch: Batch): void
}

/** Told by connections what became of calls. The engine is one. */
export interface CallListener {
  /** Exactly once for every call that was sent. */
  settled(call: Call, outcome: Outcome, code: number): void
  /** An answer to a call that had been abandoned. The call is free again. */
  settledLate(call: Call, failed: boolean): void
  /** The connection became ready (for the first time, or again). */
  connected(connection: Connection): void
}

/** Hears what became of each command that has a slot. */
export interface SlotListener {
  settled(slot: number, outcome: Outcome, code: number, at: number): void
}

/** Knows of the maintenance that servers announce. Only where somebody asked for it. */
export interface MaintenanceGuard {
  /** How long a command may take that it covers, in milliseconds; `null`: as long as any other. */
  readonly relaxedTimeoutMillis: number | null
  /** A maintenance was announced on the connection of the command at some moment since it was sent. */
  covers(call: Call): boolean
  /** Told of each command that it covers, just before it is free. */
  settled(call: Call, outcome: Outcome, code: number, serviceMillis: number): void
}

/** What one arrival consists of. */
export interface Unit {
  readonly kind: 'single' | BatchKind
  /** Commands in it. */
  readonly size: number
  /** Ledger series of the batch; -1 for a single command. */
  readonly series: number
}

/** What to send. Seeded: the same plan yields the same sequence. */
export interface Workload {
  nextUnit(): Unit
  /** Sets what a call is sent with to the next command of the unit. */
  fill(call: Call): void
  /** Makes a follow-up on a call the current unit. */
  follow(followUp: FollowUp, cause: Pick<Call, 'draw' | 'key' | 'ordinal'>): void
}
