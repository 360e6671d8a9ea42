/** One run of a series. */
export interface SeriesStep {
  /** Index of the side. */
  readonly side: number
  /** From 1 on, of this side; warm-up runs are counted apart. */
  readonly number: number
  readonly isWarmUp: boolean
}

/**
 * Who runs when: sides take turns, and who was last in one turn is first in the next (A B, B A, …), so that what rises or
 * falls steadily around them is the same for both. Runs that only warm up come first.
 */
export function orderOfSeries(sides: number, repeat: number, warmUps: number): SeriesStep[] {
  const turn = (number: number, isWarmUp: boolean): SeriesStep[] => {
    const steps = Array.from({ length: sides }, (_, side) => ({ side, number, isWarmUp }))
    return number % 2 === 1 ? steps : steps.toReversed()
  }
  const turns = (count: number, isWarmUp: boolean): SeriesStep[] =>
    Array.from({ length: count }, (_, index) => turn(index + 1, isWarmUp)).flat()
  return [...turns(warmUps, true), ...turns(repeat, false)]
}
