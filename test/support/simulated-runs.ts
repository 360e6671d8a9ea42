import { histogramOf } from '../../src/ledger/decimal-histogram.ts'
import { mergeHistograms } from '../../src/ledger/merge.ts'
import type { IntervalResult } from '../../src/model/interval-result.ts'
import { cellsOf } from '../../src/model/latency-cells.ts'
import type { Random } from '../../src/model/random.ts'
import type { RunSample } from '../../src/reports/compare/run-sample.ts'
import { drawNormal } from '../../src/reports/compare/statistics/blocks.ts'
import { QUIET_SECOND } from './interval.ts'

/** What simulated runs are like. Times are lognormal; shares are of the logarithm. */
export interface Simulation {
  readonly seconds: number
  readonly opsPerSecond: number
  readonly p50Micros: number
  /** Of the logarithm of a single latency. */
  readonly sigma: number
  /** Standard deviation of the median from second to second, and the autocorrelation of it. */
  readonly secondSpread: number
  readonly autocorrelation: number
  /** Standard deviation of the median from run to run; the sigma of latencies varies by twice that. */
  readonly runSpread: number
  /** Share of the seconds in which everything takes three times as long for a tenth of the commands. */
  readonly stalls: number
}

/** A server that is neither quiet nor odd. */
export const USUAL: Simulation = {
  seconds: 60,
  opsPerSecond: 600,
  p50Micros: 200,
  sigma: 0.45,
  secondSpread: 0.02,
  autocorrelation: 0.6,
  runSpread: 0.01,
  stalls: 0.03,
}

/** One run of two operations (SET a fifth slower than GET), all of whose times are multiplied by `factor`. */
export function simulateRun(simulation: Simulation, random: Random, factor = 1): RunSample {
  const { seconds, opsPerSecond, sigma, secondSpread, autocorrelation, runSpread, stalls } = simulation
  const ofRun = Math.log(simulation.p50Micros * factor) + runSpread * drawNormal(random)
  const sigmaOfRun = sigma * (1 + 2 * runSpread * drawNormal(random))
  let ofSecond = secondSpread * drawNormal(random)
  const innovation = secondSpread * Math.sqrt(1 - autocorrelation ** 2)
  const all: [number[], number[]] = [[], []]
  const intervals = Array.from({ length: seconds }, (_, second): IntervalResult => {
    const isStalled = random.next() < stalls
    const micros: number[] = []
    for (let command = 0; command < opsPerSecond; command++) {
      const which = command % 2
      const slow = isStalled && random.next() < 0.1 ? Math.log(3) : 0
      const logarithm = ofRun + ofSecond + (which === 1 ? 0.18 : 0) + slow + sigmaOfRun * drawNormal(random)
      micros.push(Math.exp(logarithm))
      all[which]!.push(micros.at(-1)!)
    }
    ofSecond = autocorrelation * ofSecond + innovation * drawNormal(random)
    return {
      ...QUIET_SECOND,
      at_ms: second * 1000,
      seconds: 1,
      ok: opsPerSecond,
      failed: 0,
      indeterminate: 0,
      latency_cells: cellsOf(histogramOf(micros)),
    }
  })
  const operations = ['GET', 'SET'].map((operation, which) => ({
    operation,
    times: histogramOf(all[which]!),
  }))
  return {
    run: {
      run_id: 'simulated',
      file: null,
      run_start: 0,
      measured_seconds: seconds,
      workload_name: 'w',
      version: 'v',
    },
    operations,
    all: mergeHistograms(operations.map(({ times }) => times)),
    okPerSecond: opsPerSecond * (1 + 0.0005 * drawNormal(random)),
    settled: seconds * opsPerSecond,
    errors: 0,
    intervals,
    isOpenLoop: true,
    isHeldUp: false,
  }
}

/** How often something was claimed, and how often of p50 and in the right direction, among as many pairs of sides. */
export function simulatePairs(
  pairs: number,
  runs: number,
  difference: number,
  simulation: Simulation,
  random: Random,
  compare: (baseline: RunSample[], candidate: RunSample[]) => readonly { metric: string; verdict: string }[],
): { claimed: number; p50Found: number } {
  let [claimed, p50Found] = [0, 0]
  for (let pair = 0; pair < pairs; pair++) {
    const side = (factor: number): RunSample[] =>
      Array.from({ length: runs }, () => simulateRun(simulation, random, factor))
    const shown = compare(side(1), side(1 + difference)).filter(
      ({ verdict }) => verdict === 'higher' || verdict === 'lower',
    )
    if (shown.length > 0) claimed++
    if (shown.some(({ metric, verdict }) => metric === 'p50' && verdict === 'higher')) p50Found++
  }
  return { claimed, p50Found }
}
