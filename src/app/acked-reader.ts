import { setTimeout as sleep } from 'node:timers/promises'
import type { AckedCounts, AckedReading, AckedWritesRecord } from '../model/acked-writes.ts'
import type { AckedWritesPlan } from '../model/plan.ts'
import type { AuditLists } from '../workload/acked/audit-lists.ts'
import { type Segment, type ThreadFates, usedSegments } from './acked-segments.ts'
import type { AckedServers } from './acked-servers.ts'
import { ReplicaWatch } from './acked-stale-reads.ts'
import { AckedSweep, unlinkLists } from './acked-sweep.ts'
import { AckedTally } from './acked-tally.ts'
import type { AckedVoids } from './acked-voids.ts'

/** So long after its last write was settled a segment is kept: what a failover takes away is younger. */
const SAFETY_MILLIS = 60_000
const CALL_MILLIS = 1000
const RETRY_MILLIS = 200
const READINGS_KEPT = 100
/** A reading that found nothing new is told of at least so often. */
const TELL_MILLIS = 60_000
/** Asking again does not help. */
const HOPELESS = new Set(['NOPERM', 'NOAUTH', 'WRONGPASS', 'WRONGTYPE'])
const INTERVAL = 'interval'

export interface AckedReaderParts {
  readonly plan: AckedWritesPlan
  readonly lists: AuditLists
  readonly threads: readonly ThreadFates[]
  readonly servers: AckedServers
  readonly voids: AckedVoids
  /** Milliseconds since the epoch, and what fates are counted from. */
  readonly now: () => number
  readonly beganAtMillis: number
  /** Told after each reading; `isNews`: it was asked for, or found what the one before it had not. */
  readonly onRead: (record: AckedWritesRecord, isNews: boolean) => void
}

interface Reading {
  readonly reason: string
  readonly wanted: (segment: Segment) => boolean
  readonly patienceMillis: number
  readonly isLast: boolean
}

/** Reads audit writes back while the load goes on, after each fault and at the end, and says what it found. */
export class AckedReader {
  readonly #parts: AckedReaderParts
  readonly #tally: AckedTally
  readonly #sweep: AckedSweep
  readonly #replicas: ReplicaWatch
  readonly #readings: AckedReading[] = []
  #running: Promise<void> | undefined
  #asked: string | undefined
  #nextAtMillis = 0
  #toldAtMillis = 0
  #told = ''
  #isOver = false
  #hurryAt = Number.POSITIVE_INFINITY
  #isComplete = false

  constructor(parts: AckedReaderParts) {
    const { plan, servers, voids, now, beganAtMillis } = parts
    this.#parts = parts
    this.#tally = new AckedTally(plan.examples, beganAtMillis)
    const isOld = (segment: Segment): boolean => this.#isOld(segment)
    this.#sweep = new AckedSweep({ servers, voids, tally: this.#tally, isOld, now })
    const segments = (): Segment[] => this.#used().filter((segment) => this.#isBeingWritten(segment))
    this.#replicas = new ReplicaWatch({ servers, segments, now: () => now() - beganAtMillis })
  }

  /** To be called about once a second while the load goes on: starts what is due and waits for nothing. */
  look(): void {
    if (this.#isOver) return
    this.#replicas.look()
    const now = this.#parts.now()
    if (this.#running !== undefined || (this.#asked === undefined && now < this.#nextAtMillis)) return
    const { read_back_ms, patience_ms } = this.#parts.plan
    this.#nextAtMillis = now + read_back_ms
    const reason = this.#asked
    this.#asked = undefined
    const reading =
      reason === undefined
        ? { reason: INTERVAL, wanted: (one: Segment) => this.#isDue(one), patienceMillis: 0 }
        : { reason, wanted: () => true, patienceMillis: patience_ms }
    this.#running = this.#read({ ...reading, isLast: false }).finally(() => {
      this.#running = undefined
    })
  }

  /** Something happened that may have taken writes away: everything is read, as soon as that is possible. */
  auditNow(reason: string): void {
    this.#asked ??= reason
    this.look()
  }

  /** The last reading, after the load: of everything, within a limit. */
  async finish(limitMillis: number): Promise<AckedWritesRecord> {
    this.#isOver = true
    const patienceMillis = Math.max(1, Math.min(limitMillis, this.#parts.plan.patience_ms))
    await this.#read({ reason: 'end', wanted: () => true, patienceMillis, isLast: true })
    return this.#record()
  }

  /** The user waits: a last reading that goes on ends within this time. */
  hurry(limitMillis: number): void {
    this.#hurryAt = Math.min(this.#hurryAt, performance.now() + limitMillis)
  }

  /** Removes what is still there. `false` when some of it may be left. */
  async removeLists(limitMillis: number): Promise<boolean> {
    const { threads, lists, servers } = this.#parts
    return await unlinkLists(usedSegments(threads, lists), servers, limitMillis).then(
      () => true,
      () => false,
    )
  }

  #used(): Segment[] {
    const { threads, lists } = this.#parts
    return usedSegments(threads, lists).filter((segment) => !this.#sweep.isLeaving(segment))
  }

  /** Not read since its last write was settled, or old enough to go. */
  #isDue(segment: Segment): boolean {
    const last = this.#tally.last(segment.id)
    return last === undefined || settledOf(last) < segment.issued || this.#isOld(segment)
  }

  #isOld({ settledAtMillis, isComplete }: Segment): boolean {
    const { now, beganAtMillis } = this.#parts
    return isComplete && now() - beganAtMillis - settledAtMillis >= SAFETY_MILLIS
  }

  /** A replica may lag behind it; what is lost on the master is no business of the replica. */
  #isBeingWritten({ id, issued, isComplete }: Segment): boolean {
    return issued > 0 && !isComplete && (this.#tally.last(id)?.lost ?? 0) === 0
  }

  async #read({ reason, wanted, patienceMillis, isLast }: Reading): Promise<void> {
    const at = this.#parts.now()
    const deadline = performance.now() + patienceMillis
    const left = (): number => Math.min(deadline, this.#hurryAt) - performance.now()
    const isCancelled = (): boolean => this.#isOver && !isLast
    // A server that answers is heard out; one that does not would keep us waiting for each list.
    const isTimeUp = (hasFailed: boolean): boolean =>
      patienceMillis > 0 && left() <= 0 && (hasFailed || this.#hurryAt <= performance.now())
    const lists = this.#used().filter(wanted)
    let unread: Awaited<ReturnType<AckedSweep['read']>> = { segments: lists, error: null }
    for (;;) {
      const limitMillis = patienceMillis === 0 ? CALL_MILLIS : Math.max(1, Math.min(CALL_MILLIS, left()))
      const isLastTry = patienceMillis > 0 && left() <= 2 * RETRY_MILLIS
      const attempt = { limitMillis, isLast, isLastTry, isCancelled, isTimeUp }
      unread = await this.#sweep.read(unread.segments, attempt)
      const { error } = unread
      if (error === null || left() <= 0 || HOPELESS.has(error) || isCancelled()) break
      await sleep(Math.max(1, Math.min(RETRY_MILLIS, left())))
    }
    if (isCancelled()) return
    this.#sweep.noteUnread(unread.segments, isLast)
    const { error, segments } = unread
    this.#isComplete = isLast && error === null
    this.#tell({ reason, at_ms: at, lists: lists.length, unread_lists: segments.length, error })
  }

  #record(): AckedWritesRecord {
    return {
      lists: this.#sweep.gone + usedSegments(this.#parts.threads, this.#parts.lists).length,
      ...this.#tally.totals(),
      voided_because: this.#parts.voids.reason,
      readings: [...this.#readings],
      complete: this.#isComplete,
      stale_reads: this.#replicas.totals(),
    }
  }

  #tell(reading: Omit<AckedReading, 'duration_ms' | 'acknowledged' | 'lost' | 'duplicated'>): void {
    const now = this.#parts.now()
    const { acknowledged, lost, duplicated, ...others } = this.#tally.totals()
    const { reordered, refused_applied, unexpected } = others
    const told = [lost, duplicated, reordered, refused_applied, unexpected, reading.error].join(' ')
    const isNews =
      reading.reason !== INTERVAL || told !== this.#told || now - this.#toldAtMillis >= TELL_MILLIS
    if (reading.reason !== INTERVAL || told !== this.#told) {
      this.#readings.push({ ...reading, duration_ms: now - reading.at_ms, acknowledged, lost, duplicated })
      if (this.#readings.length > READINGS_KEPT) this.#readings.shift()
    }
    if (isNews) this.#toldAtMillis = now
    this.#told = told
    this.#parts.onRead(this.#record(), isNews)
  }
}

/** Writes whose end was known when they were counted. */
function settledOf({ acknowledged, refused, unknown }: AckedCounts): number {
  return acknowledged + refused + unknown
}
