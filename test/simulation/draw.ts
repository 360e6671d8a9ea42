import type { Random } from '../../src/model/random.ts'

export type Draw = ReturnType<typeof createDraw>

/** Ways to draw what a scenario is made of. */
export function createDraw(random: Random) {
  const between = (low: number, high: number): number => low + random.next() * (high - low)
  return {
    chance: (share: number): boolean => random.next() < share,
    between,
    /** Small ones as often as large ones. */
    ofMagnitude: (low: number, high: number): number => Math.exp(between(Math.log(low), Math.log(high))),
    whole: (low: number, high: number): number => low + random.below(high - low + 1),
    oneOf: <Value>(values: readonly Value[]): Value => values[random.below(values.length)]!,
  }
}
