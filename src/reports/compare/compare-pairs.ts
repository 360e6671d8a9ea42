import type { Budget } from '../../model/budget.ts'
import type { Difference, PairComparison, Verdict } from '../../model/comparison.ts'
import { judgeByIntervals, LEAST_INTERVALS, spreadAllowedFor } from './by-intervals.ts'
import { judgeByRuns } from './by-runs.ts'
import type { JudgedDifference } from './judge-budgets.ts'
import type { Judged } from './judged.ts'
import {
  keyOfBudget,
  type MetricKey,
  metricKeysOf,
  nameOfBudget,
  nameOfKey,
  unitOf,
  valueOf,
  whyNotJudged,
} from './metrics.ts'
import type { RunSample } from './run-sample.ts'
import { meanOf } from './statistics/moments.ts'

/** Of intervals. */
export const CONFIDENCE = 0.95
/**
 * A difference is claimed when one as sure, of any metric, comes by chance in at most so many comparisons: of repeated runs
 * one in forty; of one run a side, whose standard errors hold more than what was seen, one in twenty.
 */
const CLAIM_LEVELS = { runs: 0.025, intervals: 0.05, none: 0 } as const

const HELD_UP =
  'one run a side, and the generator was held up (late starts, a busy event loop), which cannot be told from a difference; repeat the runs (run --repeat 5)'

export interface PairOptions {
  readonly budgets: readonly Budget[]
  /** See `judgeByIntervals`. */
  readonly runSpread: number
}

/** A side without what only doubts are about. */
export interface ComparedRuns {
  readonly name: string
  readonly samples: readonly RunSample[]
}

export interface JudgedPair {
  readonly pair: PairComparison
  /** By what a budget calls them. */
  readonly judged: ReadonlyMap<string, JudgedDifference>
}

/** The statistics of a comparison: every candidate against the baseline. */
export function comparePairs(
  baseline: ComparedRuns,
  candidates: readonly ComparedRuns[],
  { budgets, runSpread }: PairOptions,
): JudgedPair[] {
  const attempts = candidates.map((candidate) => {
    const samples = [...baseline.samples, ...candidate.samples]
    const keys = metricKeysOf(
      samples,
      budgets.map((budget) => keyOfBudget(budget, samples)),
    )
    const judged = judgePair(baseline.samples, candidate.samples, keys, {
      runSpread,
      pairs: candidates.length,
    })
    return { candidate, keys, samples, ...judged }
  })
  const tests = attempts.reduce((sum, { found }) => sum + found.size, 0)
  return attempts.map(({ candidate, keys, samples, method, remarks, found }) => {
    const all = keys.map((key): [string, JudgedDifference] => {
      const judged = found.get(nameOfKey(key))
      const note = judged === undefined ? (whyNotJudged(samples, key) ?? 'too little to tell') : null
      const sides = [baseline.samples, candidate.samples].map((some) => averageOf(some, key))
      const difference = describeDifference(key, sides, { judged, note, level: CLAIM_LEVELS[method] })
      const known = judged ?? (isWithoutErrors(samples, key) ? noErrors(baseline, candidate) : undefined)
      return [nameOfBudget(key), { judged: known, difference }]
    })
    const pair = {
      baseline: baseline.name,
      candidate: candidate.name,
      method,
      remarks,
      tests,
      differences: all.map(([, { difference }]) => difference),
    }
    return { pair, judged: new Map(all) }
  })
}

interface PairJudgement {
  readonly method: PairComparison['method']
  readonly remarks: readonly string[]
  /** By name; what cannot be judged is absent. */
  readonly found: ReadonlyMap<string, Judged>
}

function judgePair(
  baseline: readonly RunSample[],
  candidate: readonly RunSample[],
  keys: readonly MetricKey[],
  { runSpread, pairs }: { readonly runSpread: number; readonly pairs: number },
): PairJudgement {
  const judgeable = keys.filter((key) => whyNotJudged([...baseline, ...candidate], key) === null)
  const named = (all: readonly Judged[]): Map<string, Judged> =>
    new Map(judgeable.map((key, at) => [nameOfKey(key), all[at]!]))
  const options = { runSpread, pairs, confidence: CONFIDENCE }
  const repeated = judgeByRuns(baseline, candidate, judgeable, options)
  if (repeated !== undefined)
    return { method: 'runs', found: named(repeated), remarks: [...remarksOnRuns(baseline, candidate)] }
  if ([...baseline, ...candidate].some(({ isHeldUp }) => isHeldUp))
    return { method: 'none', found: new Map(), remarks: [HELD_UP] }
  const judged = judgeByIntervals(baseline[0]!, candidate[0]!, judgeable, options)
  if (judged !== undefined)
    return {
      method: 'intervals',
      found: named(judged),
      remarks: remarksOnIntervals([baseline[0]!, candidate[0]!], runSpread),
    }
  const remark = `one run a side, of fewer than ${LEAST_INTERVALS} intervals or without cells of latency: nothing can be said of chance; repeat the runs (run --repeat 5)`
  return { method: 'none', found: new Map(), remarks: [remark] }
}

function* remarksOnRuns(baseline: readonly RunSample[], candidate: readonly RunSample[]): Generator<string> {
  yield `${baseline.length} and ${candidate.length} runs: intervals by Welch's test over the runs, on logarithms; verdicts corrected for the number of differences by rotation`
  if (baseline.length === 1 || candidate.length === 1)
    yield 'a side has one run only: how much its runs vary is taken from the other side'
  if (baseline.length + candidate.length < 6)
    yield 'few runs: only large differences can be shown; five a side are a good number'
  const isApart = (one: readonly RunSample[], other: readonly RunSample[]): boolean =>
    Math.max(...one.map(({ run }) => run.run_start)) < Math.min(...other.map(({ run }) => run.run_start))
  if (isApart(baseline, candidate) || isApart(candidate, baseline))
    yield 'all runs of one side came before those of the other: what changed around them in between looks like a difference (run --against takes turns)'
}

function remarksOnIntervals(samples: readonly RunSample[], runSpread: number): string[] {
  const allowed = Math.max(...samples.map((sample) => spreadAllowedFor(sample, runSpread)))
  const why =
    allowed > runSpread ? 'as parts of these runs vary, which were not steady' : '--run-spread says otherwise'
  return [
    'one run a side: intervals by a bootstrap of blocks of its seconds, corrected for the number of differences by the highest |t|',
    `how much runs of the same thing vary cannot be seen in one run: a standard deviation of ${(100 * allowed).toFixed(2)} % for p50, and more for the tail, is allowed for (${why}). Repeat the runs to know: run --repeat 5`,
  ]
}

/** Nothing is claimed of errors that nobody had, but a budget can be known to be kept. */
function isWithoutErrors(samples: readonly RunSample[], { metric }: MetricKey): boolean {
  return metric === 'errors' && samples.every(({ errors, settled }) => errors === 0 && settled > 0)
}

/** Of n commands without an error a share of about 2/n may fail (with one success and one error more than there were). */
function noErrors(...sides: readonly ComparedRuns[]): Judged {
  const standardError = Math.hypot(
    ...sides.map(({ samples }) => 1 / samples.reduce((sum, { settled }) => sum + settled, 0)),
  )
  return { difference: 0, low: 0, high: 0, standardError, degrees: 1e6, pValue: 1, pAdjusted: 1 }
}

/** Geometric mean over the runs; of shares the arithmetic one. */
function averageOf(samples: readonly RunSample[], key: MetricKey): number | null {
  const values = samples.flatMap((sample) => valueOf(sample, key) ?? [])
  if (values.length === 0) return null
  if (key.metric === 'errors' || values.some((value) => value <= 0)) return meanOf(values)
  return Math.exp(meanOf(values.map((value) => Math.log(value))))
}

function describeDifference(
  { metric, operation }: MetricKey,
  [baseline = null, candidate = null]: readonly (number | null)[],
  {
    judged,
    note,
    level,
  }: { readonly judged: Judged | undefined; readonly note: string | null; readonly level: number },
): Difference {
  const isShare = metric === 'errors'
  const toChange = (value: number | undefined): number | null =>
    value === undefined ? null : isShare ? value : Math.expm1(value)
  return {
    metric,
    operation,
    unit: unitOf(metric),
    baseline,
    candidate,
    change: baseline === null || candidate === null ? null : changeOf(baseline, candidate, isShare),
    low: toChange(judged?.low),
    high: toChange(judged?.high),
    p_value: judged?.pValue ?? null,
    p_adjusted: judged?.pAdjusted ?? null,
    verdict: verdictOf(judged, level),
    note,
  }
}

function changeOf(baseline: number, candidate: number, isShare: boolean): number | null {
  if (isShare) return candidate - baseline
  return baseline <= 0 ? null : candidate / baseline - 1
}

function verdictOf(judged: Judged | undefined, level: number): Verdict {
  if (judged === undefined) return 'not_judged'
  if (judged.pAdjusted >= level) return 'none_shown'
  return judged.difference > 0 ? 'higher' : 'lower'
}
