import type { BudgetResult, ComparedSide, Comparison, SpreadOfRuns } from '../../model/comparison.ts'
import type { RunResult } from '../../model/result.ts'
import {
  type ComparedRuns,
  comparePairs,
  CONFIDENCE,
  type JudgedPair,
  type PairOptions,
} from './compare-pairs.ts'
import { doubtsOf, type SideRuns } from './doubts.ts'
import { judgeBudget } from './judge-budgets.ts'
import { type MetricKey, nameOfBudget, unitOf, valueOf } from './metrics.ts'
import { type GivenResult, sampleOf, type SampleTools } from './run-sample.ts'
import { meanOf, varianceOf } from './statistics/moments.ts'

/** The results of one side, in any order. */
export interface GivenSide {
  readonly name: string
  readonly results: readonly GivenResult[]
}

export interface CompareOptions extends PairOptions {
  readonly toolVersion: string
  readonly tools: SampleTools
  /** Budgets fail by the estimate, however sure it is. */
  readonly isStrict: boolean
}

/** A comparison, and what it was made from, to be drawn. */
export interface ComparedSides {
  readonly comparison: Comparison
  readonly sides: readonly ComparedRuns[]
}

/** Compares every side with the first one. A single side is described. */
export function compareSides(given: readonly GivenSide[], options: CompareOptions): ComparedSides {
  const results = given.flatMap((side) => side.results.map(({ result }) => result))
  const latency_kind = results.every((one) => one.latency_kind === 'response_time')
    ? 'response_time'
    : 'service_time'
  const sides = given.map((side) => runsOf(side, latency_kind, options.tools))
  const [baseline, ...candidates] = sides.map(({ name, samples }) => ({ name, samples }))
  const pairs = comparePairs(baseline!, candidates, options)
  const comparison: Comparison = {
    schema: 'redis-test/comparison',
    schema_version: 1,
    tool_version: options.toolVersion,
    confidence: CONFIDENCE,
    latency_kind,
    sides: sides.map(describeSide),
    pairs: pairs.map(({ pair }) => pair),
    doubts: doubtsOf(sides),
    budgets: judgeBudgets(pairs, options),
  }
  return { comparison, sides }
}

function runsOf(
  side: GivenSide,
  kind: RunResult['latency_kind'],
  tools: SampleTools,
): SideRuns & ComparedRuns {
  const ordered = side.results.toSorted((a, b) => a.result.run_start - b.result.run_start)
  return {
    name: side.name,
    results: ordered.map(({ result }) => result),
    samples: ordered.map((one) => sampleOf(one, kind, tools)),
  }
}

function judgeBudgets(pairs: readonly JudgedPair[], { budgets, isStrict }: CompareOptions): BudgetResult[] {
  const options = { confidence: CONFIDENCE, isStrict, count: budgets.length * pairs.length }
  return pairs.flatMap(({ pair, judged }) =>
    budgets.map((budget) => judgeBudget(budget, pair.candidate, judged.get(nameOfBudget(budget)), options)),
  )
}

const SPREAD: readonly MetricKey[] = (['p50', 'p90', 'p99', 'p99.9', 'throughput'] as const).map(
  (metric) => ({ metric, operation: null }),
)

function describeSide({ name, samples }: ComparedRuns): ComparedSide {
  const spread = SPREAD.flatMap((key): SpreadOfRuns[] => {
    const values = samples.flatMap((sample) => valueOf(sample, key) ?? [])
    if (values.length === 0) return []
    const mean = meanOf(values)
    const deviation = values.length < 2 || mean === 0 ? null : Math.sqrt(varianceOf(values)) / mean
    const [least, most] = [Math.min(...values), Math.max(...values)]
    return [{ metric: key.metric, unit: unitOf(key.metric), mean, least, most, deviation }]
  })
  return { name, runs: samples.map(({ run }) => run), spread }
}
