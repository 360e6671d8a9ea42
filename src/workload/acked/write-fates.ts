/*
 * What became of every audit write, in memory that a load thread writes and the main thread reads; a thread that dies leaves
 * it behind. The memory is a pool of segments. A segment holds the fates of so many consecutive writes to one list, and what
 * they wrote is one key on the server, so that both can be given back together.
 */

/** Writes in a segment. */
export const SEGMENT_WRITES = 256
/** At ten thousand audit writes a second two million fates last for about three minutes. */
const LEAST_SEGMENTS = 8192
/** Segments that a list may have open and read at the same time, so that none has to wait for another. */
const SEGMENTS_PER_LIST = 4

const RELEASES = 0
const HEADER_WORDS = 8
const STATE = 0
const LIST = 1
const ORDINAL = 2
const ISSUED = 3
const SETTLED = 4
const SETTLED_AT = 5
const SEGMENT_HEADER = 8
const SEGMENT_WORDS = SEGMENT_HEADER + SEGMENT_WRITES

const FREE = 0
const USED = 1

/** 0: not made yet. */
export const IN_FLIGHT = 1
export const REFUSED = 2
export const UNKNOWN = 3
/** From here on a fate is an acknowledgement: so many milliseconds after the beginning of the run. 49 days fit. */
export const ACKNOWLEDGED = 4
const LATEST = 2 ** 32 - 1

export type Settlement = 'acknowledged' | 'refused' | 'unknown'

/** A segment in use, as the reader sees it. */
export interface UsedSegment {
  readonly index: number
  /** The list that it is a part of, by its number in the thread. */
  readonly list: number
  /** How many segments of the list there were before. */
  readonly ordinal: number
  readonly issued: number
  /** All its writes were made and settled. */
  readonly isComplete: boolean
  /** When the last of them was settled, milliseconds after the beginning of the run. */
  readonly settledAtMillis: number
}

export function allocateFates(lists: number): SharedArrayBuffer {
  const segments = Math.max(LEAST_SEGMENTS, SEGMENTS_PER_LIST * lists)
  return new SharedArrayBuffer(4 * (HEADER_WORDS + segments * SEGMENT_WORDS))
}

/** One thread's pool, seen from either side. */
export class WriteFates {
  readonly #words: Uint32Array<SharedArrayBuffer>
  readonly #segments: number
  #next = 0
  #releasesWhenFull = -1

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Uint32Array(memory)
    this.#segments = Math.floor((this.#words.length - HEADER_WORDS) / SEGMENT_WORDS)
  }

  /** Load thread: a free segment, or -1 when the reader has not given one back. */
  take(): number {
    const releases = Atomics.load(this.#words, RELEASES)
    if (releases === this.#releasesWhenFull) return -1
    for (let tried = 0; tried < this.#segments; tried++) {
      const segment = this.#next
      this.#next = (segment + 1) % this.#segments
      if (Atomics.load(this.#words, baseOf(segment) + STATE) === FREE) return segment
    }
    this.#releasesWhenFull = releases
    return -1
  }

  /** Load thread: from now on a segment that was taken belongs to a list. */
  open(segment: number, list: number, ordinal: number): void {
    const base = baseOf(segment)
    this.#words[base + LIST] = list
    this.#words[base + ORDINAL] = ordinal
    Atomics.store(this.#words, base + STATE, USED)
  }

  /** Load thread: the next write of a segment is made. Returns its place in it. */
  issue(segment: number): number {
    const base = baseOf(segment)
    const place = this.#words[base + ISSUED]!
    Atomics.store(this.#words, base + SEGMENT_HEADER + place, IN_FLIGHT)
    Atomics.store(this.#words, base + ISSUED, place + 1)
    return place
  }

  /** Load thread: a write is settled, so many milliseconds after the beginning of the run. */
  settle(segment: number, place: number, settlement: Settlement, atMillis: number): void {
    const base = baseOf(segment)
    const at = Math.min(LATEST - ACKNOWLEDGED, Math.max(0, Math.floor(atMillis)))
    const fate =
      settlement === 'acknowledged' ? ACKNOWLEDGED + at : settlement === 'refused' ? REFUSED : UNKNOWN
    Atomics.store(this.#words, base + SEGMENT_HEADER + place, fate)
    this.#words[base + SETTLED_AT] = at
    Atomics.add(this.#words, base + SETTLED, 1)
  }

  /** Reader: all segments in use. */
  *used(): Generator<UsedSegment> {
    for (let index = 0; index < this.#segments; index++) {
      const base = baseOf(index)
      if (Atomics.load(this.#words, base + STATE) !== USED) continue
      yield {
        index,
        list: this.#words[base + LIST]!,
        ordinal: this.#words[base + ORDINAL]!,
        issued: this.issuedOf(index),
        isComplete: Atomics.load(this.#words, base + SETTLED) === SEGMENT_WRITES,
        settledAtMillis: this.#words[base + SETTLED_AT]!,
      }
    }
  }

  issuedOf(segment: number): number {
    return Atomics.load(this.#words, baseOf(segment) + ISSUED)
  }

  /** Reader: the fates of the writes that were made so far. A copy. */
  fatesOf(segment: number): Uint32Array {
    const first = baseOf(segment) + SEGMENT_HEADER
    return this.#words.slice(first, first + this.issuedOf(segment))
  }

  /** Reader: a complete segment may be used again. */
  release(segment: number): void {
    const base = baseOf(segment)
    this.#words.fill(0, base + LIST, base + SEGMENT_WORDS)
    Atomics.store(this.#words, base + STATE, FREE)
    Atomics.add(this.#words, RELEASES, 1)
  }
}

function baseOf(segment: number): number {
  return HEADER_WORDS + segment * SEGMENT_WORDS
}
