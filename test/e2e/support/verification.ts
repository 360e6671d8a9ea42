import { expect } from 'vitest'
import type { RunResult, VerificationResult } from '../../../src/model/result.ts'

export const MIX =
  'operations:\n  - {command: SET, weight: 4}\n  - {command: GET, weight: 5}\n  - {command: DEL, weight: 1}\n'

/** How many values the successful commands of these names read, one each. */
export function readsOf({ operations }: RunResult, ...names: readonly string[]): number {
  return operations.filter(({ operation }) => names.includes(operation)).reduce((sum, { ok }) => sum + ok, 0)
}

/** All values that were read, and no more; what was sent a moment before the measured phase is verified, too. */
export function expectAllJudged(result: RunResult, reads: number, mostPerCommand = 1): void {
  const { ok, wrong, stale, missing, unjudged } = verified(result)
  const judged = ok + wrong + stale + missing + unjudged
  expect(judged).toBeGreaterThanOrEqual(reads)
  expect(judged).toBeLessThanOrEqual(reads + mostPerCommand * result.totals.warmup_issued)
}

export function verified({ verification }: RunResult): VerificationResult {
  if (verification === null) throw new Error('nothing was verified')
  return verification
}
