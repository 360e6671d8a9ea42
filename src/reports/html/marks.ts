import { stageAt } from '../../model/load-stages.ts'
import type { RunResult } from '../../model/result.ts'
import type { Mark, PageData } from './chart-data.ts'

/** What is marked on every chart over time. */
export function marksOf(result: RunResult): PageData['marks'] {
  return { phases: phaseMarks(result), disturbances: disturbanceMarks(result), faults: faultMarks(result) }
}

/** One for each time that a phase of the load goes on; as the plan has them, cut at the end. */
function phaseMarks({ plan, measured_seconds: end }: RunResult): Mark[] {
  const { load } = plan
  if (new Set(load.stages.map(({ name }) => name)).size < 2) return []
  const marks: { from: number; to: number; label: string; title: string }[] = []
  for (let at = 0; at < end && marks.length < MOST_PHASES;) {
    const stage = stageAt(load, 1000 * at)
    if (stage === undefined) break
    const to = Math.min(end, stage.endMillis / 1000)
    if (to <= at) break
    const { name } = stage.stage
    const last = marks.at(-1)
    if (last?.label === name) last.to = to
    else marks.push({ from: at, to, label: name, title: `phase ${name}` })
    at = to
  }
  return marks
}

const MOST_PHASES = 200

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
