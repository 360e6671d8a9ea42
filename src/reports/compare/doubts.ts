import type { Doubt } from '../../model/comparison.ts'
import type { RunResult } from '../../model/result.ts'
import { isWholeRun } from '../../model/whole-run.ts'
import { formatChange } from './format-change.ts'
import { valueOf } from './metrics.ts'
import { describePlanDifferences, planDifferences } from './plan-differences.ts'
import type { RunSample } from './run-sample.ts'
import { steadinessOf } from './steadiness.ts'
import { isFirstApart, lineOf } from './statistics/trend.ts'

/** The runs of a side, in the order in which they began. */
export interface SideRuns {
  readonly name: string
  readonly results: readonly RunResult[]
  readonly samples: readonly RunSample[]
}

const TREND_OF_RUNS_LEVEL = 0.01
const LEAST_TREND_OF_RUNS = 0.02
const LENGTH_TOLERANCE = 0.1

/** Everything because of which the differences may mean less, or something else, than they say. */
export function doubtsOf(sides: readonly SideRuns[]): Doubt[] {
  return [...betweenSides(sides), ...sides.flatMap((side) => [...withinSide(side)])]
}

function* betweenSides(sides: readonly SideRuns[]): Generator<Doubt> {
  const [baseline, ...candidates] = sides
  const first = baseline?.results[0]
  if (baseline === undefined || first === undefined) return
  for (const { name, results } of candidates) {
    const other = results[0]!
    const plans = planDifferences(first.plan, other.plan)
    if (plans.length > 0)
      yield {
        kind: 'plan',
        message: `the plans of ${baseline.name} and ${name} differ: ${describePlanDifferences(plans)}`,
      }
    const servers = planDifferences(first.server, other.server)
    if (servers.length > 0)
      yield {
        kind: 'server',
        message: `the servers of ${baseline.name} and ${name} differ: ${describePlanDifferences(servers)}`,
      }
    const versions = planDifferences(versionsOf(first), versionsOf(other))
    if (versions.length > 0)
      yield {
        kind: 'version',
        message: `the versions of ${baseline.name} and ${name} differ: ${describePlanDifferences(versions)}`,
      }
    const machines = planDifferences(first.machine ?? {}, other.machine ?? {})
    if (machines.length > 0)
      yield {
        kind: 'machine',
        message: `the load of ${baseline.name} and ${name} came from different machines: ${describePlanDifferences(machines)}`,
      }
    const ratio = other.measured_seconds / first.measured_seconds
    if (Math.abs(ratio - 1) > LENGTH_TOLERANCE)
      yield {
        kind: 'load',
        message: `the runs are not equally long: ${first.measured_seconds.toFixed(0)} s and ${other.measured_seconds.toFixed(0)} s`,
      }
  }
  yield* onlyOnOneSide(baseline, candidates)
  yield* onBothSides(sides)
  if (new Set(sides.flatMap(({ results }) => results.map((one) => one.load_model))).size > 1)
    yield {
      kind: 'load',
      message:
        'open and closed loops are compared: by service times, which hide what waited before it was sent',
    }
}

/** What has no success on one side is in none of the tables. */
function* onlyOnOneSide(baseline: SideRuns, candidates: readonly SideRuns[]): Generator<Doubt> {
  const namesOf = ({ samples }: SideRuns): string[] => [
    ...new Set(samples.flatMap(({ operations }) => operations.map(({ operation }) => operation))),
  ]
  for (const candidate of candidates)
    for (const [one, other] of [
      [baseline, candidate],
      [candidate, baseline],
    ] as const) {
      const others = namesOf(other)
      const missing = namesOf(one).filter((name) => !others.includes(name))
      if (missing.length > 0)
        yield {
          kind: 'operations',
          message: `only ${one.name} has successful ${missing.join(', ')}, and ${other.name} has none: what all operations together took is of different commands`,
        }
    }
}

function* onBothSides(sides: readonly SideRuns[]): Generator<Doubt> {
  const seen = new Map<string, string>()
  for (const { name, results } of sides)
    for (const { run_id } of results) {
      const before = seen.get(run_id)
      if (before !== undefined)
        yield { kind: 'same_run', message: `run ${run_id} is on both sides, ${before} and ${name}` }
      seen.set(run_id, name)
    }
}

function versionsOf({ tool_version, version }: RunResult): object {
  return { redis_test: tool_version, label: version }
}

function* withinSide({ name, results, samples }: SideRuns): Generator<Doubt> {
  const apart = results.slice(1).flatMap((one) => planDifferences(results[0]!.plan, one.plan))
  if (apart.length > 0) {
    const once = apart.filter(({ path }, index) => apart.findIndex((other) => other.path === path) === index)
    yield {
      kind: 'plan',
      message: `the runs of ${name} are not of one plan: ${describePlanDifferences(once)}`,
    }
  }
  yield* serversWithin(name, results)
  for (const result of results) yield* ofRun(name, result)
  yield* happenings(name, results)
  yield* generatorDoubts(name, results)
  yield* steadinessDoubts(name, samples)
  yield* acrossRuns(name, samples)
}

/** Sides are compared by their first runs; the others have to be as those. */
function* serversWithin(name: string, results: readonly RunResult[]): Generator<Doubt> {
  for (const [kind, of] of [
    ['server', (one: RunResult) => one.server],
    ['version', versionsOf],
    ['machine', (one: RunResult) => one.machine ?? {}],
  ] as const) {
    const apart = results.slice(1).map((one) => planDifferences(of(results[0]!), of(one)))
    const first = apart.find((some) => some.length > 0)
    if (first !== undefined)
      yield {
        kind,
        message: `the runs of ${name} are not of one ${kind}: ${describePlanDifferences(first)}`,
      }
  }
}

/** What happened to a run while it went on, and is in its numbers. */
function* happenings(name: string, results: readonly RunResult[]): Generator<Doubt> {
  const adjusted = results.filter(({ adjustments }) => adjustments.length > 0)
  if (adjusted.length > 0)
    yield {
      kind: 'load',
      message: `${name}: the load of ${countOf(adjusted, results)} was changed by hand while it went on`,
    }
  const disturbed = results.filter(({ disturbances }) => disturbances.count > 0)
  if (disturbed.length > 0)
    yield {
      kind: 'disturbed',
      message: `${name}: ${countOf(disturbed, results)} had disturbances (${disturbed.reduce((sum, { disturbances }) => sum + disturbances.count, 0)} in all), which are in errors and in the tail`,
    }
}

function countOf(some: readonly RunResult[], { length }: readonly RunResult[]): string {
  return length === 1 ? 'the run' : `${some.length} of ${length} runs`
}

function* ofRun(side: string, result: RunResult): Generator<Doubt> {
  const who = `${side}, run ${result.run_id}`
  if (!result.audit.ok)
    yield {
      kind: 'audit',
      message: `${who}: its numbers contradict each other or the server: do not use them`,
    }
  if (result.partial)
    yield { kind: 'cut_short', message: `${who}: rebuilt from a journal whose end is missing` }
  else if (!isWholeRun(result))
    yield { kind: 'cut_short', message: `${who}: it did not run to its end (${result.end_reason})` }
}

/** Of many runs the warnings of the first one that has some. */
function* generatorDoubts(side: string, results: readonly RunResult[]): Generator<Doubt> {
  const warned = results.filter(({ generator }) => generator.warnings.length > 0)
  const often = results.length > 1 ? ` (${warned.length} of ${results.length} runs have warnings)` : ''
  for (const warning of warned[0]?.generator.warnings ?? [])
    yield { kind: 'generator', message: `${side}: ${warning}${often}` }
}

function* steadinessDoubts(side: string, samples: readonly RunSample[]): Generator<Doubt> {
  const found = samples.map((sample) => steadinessOf(sample))
  const of = (count: number): string => (samples.length === 1 ? '' : ` in ${count} of ${samples.length} runs`)
  const warm = found.flatMap(({ warmUp }) => (warmUp === null ? [] : [warmUp]))
  if (warm.length > 0) {
    const seconds = Math.max(...warm.map((one) => one.seconds))
    const change = Math.max(...warm.map((one) => Math.abs(one.change))) * Math.sign(warm[0]!.change)
    yield {
      kind: 'warm_up',
      message: `${side}: the first ${seconds} s differ from the rest${of(warm.length)} (p50 ${formatChange(change, 'ms')}): a longer --warmup leaves them out`,
    }
  }
  const drifting = found.flatMap(({ drift }) => (drift === null ? [] : [drift.change]))
  if (drifting.length > 0) {
    const most = drifting.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0]!
    yield {
      kind: 'drift',
      message: `${side}: p50 drifts by ${formatChange(Math.expm1(most), 'ms')} from the beginning to the end${of(drifting.length)}: the run was no steady state`,
    }
  }
}

function* acrossRuns(side: string, samples: readonly RunSample[]): Generator<Doubt> {
  const medians = samples.map((sample) => Math.log(valueOf(sample, { metric: 'p50', operation: null }) ?? 1))
  const rest = medians.slice(1)
  if (isFirstApart(medians)) {
    const change = Math.expm1(medians[0]! - rest.reduce((sum, value) => sum + value, 0) / rest.length)
    yield {
      kind: 'warm_up',
      message: `${side}: the first run differs from those after it (p50 ${formatChange(change, 'ms')}): run --warmup-runs leaves it out`,
    }
    return
  }
  const { change, pValue } = lineOf(medians)
  if (pValue < TREND_OF_RUNS_LEVEL && Math.abs(Math.expm1(change)) >= LEAST_TREND_OF_RUNS)
    yield {
      kind: 'drift',
      message: `${side}: p50 drifts by ${formatChange(Math.expm1(change), 'ms')} from the first run to the last`,
    }
}
