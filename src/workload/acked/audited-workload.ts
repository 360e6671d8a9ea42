import type { Call, CallTracker, FollowUp, Unit, Workload } from '../../model/call.ts'
import { INDETERMINATE, OK, type Outcome } from '../../model/outcome.ts'
import type { Random } from '../../model/random.ts'
import { bulkString } from '../keys.ts'
import { type AuditLists, sequenceOf } from './audit-lists.ts'
import { SEGMENT_WRITES, type WriteFates } from './write-fates.ts'

const AUDIT_WRITE: Unit = { kind: 'single', size: 1, series: -1 }
const HEAD = '*3\r\n$5\r\nRPUSH\r\n'

export interface AuditParts {
  readonly fates: WriteFates
  readonly lists: AuditLists
  /** Share of the units that are audit writes. */
  readonly share: number
  /** Of the ledger. */
  readonly series: number
  /** Decides which units they are. */
  readonly random: Random
  /** Index of the first connection of the thread in the whole run, and how many it has. */
  readonly firstConnection: number
  readonly connections: number
  /** Milliseconds since the beginning of the run. */
  readonly now: () => number
  /** An audit write was left out: there is no room to remember it. */
  readonly onThinned: () => void
}

/** The part of a list that is being written. */
interface OpenSegment {
  segment: number
  ordinal: number
  issued: number
  /** Of the key, as RESP. */
  bulk: string
}

/**
 * Puts audit writes between the units of a workload: each appends the next sequence to a list that its connection alone
 * writes. Which units they are depends on nothing but the seed and the share.
 */
export class AuditedWorkload implements Workload, CallTracker {
  readonly #inner: Workload
  readonly #parts: AuditParts
  readonly #open: OpenSegment[]
  /** By connection: which of its lists comes next. */
  readonly #turns: number[]
  #units = 0
  #windows = 0
  /** Which unit is the next audit write. */
  #next: number
  /** Taken from the pool and given to no list yet: there is always room for the write that was promised. */
  #spare = -1
  #isAudit = false

  constructor(inner: Workload, parts: AuditParts) {
    this.#inner = inner
    this.#parts = parts
    const lists = parts.connections * parts.lists.perConnection
    this.#open = Array.from({ length: lists }, () => ({
      segment: -1,
      ordinal: -1,
      issued: SEGMENT_WRITES,
      bulk: '',
    }))
    this.#turns = Array.from({ length: parts.connections }, () => 0)
    this.#next = this.#draw()
  }

  nextUnit(): Unit {
    this.#isAudit = this.#isDue() && this.#hasRoom()
    return this.#isAudit ? AUDIT_WRITE : this.#inner.nextUnit()
  }

  fill(call: Call): void {
    if (!this.#isAudit) {
      this.#inner.fill(call)
      return
    }
    const { fates, series } = this.#parts
    const open = this.#nextList(call.connection.index)
    const place = fates.issue(open.segment)
    open.issued = place + 1
    const sequence = String(sequenceOf(open.ordinal, place))
    call.name = 'rpush'
    call.series = series
    call.wire = `${HEAD}${open.bulk}$${sequence.length}\r\n${sequence}\r\n`
    call.keyArgument = 1
    call.reader = null
    call.followUp = null
    call.tracker = this
    // Where its fate is written; nobody else looks at these of a command without a follow-up.
    call.key = open.segment
    call.ordinal = place
    call.draw = 0
  }

  follow(followUp: FollowUp, cause: Pick<Call, 'draw' | 'key' | 'ordinal'>): void {
    this.#isAudit = false
    this.#inner.follow(followUp, cause)
  }

  settled(call: Call, outcome: Outcome): void {
    const { fates, now } = this.#parts
    // An error may be the answer to the second time that a client sent it; nobody knows of the first.
    const isUnknown = outcome === INDETERMINATE || (outcome !== OK && call.writes > 1)
    const settlement = outcome === OK ? 'acknowledged' : isUnknown ? 'unknown' : 'refused'
    fates.settle(call.key, call.ordinal, settlement, now())
  }

  #isDue(): boolean {
    if (this.#units++ < this.#next) return false
    this.#next = this.#draw()
    return true
  }

  /**
   * The audit write of the next window of 1 / share units: anywhere in it, or a load that takes turns over its connections
   * would send all of them over the same one.
   */
  #draw(): number {
    const { share, random } = this.#parts
    const first = Math.ceil(this.#windows / share)
    const units = Math.ceil(++this.#windows / share) - first
    return first + random.below(units)
  }

  #hasRoom(): boolean {
    if (this.#spare < 0) this.#spare = this.#parts.fates.take()
    if (this.#spare >= 0) return true
    this.#parts.onThinned()
    return false
  }

  /** The list of a connection whose turn it is, with room for one more. */
  #nextList(connection: number): OpenSegment {
    const { lists, fates, firstConnection } = this.#parts
    const own = connection - firstConnection
    const turn = this.#turns[own]!
    this.#turns[own] = turn + 1 === lists.perConnection ? 0 : turn + 1
    const list = own * lists.perConnection + turn
    const open = this.#open[list]!
    if (open.issued === SEGMENT_WRITES) {
      open.segment = this.#spare
      this.#spare = -1
      open.ordinal++
      open.bulk = bulkString(lists.keyOf(connection, turn, open.ordinal))
      fates.open(open.segment, list, open.ordinal)
    }
    return open
  }
}
