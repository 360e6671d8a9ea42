import type { Random } from '../../../model/random.ts'
import { autocorrelationOf } from './moments.ts'

/**
 * How many neighbours to draw together, so that what they have to do with each other is kept: for a first-order
 * autoregression the mean square error of the variance is least at about (√6·ρ/(1-ρ²))^⅔·n^⅓ (Carlstein, Ann.
 * Statist. 14, 1986; ρ from the series). At least n^⅓, at most a quarter of the series: a short series looks
 * less correlated than it is.
 */
export function blockLength(series: readonly number[]): number {
  const count = series.length
  const rho = autocorrelationOf(series)
  const best = (Math.sqrt(6) * rho) / (1 - rho * rho)
  const length = Math.max(best ** (2 / 3), 1) * count ** (1 / 3)
  return Math.max(1, Math.min(Math.ceil(length), Math.floor(count / 4)))
}

/** Neighbours: `start` and those after it, up to before `end`. */
export interface Block {
  readonly start: number
  readonly end: number
}

/**
 * One draw of a moving-block bootstrap (Künsch, Ann. Statist. 17, 1989): blocks of `length` neighbours, each beginning
 * anywhere, until they hold `count`; the last one is cut.
 */
export function drawBlocks(count: number, length: number, random: Random): Block[] {
  const drawn: Block[] = []
  for (let left = count; left > 0; left -= length) {
    const start = random.below(count - length + 1)
    drawn.push({ start, end: start + Math.min(length, left) })
  }
  return drawn
}

/** Standard normal, by Box and Muller. */
export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}
