import {
  ACKED_PROBLEMS,
  type AckedCounts,
  type AckedExample,
  type AckedWritesRecord,
} from '../model/acked-writes.ts'
import { Losses, type ReadTimes } from './acked-losses.ts'
import { addCounts, type Found, noCounts, type Verdict } from '../workload/acked/judge-segment.ts'

/** The list that a segment is a part of, by the names in the result. */
export interface SegmentPlace {
  readonly key: string
  readonly connection: number
}

interface Entry {
  readonly counts: AckedCounts
  readonly losses: Losses
  readonly examples: readonly AckedExample[]
  readonly lostFromMillis: number
  readonly lostUntilMillis: number
}

export type TallyTotals = AckedCounts &
  Pick<AckedWritesRecord, 'lost_from_ms' | 'lost_until_ms' | 'losses' | 'examples'>

/** Adds up what the lists gave: of those that are gone once and for all, of the others what the last reading said. */
export class AckedTally {
  readonly #live = new Map<number, Entry>()
  readonly #final = noCounts()
  readonly #finalLosses = new Losses()
  readonly #examplesKept: number
  readonly #beganAtMillis: number
  #examples: AckedExample[] = []
  #lostFromMillis = Number.POSITIVE_INFINITY
  #lostUntilMillis = Number.NEGATIVE_INFINITY

  /** `beganAtMillis`: what fates are counted from, milliseconds since the epoch. */
  constructor(examplesKept: number, beganAtMillis: number) {
    this.#examplesKept = examplesKept
    this.#beganAtMillis = beganAtMillis
  }

  /** What the last reading of a segment said; it replaces what the one before it had said. `null`: it could not be read. */
  note(id: number, place: SegmentPlace, { counts, found }: Verdict, read: ReadTimes | null): void {
    const lostAt = found.flatMap(({ problem, acknowledgedAtMillis: at }) =>
      problem === 'lost' && at !== null ? [at + this.#beganAtMillis] : [],
    )
    const losses = new Losses(this.#live.get(id)?.losses)
    if (read !== null) losses.read(found, this.#beganAtMillis, read)
    this.#live.set(id, {
      counts,
      losses,
      examples: this.#firstOfEach(found.map((one) => this.#exampleOf(one, place))),
      // Without spreading: a call takes only so many arguments.
      lostFromMillis: lostAt.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY),
      lostUntilMillis: lostAt.reduce((most, at) => Math.max(most, at), Number.NEGATIVE_INFINITY),
    })
  }

  last(id: number): AckedCounts | undefined {
    return this.#live.get(id)?.counts
  }

  /** The segment is gone: what was said of it stays. */
  settle(id: number): void {
    const entry = this.#live.get(id)
    if (entry === undefined) return
    this.#live.delete(id)
    addCounts(this.#final, entry.counts)
    this.#finalLosses.add(entry.losses)
    this.#examples = this.#firstOfEach([...this.#examples, ...entry.examples])
    this.#lostFromMillis = Math.min(this.#lostFromMillis, entry.lostFromMillis)
    this.#lostUntilMillis = Math.max(this.#lostUntilMillis, entry.lostUntilMillis)
  }

  totals(): TallyTotals {
    const counts = { ...this.#final }
    const examples = [...this.#examples]
    let from = this.#lostFromMillis
    let until = this.#lostUntilMillis
    const losses = new Losses()
    losses.add(this.#finalLosses)
    for (const entry of this.#live.values()) {
      addCounts(counts, entry.counts)
      losses.add(entry.losses)
      examples.push(...entry.examples)
      from = Math.min(from, entry.lostFromMillis)
      until = Math.max(until, entry.lostUntilMillis)
    }
    const whenLost = counts.lost === 0 ? null : { from, until }
    return {
      ...counts,
      lost_from_ms: whenLost?.from ?? null,
      lost_until_ms: whenLost?.until ?? null,
      losses: losses.list(),
      examples: this.#firstOfEach(examples),
    }
  }

  #exampleOf({ problem, sequence, acknowledgedAtMillis: at }: Found, place: SegmentPlace): AckedExample {
    const acknowledged = at === null ? null : at + this.#beganAtMillis
    return {
      problem,
      list: place.key,
      // Somebody else's element may be anything.
      sequence: Number.isNaN(sequence) ? null : sequence,
      connection: place.connection,
      acknowledged_at_ms: acknowledged,
    }
  }

  /** As many as are kept of each kind of problem: those that were acknowledged first. */
  #firstOfEach(examples: readonly AckedExample[]): AckedExample[] {
    if (examples.length === 0) return []
    return ACKED_PROBLEMS.flatMap((problem) =>
      examples
        .filter((example) => example.problem === problem)
        .toSorted((a, b) => (a.acknowledged_at_ms ?? 0) - (b.acknowledged_at_ms ?? 0))
        .slice(0, this.#examplesKept),
    )
  }
}
