import type { CapacityStep, MachineCpu, ServerCpu, StepFailure } from '../model/capacity-result.ts'
import type { IntervalResult } from '../model/interval-result.ts'
import type { RunResult, ThresholdResult } from '../model/result.ts'
import { parseThreshold } from '../model/threshold.ts'
import { disturbancesOf } from './disturbances.ts'

/** Share of the arrivals that has to be answered within the measured time. */
const ENOUGH = 0.99
/** Commands that may be missing besides: what has just been sent is answered a moment later. */
const JUST_SENT = 5
/** A tick may come so much before the end of the measured time and still be its last. */
const TICK_TOLERANCE_SECONDS = 0.3

/** Metrics that say how many errors are too many. */
const ABOUT_ERRORS: ReadonlySet<string> = new Set([
  'error_rate',
  'success_rate',
  'ok',
  'failed',
  'indeterminate',
])

/** A threshold may end a step as soon as it is clear that it fails. */
const AS_PLANNED: ReadonlySet<RunResult['end_reason']> = new Set(['duration', 'thresholds'])

/** What is known of a step besides its result. */
export interface StepContext {
  readonly index: number
  readonly phase: CapacityStep['phase']
  readonly targetOpsPerSecond: number
  readonly serverCpu: ServerCpu | null
  readonly machineCpu: MachineCpu | null
  readonly calibratedOpsPerSecond: number | null
  readonly resultFile: string | null
}

/** Whether the run of a step kept the promise, and if not, why. A pure function of its result. */
export function observeStep(result: RunResult, context: StepContext): CapacityStep {
  const within = measuredIntervals(result)
  const seconds = sumOf(within, ({ seconds: each }) => each)
  const answered = sumOf(within, ({ ok, failed, indeterminate }) => ok + failed + indeterminate)
  const scheduled = sumOf(within, (interval) => interval.scheduled)
  const failures = [...failuresOf(result, { answered, scheduled, seconds, within })]
  const { generator, totals } = result
  const step: CapacityStep = {
    index: context.index,
    phase: context.phase,
    target_ops_per_second: context.targetOpsPerSecond,
    held: failures.length === 0,
    disturbed: false,
    disturbances: [],
    failures,
    measured_seconds: result.measured_seconds,
    answered_per_second: seconds === 0 ? 0 : Math.round((answered / seconds) * 10) / 10,
    dropped_max_in_flight: totals.dropped_max_in_flight,
    dropped_generator_late: totals.dropped_generator_late,
    latency: {
      mean_ms: result.avg_latency_ms,
      p50_ms: result.median_latency_ms,
      p95_ms: result.p95_latency_ms,
      p99_ms: result.p99_latency_ms,
      max_ms: result.max_latency_ms,
    },
    in_flight: { at_start: within[0]?.in_flight ?? 0, at_end: within.at(-1)?.in_flight ?? 0 },
    generator: {
      threads: generator.threads,
      pacing: generator.pacing,
      cpu_cores: generator.cpu_cores,
      start_lag_p99_ms: generator.start_lag.p99_ms,
      loop_delay_p99_ms: generator.loop_delay.p99_ms,
      calibration_share:
        context.calibratedOpsPerSecond === null
          ? null
          : Math.round((context.targetOpsPerSecond / context.calibratedOpsPerSecond) * 1000) / 1000,
    },
    server_cpu: context.serverCpu,
    machine_cpu: context.machineCpu,
    result_file: context.resultFile,
  }
  const disturbances = disturbancesOf(step, result)
  return { ...step, disturbed: disturbances.length > 0, disturbances }
}

interface Answers {
  readonly answered: number
  readonly scheduled: number
  readonly seconds: number
  readonly within: readonly IntervalResult[]
}

function* failuresOf(result: RunResult, answers: Answers): Generator<StepFailure> {
  const { answered, scheduled, seconds } = answers
  if (!AS_PLANNED.has(result.end_reason))
    yield { kind: 'ended', detail: result.error ?? `the step was ended early: ${result.end_reason}` }
  const { dropped_max_in_flight: full, dropped_generator_late: late } = result.totals
  if (full + late > 0)
    yield {
      kind: 'dropped',
      detail: `arrivals dropped: ${full} because ${result.plan.load.max_in_flight} were in flight, ${late} because the generator was late`,
    }
  if (isBehind(answers))
    yield {
      kind: 'rate',
      detail: `${(answered / seconds).toFixed(1)} of ${(scheduled / seconds).toFixed(1)} commands a second were answered`,
    }
  const { failed, indeterminate } = result.totals
  if (failed + indeterminate > (1 - ENOUGH) * answered && !saysHowManyErrors(result))
    yield {
      kind: 'errors',
      detail: `${failed + indeterminate} commands failed or were lost, more than 1 %`,
    }
  for (const threshold of result.thresholds)
    if (!threshold.ok) yield { kind: 'promise', detail: missed(threshold) }
  if (!result.audit.ok) yield { kind: 'audit', detail: 'the numbers of the step contradict each other' }
}

/**
 * Whether answers came more slowly than commands were due. Asked at the last two looks: a server that is behind is so at both,
 * and what holds up everything for an instant is not at both.
 */
function isBehind({ answered, scheduled, within }: Answers): boolean {
  const last = within.at(-1)
  const misses = (due: number, done: number): boolean => done + JUST_SENT < ENOUGH * due
  if (!misses(scheduled, answered)) return false
  if (last === undefined || within.length < 2) return true
  const { ok, failed, indeterminate } = last
  return misses(scheduled - last.scheduled, answered - ok - failed - indeterminate)
}

function saysHowManyErrors({ thresholds }: RunResult): boolean {
  return thresholds.some(({ expression }) => {
    const parsed = parseThreshold(expression)
    return 'threshold' in parsed && ABOUT_ERRORS.has(parsed.threshold.metric)
  })
}

function missed({ expression, actual, unit, note }: ThresholdResult): string {
  const value = actual === null ? (note ?? 'no data') : `${Number(actual.toPrecision(4))}${unit}`
  return `${expression} was ${value}`
}

/** Without the drain: what is answered after the end does not count as throughput. */
function measuredIntervals({ intervals, measured_seconds }: RunResult): IntervalResult[] {
  const within: IntervalResult[] = []
  let seconds = 0
  for (const interval of intervals) {
    if (seconds >= measured_seconds - TICK_TOLERANCE_SECONDS) break
    within.push(interval)
    seconds += interval.seconds
  }
  return within
}

function sumOf(intervals: readonly IntervalResult[], of: (interval: IntervalResult) => number): number {
  return intervals.reduce((sum, interval) => sum + of(interval), 0)
}
