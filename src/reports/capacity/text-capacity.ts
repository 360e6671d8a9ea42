import type { CapacityEnd, CapacityResult, CapacityStep } from '../../model/capacity-result.ts'
import { alignColumns, formatCount, formatMillis } from '../format.ts'
import { calibrationText } from './text-calibration.ts'
import { plotCapacity } from './plot-capacity.ts'

const ENDED_EARLY: Partial<Record<CapacityEnd, string>> = {
  signal: 'ended by the user: this is what is known until then',
  failed: 'a step could not be run: this is what is known until then',
  unfinished: 'the search was going on when this was written',
  max_steps: 'out of steps (--max-steps): this is what is known until then',
}

/** The answer first, then why, then everything that was tried. `width` of the drawing, in characters. */
export function renderTextCapacity(result: CapacityResult, width: number): string {
  const { steps, search } = result
  const sections = [
    [
      `redis-test ${result.tool_version} · capacity · ${result.workload_name} · ${steps.length} steps of ${search.step_seconds} s after ${search.warmup_seconds} s warm-up · ${formatSpan(1000 * (result.search_end - result.search_start))}`,
    ],
    answerLines(result),
    plotCapacity(result, width),
    curveTable(result),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function answerLines(result: CapacityResult): string[] {
  const { limit, knee } = result
  const early = earlyEndInWords(result)
  const bounds = boundsInWords(result)
  return [
    ...(early === null ? [] : [`NOT FINISHED  ${early}`]),
    `capacity      ${answerInWords(result)}`,
    ...(bounds === null ? [] : [`bounds        ${bounds}`]),
    ...(limit === null
      ? []
      : [
          `limited by    ${limit.by}${limit.evidence[0] === undefined ? '' : `: ${limit.evidence[0]}`}`,
          ...limit.evidence.slice(1).map((sentence) => `              ${sentence}`),
        ]),
    ...(knee === null
      ? []
      : [
          `knee          ${formatCount(knee.ops_per_second)} ops/s, mean ${formatMillis(knee.mean_ms)} ms: more load costs more time than it brings`,
        ]),
    `calibration   ${calibrationText(result.calibration, result.plan, result.search_end)}`,
  ]
}

/** `51,800 to 53,000 ops/s with 95 % confidence (24 steps; 2 more were disturbed and do not count)`; `null` without them. */
export function boundsInWords({ bounds, steps }: CapacityResult): string | null {
  if (bounds === null) return null
  const { low_ops_per_second: low, high_ops_per_second: high, confidence } = bounds
  const disturbed = steps.filter((step) => step.disturbed).length
  const counted = `${steps.length - disturbed} step${steps.length - disturbed === 1 ? '' : 's'}`
  const others =
    disturbed === 0
      ? ''
      : `; ${disturbed} more ${disturbed === 1 ? 'was disturbed and does' : 'were disturbed and do'} not count`
  const range = high === null ? `at least ${formatCount(low)}` : `${formatCount(low)} to ${formatCount(high)}`
  return `${range} ops/s with ${Math.round(100 * confidence)} % confidence (${counted}${others})`
}

/**
 * `52,300 ops/s keeps p99 < 2ms; 53,200 does not (1.7 % more)`; or, where the generator gave out before the server did,
 * `at least 52,300 ops/s keeps p99 < 2ms: the generator, not the server, cannot do 53,200`.
 */
export function answerInWords({
  interval: { held, failed },
  promise,
  precision,
  end_reason,
  is_lower_bound,
}: CapacityResult): string {
  const what = promise.join(' and ')
  if (held === null)
    return failed === null
      ? `unknown: no step was finished`
      : `none: not even ${formatCount(failed)} ops/s keeps ${what}`
  const rate = `${formatCount(held)} ops/s keeps ${what}`
  if (failed === null)
    return `${rate}${end_reason === 'all_held' ? ', the highest rate allowed (--to)' : '; higher rates were not tried'}`
  if (is_lower_bound)
    return `at least ${rate}: it is the generator, not the server, that does not do ${formatCount(failed)}`
  return `${rate}; ${formatCount(failed)} does not (${((precision.reached ?? 0) * 100).toFixed(1)} % more)`
}

function curveTable({ curve }: CapacityResult): string[] {
  if (curve.length === 0) return []
  const rows = curve.map((point) => [
    formatCount(point.target_ops_per_second),
    formatCount(point.answered_per_second),
    ...[point.mean_ms, point.p50_ms, point.p95_ms, point.p99_ms].map(formatMillis),
    [
      ...(point.steps_held === 0 ? [] : [`${point.steps_held} held`]),
      ...(point.steps_failed === 0 ? [] : [`${point.steps_failed} failed`]),
      ...(point.steps_disturbed === 0 ? [] : [`${point.steps_disturbed} disturbed`]),
    ].join(', '),
  ])
  return alignColumns([['rate', 'answered/s', 'mean [ms]', 'p50', 'p95', 'p99', 'steps'], ...rows], 0)
}

/** One line for one step that is over. */
export function renderStepLine(step: CapacityStep): string {
  const verdict = step.held ? 'held  ' : step.disturbed ? 'DISTURBED' : 'FAILED'
  const why = step.held ? '' : ` · ${whyItFailed(step)}`
  return `step ${String(step.index).padStart(2)} · ${formatCount(step.target_ops_per_second).padStart(9)} ops/s · ${verdict} · p50 ${formatMillis(step.latency.p50_ms)} p99 ${formatMillis(step.latency.p99_ms)} ms${why}`
}

/** What it broke, and what else had a hand in it. */
export function whyItFailed({ failures, disturbances }: CapacityStep): string {
  return [...failures.map(({ detail }) => detail), ...disturbances].join('; ')
}

/** What is going on, for a line that is written over. */
export function renderStepInProgress(
  { index, rate, phase }: { readonly index: number; readonly rate: number; readonly phase: string },
  times: { readonly elapsedMillis: number; readonly stepMillis: number; readonly millisLeft: number | null },
): string {
  const left =
    times.millisLeft === null
      ? 'time left unknown until a rate fails'
      : `about ${formatSpan(Math.max(0, times.millisLeft - times.elapsedMillis))} left`
  return `step ${String(index).padStart(2)} · ${formatCount(rate).padStart(9)} ops/s · ${phase} · ${Math.round(times.elapsedMillis / 1000)}/${Math.round(times.stepMillis / 1000)} s · ${left}`
}

/** Why a search ended before it had its answer; `null` when it has one. */
export function earlyEndInWords({ end_reason, error }: CapacityResult): string | null {
  const early = ENDED_EARLY[end_reason]
  if (early === undefined) return null
  return `${early}${error === null ? '' : ` (${error})`}`
}

/** `41 s`, `3 min 20 s`. */
export function formatSpan(millis: number): string {
  const seconds = Math.round(millis / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
