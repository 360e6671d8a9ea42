import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/model/random.ts'
import { comparePairs } from '../../src/reports/compare/compare-pairs.ts'
import type { RunSample } from '../../src/reports/compare/run-sample.ts'
import { simulatePairs, type Simulation, USUAL } from '../support/simulated-runs.ts'

const PAIRS = 200

/**
 * False alarms and misses among pairs of sides. `claims`: pairs of the same thing of which anything at all was claimed;
 * `found`: pairs with a true difference of 5 % of whose p50 that was said.
 */
const CASES: readonly (readonly [name: string, runs: number, simulation: Simulation])[] = [
  ['five runs of a minute a side, which vary by 1 % from run to run', 5, USUAL],
  [
    'one run of three minutes a side, which vary by 0.5 %',
    1,
    { ...USUAL, seconds: 180, opsPerSecond: 200, runSpread: 0.005 },
  ],
]

function shown(
  baseline: RunSample[],
  candidate: RunSample[],
): readonly { metric: string; verdict: string }[] {
  const options = { budgets: [], runSpread: 0.0075 }
  return comparePairs({ name: 'A', samples: baseline }, [{ name: 'B', samples: candidate }], options)[0]!.pair
    .differences
}

describe.each(CASES)('%s', (name, runs, simulation) => {
  it(
    'raise at most 5 % false alarms, and 95 % of differences of 5 % are found',
    { timeout: 1_800_000 },
    () => {
      const { claimed: alarms } = simulatePairs(PAIRS, runs, 0, simulation, createRandom(100 + runs), shown)
      const { p50Found } = simulatePairs(PAIRS, runs, 0.05, simulation, createRandom(200 + runs), shown)
      console.log(`${name}: ${alarms} false alarms, ${p50Found} differences found, of ${PAIRS} pairs each`)
      expect(alarms).toBeLessThanOrEqual(0.05 * PAIRS)
      expect(p50Found).toBeGreaterThanOrEqual(0.95 * PAIRS)
    },
  )
})
