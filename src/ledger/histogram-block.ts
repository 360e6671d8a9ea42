import { BUCKET_COUNT, bucketIndex } from './buckets.ts'

/** A histogram block: sum, max, min (infinite while empty), then the buckets. */
export const SUM = 0
export const MAX = 1
export const MIN = 2
export const FIRST_BUCKET = 3
export const HISTOGRAM_SIZE = FIRST_BUCKET + BUCKET_COUNT

/** Adds one value to a histogram block. */
export function addToBlock(data: Float64Array, offset: number, micros: number): void {
  data[offset + SUM]! += micros
  if (micros > data[offset + MAX]!) data[offset + MAX] = micros
  if (micros < data[offset + MIN]!) data[offset + MIN] = micros
  data[offset + FIRST_BUCKET + bucketIndex(micros)]! += 1
}
