import type { DisturbanceCost, DisturbanceResult, Pulse } from '../model/disturbance.ts'
import { errorCodeAt, findErrorCode } from '../model/error-codes.ts'

/** Counts of pulses, added up. */
export class Tally {
  #failed = 0
  #indeterminate = 0
  #dropped = 0
  #delayed = 0
  readonly #errors = new Map<string, number>()

  get cost(): DisturbanceCost {
    return {
      failed: this.#failed,
      indeterminate: this.#indeterminate,
      dropped: this.#dropped,
      delayed: this.#delayed,
    }
  }

  add({ failed, indeterminate, dropped, delayed, errors }: Pulse): void {
    this.#failed += failed
    this.#indeterminate += indeterminate
    this.#dropped += dropped
    this.#delayed += delayed
    for (const [outcome, code, count] of errors) this.#count(`${outcome} ${code}`, count)
  }

  /** Takes over what the other has, and leaves it empty. */
  absorb(other: Tally): void {
    this.#failed += other.#failed
    this.#indeterminate += other.#indeterminate
    this.#dropped += other.#dropped
    this.#delayed += other.#delayed
    for (const [name, count] of other.#errors) this.#count(name, count)
    other.#failed = other.#indeterminate = other.#dropped = other.#delayed = 0
    other.#errors.clear()
  }

  /** The most frequent first. */
  get errors(): DisturbanceResult['errors'] {
    return [...this.#errors]
      .map(([name, count]) => {
        const [outcome, code] = name.split(' ') as ['failed' | 'indeterminate', string]
        return { outcome, error_type: errorCodeAt(findErrorCode(code) ?? 0).errorType, code, count }
      })
      .toSorted((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1))
  }

  #count(name: string, count: number): void {
    this.#errors.set(name, (this.#errors.get(name) ?? 0) + count)
  }
}

export const NO_COST: DisturbanceCost = { failed: 0, indeterminate: 0, dropped: 0, delayed: 0 }

export function addCosts(one: DisturbanceCost, other: DisturbanceCost): DisturbanceCost {
  return {
    failed: one.failed + other.failed,
    indeterminate: one.indeterminate + other.indeterminate,
    dropped: one.dropped + other.dropped,
    delayed: one.delayed + other.delayed,
  }
}
