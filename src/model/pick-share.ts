import type { Random } from './random.ts'

/** A random share of the items, each equally likely; rounded to whole items. */
export function pickShare<Item>(items: readonly Item[], share: number, random: Random): Item[] {
  const pool = [...items]
  const count = Math.round(share * pool.length)
  for (let picked = 0; picked < count; picked++) {
    const other = picked + random.below(pool.length - picked)
    const item = pool[other]!
    pool[other] = pool[picked]!
    pool[picked] = item
  }
  return pool.slice(0, count)
}
