import { RUN_PHASES, type RunPhase, type ThresholdSoFar } from '../../model/run-view.ts'
import { inUnit, parseThreshold, TIME_UNITS } from '../../model/threshold.ts'
import type { LiveState } from '../live-view/live-state.ts'
import type { Sample } from './read-exposition.ts'

/** Where a run is in its plan, as its metrics say it. Milliseconds since the epoch, by its own clock. */
export interface Course {
  /** An older version does not say any of this. */
  readonly isKnown: boolean
  readonly phaseStarts: ReadonlyMap<RunPhase, number>
  readonly stage: string | null
  readonly stageEndMillis: number | null
  /** Commands after which the load ends. */
  readonly count: number | null
  readonly factor: number
  readonly adjustments: number
  readonly disturbedSinceMillis: number | null
  readonly thresholds: readonly ThresholdSoFar[]
}

type Samples = ReadonlyMap<string, readonly Sample[]>

export const UNKNOWN_COURSE: Course = {
  isKnown: false,
  phaseStarts: new Map(),
  stage: null,
  stageEndMillis: null,
  count: null,
  factor: 1,
  adjustments: 0,
  disturbedSinceMillis: null,
  thresholds: [],
}

export function courseOf(samples: Samples): Course {
  if (!samples.has('redis_test_time_seconds')) return UNKNOWN_COURSE
  const single = (name: string): number | null => samples.get(name)?.[0]?.value ?? null
  const instant = (name: string): number | null => {
    const seconds = single(name) ?? 0
    return seconds === 0 ? null : 1000 * seconds
  }
  return {
    isKnown: true,
    phaseStarts: new Map(
      (samples.get('redis_test_phase_start_timestamp_seconds') ?? []).flatMap(
        ({ labels, value }): [RunPhase, number][] => {
          const phase = RUN_PHASES.find((name) => name === labels['phase'])
          return phase === undefined ? [] : [[phase, 1000 * value]]
        },
      ),
    ),
    stage: samples.get('redis_test_stage')?.find(({ value }) => value === 1)?.labels['stage'] ?? null,
    stageEndMillis: instant('redis_test_stage_end_timestamp_seconds'),
    count: single('redis_test_planned_operations'),
    factor: single('redis_test_load_factor') ?? 1,
    adjustments: single('redis_test_adjustments_total') ?? 0,
    disturbedSinceMillis: instant('redis_test_disturbance_start_timestamp_seconds'),
    thresholds: thresholdsOf(samples),
  }
}

/** The stage that goes on, and how long it still does if others follow it. */
export function stageShown(
  { stage, stageEndMillis, phaseStarts }: Course,
  nowMillis: number,
): LiveState['stage'] {
  if (stage === null) return null
  const endMillis = phaseStarts.get('drain') ?? Number.POSITIVE_INFINITY
  const isLast = stageEndMillis === null || stageEndMillis >= endMillis
  return { name: stage, leftMillis: isLast ? null : stageEndMillis - nowMillis }
}

/** How long the phase goes on and is to. `seenMillis`: since when it was seen to. */
export function timeShown(
  { phaseStarts }: Course,
  phase: RunPhase,
  { nowMillis, seenMillis }: { readonly nowMillis: number; readonly seenMillis: number },
): Pick<LiveState, 'elapsedMillis' | 'lengthMillis'> {
  const [measure, drain] = [phaseStarts.get('measure'), phaseStarts.get('drain')]
  if (phase === 'done' && measure !== undefined && drain !== undefined)
    return { elapsedMillis: drain - measure, lengthMillis: drain - measure }
  const start = phaseStarts.get(phase)
  const elapsedMillis = Math.max(0, nowMillis - (start ?? seenMillis))
  if (start === undefined || phase === 'drain') return { elapsedMillis, lengthMillis: 'unknown' }
  const end = phase === 'warmup' ? measure : drain
  if (end === undefined) return { elapsedMillis, lengthMillis: null }
  return { elapsedMillis: Math.min(elapsedMillis, end - start), lengthMillis: end - start }
}

/** In the order of the plan. Of one that nobody can judge yet there is nothing. */
function thresholdsOf(samples: Samples): ThresholdSoFar[] {
  const byExpression = (name: string): Map<string, number> =>
    new Map((samples.get(name) ?? []).map(({ labels, value }) => [labels['threshold'] ?? '', value]))
  const actual = byExpression('redis_test_threshold_actual')
  return [...byExpression('redis_test_threshold_met')].map(([expression, met]) => {
    const parsed = parseThreshold(expression)
    // Another version may know more sentences than we do.
    const unit = 'error' in parsed ? '' : parsed.threshold.unit
    const value = actual.get(expression)
    const isTime = TIME_UNITS.some((time) => time === unit)
    return {
      expression,
      unit,
      actual: value === undefined ? null : inUnit(isTime ? 1e6 * value : value, unit),
      isMet: met === 1,
    }
  })
}
