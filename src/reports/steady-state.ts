import { type Pulse, PULSE_MILLIS, type SteadyBefore } from '../model/disturbance.ts'

/** Pulses in a second, and in the time that is looked back on. */
const SECOND = 10
const LOOKED_BACK = 100
/** Half a second of seconds, a new one each tenth. */
const LEAST = 5

/** Rate and p99 may be this much off and are still what they were. */
export const TOLERANCE = 0.1
/** A p99 that is higher by less than this is not: timers and neighbours on the machine do as much. */
const LEAST_MILLIS = 1
/** Lowest and highest tenth, which the range of the usual leaves out. */
const OUTLIERS = 0.1

/** The last ten pulses as one: a second, a new one each tenth of a second. */
export interface SlidingSecond {
  readonly beganAtMillis: number
  readonly scheduled: number
  readonly ok: number
  readonly okPerSecond: number
  /** Successes as a share of what was due, or a second in a closed loop; `null` when nothing was due. */
  readonly answered: number | null
  readonly errorShare: number
  readonly down: number
  readonly p50Millis: number
  readonly p99Millis: number
  readonly p999Millis: number
}

/** Turns pulses into seconds. */
export class SlidingSeconds {
  readonly #isOpenLoop: boolean
  readonly #pulses: Pulse[] = []

  constructor(isOpenLoop: boolean) {
    this.#isOpenLoop = isOpenLoop
  }

  /** The second that ends with this pulse; `undefined` in the first second. */
  push(pulse: Pulse): SlidingSecond | undefined {
    const pulses = this.#pulses
    pulses.push(pulse)
    if (pulses.length > SECOND + 1) pulses.shift()
    const [base] = pulses
    if (base === undefined || pulses.length <= SECOND) return undefined
    let [scheduled, ok, failed, down] = [0, 0, 0, 0]
    for (const one of pulses.slice(1)) {
      scheduled += one.scheduled
      ok += one.ok
      failed += one.failed + one.indeterminate
      down = Math.max(down, one.down)
    }
    const okPerSecond = (ok * 1000) / Math.max(1, pulse.at_ms - base.at_ms)
    return {
      beganAtMillis: base.at_ms,
      scheduled,
      ok,
      okPerSecond,
      answered: this.#isOpenLoop ? (scheduled === 0 ? null : ok / scheduled) : okPerSecond,
      errorShare: failed === 0 ? 0 : failed / (ok + failed),
      down,
      p50Millis: pulse.p50_ms,
      p99Millis: pulse.p99_ms,
      p999Millis: pulse.p999_ms,
    }
  }
}

/** Learns what is usual from the seconds in which nothing happened. */
export class SteadyState {
  readonly #seconds: SlidingSecond[] = []

  add(second: SlidingSecond): void {
    this.#seconds.push(second)
    if (this.#seconds.length > LOOKED_BACK) this.#seconds.shift()
  }

  /** `null` as long as there is too little to tell. */
  get before(): SteadyBefore | null {
    const seconds = this.#seconds.filter(({ answered }) => answered !== null)
    if (seconds.length < LEAST) return null
    const sorted = (value: (second: SlidingSecond) => number): number[] =>
      seconds.map(value).toSorted((a, b) => a - b)
    const answered = sorted((second) => second.answered ?? 0)
    const p50 = rankIn(
      sorted(({ p50Millis }) => p50Millis),
      0.5,
    )
    const p999 = rankIn(
      sorted(({ p999Millis }) => p999Millis),
      1 - OUTLIERS,
    )
    return {
      seconds: Math.round((seconds.length + SECOND - 1) * PULSE_MILLIS) / 1000,
      ops_per_second: seconds.reduce((sum, { okPerSecond }) => sum + okPerSecond, 0) / seconds.length,
      answered_low: rankIn(answered, OUTLIERS),
      answered_high: rankIn(answered, 1 - OUTLIERS),
      p50_ms: p50,
      p99_high_ms: rankIn(
        sorted(({ p99Millis }) => p99Millis),
        1 - OUTLIERS,
      ),
      error_share_high: Math.max(...seconds.map(({ errorShare }) => errorShare)),
      delayed_above_ms: Math.max(p999, 10 * p50),
    }
  }
}

/** The nearest rank. */
function rankIn(ascending: readonly number[], quantile: number): number {
  return ascending[Math.max(0, Math.ceil(quantile * ascending.length) - 1)] ?? 0
}

/**
 * Whether a second is like those before: answers within 10 % of the range, p99 at most 10 % (or 1 ms) above it, no more
 * errors, no connection down. Without anything to compare with: nothing down, and what was due was answered.
 */
export function isSteady(second: SlidingSecond, before: SteadyBefore | null, isOpenLoop: boolean): boolean {
  const { answered, p99Millis, errorShare, down } = second
  if (down > 0 || answered === null) return false
  if (before === null) return errorShare === 0 && (isOpenLoop ? answered >= 1 - TOLERANCE : second.ok > 0)
  const { answered_low, answered_high, p99_high_ms, error_share_high } = before
  const highest = Math.max(p99_high_ms * (1 + TOLERANCE), p99_high_ms + LEAST_MILLIS)
  return (
    answered >= answered_low * (1 - TOLERANCE) &&
    answered <= answered_high * (1 + TOLERANCE) &&
    p99Millis <= highest &&
    errorShare <= error_share_high * (1 + TOLERANCE)
  )
}
