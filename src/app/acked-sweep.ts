import { causeOf } from '../redis/control-client.ts'
import { countUnread, judgeSegment } from '../workload/acked/judge-segment.ts'
import { inChunks, type Segment } from './acked-segments.ts'
import { type AckedServers, type Masters, NotReadyError } from './acked-servers.ts'
import type { AckedTally } from './acked-tally.ts'
import type { AckedVoids } from './acked-voids.ts'

/** Requests that are under way together. */
const AT_ONCE = 32

const LONGEST_REASON = 120
const TOO_LATE = 'the time was up'

export interface SweepParts {
  readonly servers: AckedServers
  readonly voids: AckedVoids
  readonly tally: AckedTally
  /** Whether a segment may leave the server when it was read. */
  readonly isOld: (segment: Segment) => boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export interface Try {
  readonly limitMillis: number
  /** The load is over: what is in flight stays unknown, and lists stay. */
  readonly isLast: boolean
  /** The time is nearly up. */
  readonly isLastTry: boolean
  /** What was read is not wanted any more. */
  readonly isCancelled: () => boolean
  /** What is left is not asked for any more. */
  readonly isTimeUp: (hasFailed: boolean) => boolean
}

/** What could not be read, and the first reason. */
export interface Unread {
  readonly segments: readonly Segment[]
  readonly error: string | null
}

/** Reads segments from the current masters, judges them, and takes those that are done from the server. */
export class AckedSweep {
  readonly #parts: SweepParts
  /** Judged for good. Asked for no more: nobody knows when a request to remove them was executed. */
  readonly #leaving = new Map<number, Segment>()
  #gone = 0

  constructor(parts: SweepParts) {
    this.#parts = parts
  }

  /** How many lists were judged for good and are gone. */
  get gone(): number {
    return this.#gone
  }

  isLeaving({ id }: Segment): boolean {
    return this.#leaving.has(id)
  }

  /** Never rejects. */
  async read(segments: readonly Segment[], attempt: Try): Promise<Unread> {
    const { servers, voids } = this.#parts
    const failed: Segment[] = []
    let error: string | null = null
    try {
      const masters = await servers.masters(attempt.limitMillis, attempt.isLastTry)
      // What the others hold is read all the same.
      await voids.look(masters.addresses, attempt.limitMillis).catch((reason: unknown) => {
        error = nameOf(reason)
      })
      for (const some of inChunks(segments, AT_ONCE)) {
        if (attempt.isCancelled() || attempt.isTimeUp(error !== null)) {
          failed.push(...some)
          error ??= TOO_LATE
          continue
        }
        await Promise.all(
          some.map((segment) =>
            this.#readOne(segment, masters, attempt).catch((reason: unknown) => {
              failed.push(segment)
              error ??= nameOf(reason)
            }),
          ),
        )
      }
      // What was read is judged, whether it can be removed or not.
      if (!attempt.isLast)
        await this.#removeLeaving(masters, attempt).catch((reason: unknown) => {
          error ??= nameOf(reason)
        })
      return { error, segments: failed }
    } catch (reason) {
      return { error: nameOf(reason), segments }
    }
  }

  /** Of a list that was never read, or could not be read at the end, nothing is confirmed. */
  noteUnread(unread: readonly Segment[], isLast: boolean): void {
    const { tally } = this.#parts
    for (const segment of unread) {
      const last = tally.last(segment.id)
      // What was seen to be lost stays lost, whoever does not answer now.
      if (last === undefined || (isLast && last.lost === 0)) {
        const counts = countUnread(segment.fates.fatesOf(segment.index), isLast)
        tally.note(segment.id, segment, { counts, found: [] }, null)
      }
    }
  }

  async #readOne(
    segment: Segment,
    masters: Masters,
    { limitMillis, isLast, isCancelled }: Try,
  ): Promise<void> {
    const { id, index, fates, key, ordinal } = segment
    const { servers, tally, isOld, now } = this.#parts
    // Before the question: what was acknowledged by now has to be in the answer.
    const askedAtMillis = now()
    const before = fates.fatesOf(index)
    const address = ownerOf(key, masters)
    const elements = (await servers.call(address, 'LRANGE', [key, 0, -1], limitMillis)) as string[]
    if (isCancelled()) return
    const lostBefore = tally.last(id)?.lost
    const issuedAfter = fates.issuedOf(index)
    const verdict = judgeSegment({ ordinal, fates: before, issuedAfter, elements, isOver: isLast })
    tally.note(id, segment, verdict, { askedAtMillis, answeredAtMillis: now() })
    const { lost } = verdict.counts
    // A loss has to be seen twice before the list is given up.
    if (isLast || !isOld(segment) || (lost > 0 && lostBefore !== lost)) return
    tally.settle(id)
    this.#leaving.set(id, segment)
  }

  async #removeLeaving(masters: Masters, { limitMillis, isCancelled }: Try): Promise<void> {
    for (const some of inChunks([...this.#leaving.values()], AT_ONCE)) {
      if (isCancelled()) return
      // All of them come to an end: what was given back must not be given back again by the next reading.
      const removed = await Promise.allSettled(
        some.map(async ({ id, index, fates, key }) => {
          const address = ownerOf(key, masters)
          await this.#parts.servers.call(address, 'UNLINK', [key], limitMillis)
          fates.release(index)
          this.#leaving.delete(id)
          this.#gone++
        }),
      )
      for (const one of removed) if (one.status === 'rejected') throw one.reason
    }
  }
}

/** Removes lists; rejects when some may be left. */
export async function unlinkLists(
  segments: readonly Segment[],
  servers: AckedServers,
  limitMillis: number,
): Promise<void> {
  const deadline = performance.now() + limitMillis
  const masters = await servers.masters(limitMillis, true)
  const failures: unknown[] = []
  for (const some of inChunks(segments, AT_ONCE))
    await Promise.all(
      some.map(async ({ key }) => {
        const left = Math.max(1, deadline - performance.now())
        // A shard that is gone keeps nobody from removing what is in the others.
        try {
          await servers.call(ownerOf(key, masters), 'UNLINK', [key], left)
        } catch (reason) {
          failures.push(reason)
        }
      }),
    )
  if (failures.length > 0) throw failures[0]
}

function ownerOf(key: string, masters: Masters): string {
  const address = masters.of(key)
  if (address === undefined) throw new NotReadyError('no master has the slot')
  return address
}

function nameOf(error: unknown): string {
  const cause = causeOf(error)
  const isNamed = !(error instanceof NotReadyError) && cause !== 'other'
  return isNamed || !(error instanceof Error) ? cause : error.message.slice(0, LONGEST_REASON)
}
