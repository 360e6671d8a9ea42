import type { LatencyNow } from '../live-view/live-state.ts'
import type { Sample } from './read-exposition.ts'

/** Values at or below each bound (the last is infinite), in seconds. */
export type BucketCounts = ReadonlyMap<number, number>

/** The buckets of a histogram whose labels are as wanted, added up. */
export function bucketsOf(
  samples: readonly Sample[] | undefined,
  wanted: Readonly<Record<string, string>> = {},
): BucketCounts {
  const counts = new Map<number, number>()
  for (const { labels, value } of samples ?? []) {
    if (Object.entries(wanted).some(([name, label]) => labels[name] !== label)) continue
    const bound = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le'])
    if (!Number.isNaN(bound)) counts.set(bound, (counts.get(bound) ?? 0) + value)
  }
  return new Map([...counts].toSorted(([one], [other]) => one - other))
}

/** What was counted since an earlier look at the same histogram. */
export function bucketsSince(earlier: BucketCounts, later: BucketCounts): BucketCounts {
  return new Map([...later].map(([bound, count]) => [bound, Math.max(0, count - (earlier.get(bound) ?? 0))]))
}

/**
 * A quantile in milliseconds, as if the values of a bucket were spread evenly over it; of the last bucket, its lower
 * bound. `null` when nothing was counted.
 */
export function quantileMillis(buckets: BucketCounts, quantile: number): number | null {
  const total = buckets.get(Number.POSITIVE_INFINITY) ?? 0
  if (total === 0) return null
  const rank = quantile * total
  let [lower, below] = [0, 0]
  for (const [bound, count] of buckets) {
    if (count >= rank && count > below) {
      if (!Number.isFinite(bound)) return millisOf(lower)
      return millisOf(lower + ((bound - lower) * Math.max(0, rank - below)) / (count - below))
    }
    lower = bound
    below = count
  }
  return millisOf(lower)
}

/** Without the digits that only come from the arithmetic. */
function millisOf(seconds: number): number {
  return Math.round(1e9 * seconds) / 1e6
}

export function latencyOf(buckets: BucketCounts): LatencyNow {
  return {
    p50: quantileMillis(buckets, 0.5),
    p99: quantileMillis(buckets, 0.99),
    p999: quantileMillis(buckets, 0.999),
    max: null,
  }
}
