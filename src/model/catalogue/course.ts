import { RUN_PHASES, type RunView, type ThresholdSoFar } from '../run-view.ts'
import { limitOf, TIME_UNITS } from '../threshold.ts'
import { labelled, type Metric, type NumberPoint, single } from './metric.ts'

function instant(millis: number | null | undefined): NumberPoint[] {
  return millis === null || millis === undefined ? [] : [{ labels: {}, value: millis / 1000 }]
}

function stageNames({ plan }: RunView): string[] {
  return [...new Set(plan.load.stages.map(({ name }) => name))]
}

/** A sentence that stands twice in a plan is one series. */
function thresholdPoints(
  { course }: RunView,
  read: (threshold: ThresholdSoFar) => number | null,
): NumberPoint[] {
  const values = new Map(course.thresholds.map((threshold) => [threshold.expression, read(threshold)]))
  return [...values].flatMap(([threshold, value]) =>
    value === null ? [] : [{ labels: { threshold }, value }],
  )
}

/** Seconds, shares from 0 to 1, or plain numbers. */
function inBaseUnit({ actual, unit }: ThresholdSoFar): number | null {
  if (actual === null) return null
  const value = limitOf({ value: actual, unit })
  return TIME_UNITS.some((time) => time === unit) ? value / 1e6 : value
}

/** Where a run is in its plan, and how it stands: for whoever watches it. Instants are by the clock of the run. */
export const courseMetrics: readonly Metric[] = [
  single(
    {
      prometheus: 'redis_test_time_seconds',
      type: 'gauge',
      unit: 's',
      help: 'The instant these numbers are of, by the clock of the run, since the epoch.',
    },
    ({ snapshot }) => snapshot.atMillis / 1000,
  ),
  labelled(
    {
      prometheus: 'redis_test_phase_start_timestamp_seconds',
      type: 'gauge',
      unit: 's',
      help: 'When a phase began, or is to begin by the plan, since the epoch; the measured time ends where drain begins. Absent where nobody knows.',
      labels: ['phase'],
    },
    ({ course: { phaseStarts } }) =>
      RUN_PHASES.flatMap((phase) =>
        instant(phaseStarts[phase]).map((one) => ({ ...one, labels: { phase } })),
      ),
  ),
  labelled(
    {
      prometheus: 'redis_test_stage',
      type: 'gauge',
      unit: '{stage}',
      help: 'The stage of the load that goes on: 1 for that one, 0 for the others; all 0 outside the measured time.',
      labels: ['stage'],
    },
    (view) =>
      stageNames(view).map((stage) => ({
        labels: { stage },
        value: view.phase === 'measure' && view.course.stage?.name === stage ? 1 : 0,
      })),
  ),
  labelled(
    {
      prometheus: 'redis_test_stage_end_timestamp_seconds',
      type: 'gauge',
      unit: 's',
      help: 'When the stage of the load that goes on ends, since the epoch. Absent where it has no end.',
      labels: [],
    },
    ({ course: { stage } }) => instant(stage?.endMillis),
  ),
  labelled(
    {
      prometheus: 'redis_test_planned_operations',
      type: 'gauge',
      unit: '{operation}',
      help: 'Measured commands after which the load ends (load.count). Absent without such a limit.',
      labels: [],
    },
    ({ plan: { load } }) => (load.count === null ? [] : [{ labels: {}, value: load.count }]),
  ),
  single(
    {
      prometheus: 'redis_test_load_factor',
      type: 'gauge',
      unit: '{factor}',
      help: 'What somebody has adjusted the load to, as a multiple of what the plan asks for: 1 as planned, 0 in a pause.',
    },
    ({ course }) => course.adjusted.factor,
  ),
  single(
    {
      prometheus: 'redis_test_adjustments_total',
      type: 'counter',
      unit: '{adjustment}',
      help: 'How often somebody adjusted the load.',
    },
    ({ course }) => course.adjusted.count,
  ),
  single(
    {
      prometheus: 'redis_test_disturbance_start_timestamp_seconds',
      type: 'gauge',
      unit: 's',
      help: 'When the disturbance of the load that goes on began, since the epoch; 0 while there is none.',
    },
    ({ course }) => (course.disturbedSinceMillis ?? 0) / 1000,
  ),
  labelled(
    {
      prometheus: 'redis_test_threshold_met',
      type: 'gauge',
      unit: '{threshold}',
      help: 'Whether a threshold is met by what there is so far, at the end by all of it: 1 if it is. Absent while nobody knows.',
      labels: ['threshold'],
    },
    (view) => thresholdPoints(view, ({ isMet }) => (isMet === null ? null : Number(isMet))),
  ),
  labelled(
    {
      prometheus: 'redis_test_threshold_actual',
      type: 'gauge',
      unit: '{value}',
      help: 'What a threshold is judged on: seconds, a share from 0 to 1, or a plain number. Absent without data.',
      labels: ['threshold'],
    },
    (view) => thresholdPoints(view, inBaseUnit),
  ),
]
