import type { Adjustment } from '../../model/adjustment.ts'
import { stageAt } from '../../model/load-stages.ts'
import { LoadTime } from '../../model/load-time.ts'
import type { RunResult } from '../../model/result.ts'
import type { Mark, PageData } from './chart-data.ts'

/** What is marked on every chart over time. */
export function marksOf(result: RunResult): PageData['marks'] {
  return {
    phases: phaseMarks(result),
    disturbances: disturbanceMarks(result),
    faults: faultMarks(result),
    adjustments: adjustmentMarks(result),
  }
}

/** One for each time that a phase of the load goes on; as the plan has them and somebody adjusted it, cut at the end. */
function phaseMarks({ plan, measured_seconds, adjustments, run_start }: RunResult): Mark[] {
  const { load } = plan
  if (new Set(load.stages.map(({ name }) => name)).size < 2) return []
  const time = new LoadTime()
  for (const adjustment of adjustments) time.addAdjustment(adjustment, 1000 * run_start)
  const marks: { from: number; to: number; label: string; title: string }[] = []
  for (let at = 0; at < 1000 * measured_seconds && marks.length < MOST_PHASES;) {
    const stage = stageAt(load, time.planAt(at) + ROUNDING_MILLIS)
    if (stage === undefined) break
    const until = time.whenPlanIs(stage.endMillis)
    if (until <= at) break
    const { name } = stage.stage
    const to = Math.min(measured_seconds, until / 1000)
    const last = marks.at(-1)
    if (last?.label === name) last.to = to
    else marks.push({ from: at / 1000, to, label: name, title: `phase ${name}` })
    at = until
  }
  return marks
}

const MOST_PHASES = 200
/** Stages are whole milliseconds long; where one ends may be rounded to before it. */
const ROUNDING_MILLIS = 0.5

/** From their beginning to steady, or the end of the run. */
function disturbanceMarks({ disturbances, run_start }: RunResult): Mark[] {
  return disturbances.list.map(({ number, began_at_ms, ended_at_ms, cause }) => ({
    from: began_at_ms / 1000 - run_start,
    to: Math.max(began_at_ms, ended_at_ms) / 1000 - run_start,
    label: `#${number}`,
    title: `disturbance ${number}: ${cause ?? 'by itself'}`,
  }))
}

/** Shorter ones are a moment. */
const SHORTEST_MILLIS = 100

function faultMarks({ faults, run_start }: RunResult): Mark[] {
  return faults
    .filter(({ at_ms, error }) => Number.isFinite(at_ms) && error === null)
    .map(({ id, at_ms, ended_at_ms, kind, nodes }) => ({
      from: at_ms / 1000 - run_start,
      to:
        ended_at_ms === null || ended_at_ms - at_ms < SHORTEST_MILLIS ? null : ended_at_ms / 1000 - run_start,
      label: String(id),
      title: `fault ${id}: ${kind}${nodes.length === 0 ? '' : ` on ${nodes.slice(0, 3).join(', ')}`}`,
    }))
}

/** What was adjusted by hand. */
function adjustmentMarks({ adjustments, run_start }: RunResult): Mark[] {
  return adjustments.map((one) => ({
    from: one.at_ms / 1000 - run_start,
    to: null,
    label: labelOf(one),
    title: `by hand: ${describeAdjustment(one)}`,
  }))
}

function labelOf({ kind, factor }: Adjustment): string {
  if (kind === 'pause') return '‖'
  return kind === 'next_phase' ? '»' : `×${Number(factor.toFixed(2))}`
}

/** `paused`, `1.1 × the rate of the plan`. */
export function describeAdjustment({ kind, factor, skipped_ms: skipped }: Adjustment): string {
  const rate = factor === 1 ? 'as the plan has it' : `${Number(factor.toFixed(3))} × what the plan asks for`
  if (kind === 'pause') return 'paused'
  if (kind === 'next_phase') return `next phase; ${(skipped / 1000).toFixed(1)} s of the plan left out so far`
  return kind === 'resume' ? `resumed, ${rate}` : rate
}
