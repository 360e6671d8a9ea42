import { expect } from 'vitest'
import type { RunResult } from '../../../src/model/result.ts'
import { profile } from './command-line.ts'

/** A load for runs on a Cluster: 1,000 commands a second over four clients and two threads. */
export const MIXED = profile(
  'cluster-mixed',
  'load:\n  target_ops_per_second: 1000\n  clients: 4\n  threads: 2\n  warmup: 0s\noperations:\n  - command: SET\n    weight: 3\n  - command: GET\n  - command: INCR\n',
)

/** What was sent to each node adds up to what was sent. */
export function expectSums({ nodes, totals }: RunResult): void {
  const sum = (part: 'ok' | 'failed' | 'indeterminate'): number =>
    nodes.reduce((total, node) => total + node[part], 0)
  expect(sum('ok')).toBe(totals.ok)
  expect(sum('indeterminate')).toBe(totals.indeterminate)
}
