import type { LoadPlan } from '../model/plan.ts'
import { peakOpsPerSecond } from '../model/load-stages.ts'
import type { PhaseResult, RunResult } from '../model/result.ts'
import { alignColumns, formatCount, formatMillis } from './format.ts'

const LATENCY_HEADER = ['mean', 'p50', 'p95', 'p99', 'max']
/** Columns with text. */
const NAMES = 2

/** What each phase of the load came to; nothing in a load without stages. */
export function phaseTable({ phases }: RunResult): string[] {
  if (phases.length === 0) return []
  const header = [
    'phase',
    'time [ms]',
    'seconds',
    'times',
    'target/s',
    'ops/s',
    'scheduled',
    'ok',
    'failed',
    'unknown',
    'dropped',
    ...LATENCY_HEADER,
  ]
  return alignColumns([header, ...phases.map((phase) => phaseRow(phase))], NAMES)
}

function phaseRow(phase: PhaseResult): string[] {
  const { response, service, target_ops_per_second: target } = phase
  const { count, mean_ms, p50_ms, p95_ms, p99_ms, max_ms } = response ?? service
  const { scheduled, ok, failed, indeterminate, dropped } = phase
  return [
    phase.name,
    response === null ? 'service' : 'response',
    phase.seconds.toFixed(1),
    formatCount(phase.times),
    target === null ? '-' : formatCount(target),
    ...[phase.ops_per_second, scheduled, ok, failed, indeterminate, dropped].map((value) =>
      formatCount(value),
    ),
    ...[mean_ms, p50_ms, p95_ms, p99_ms, max_ms].map((value) => (count === 0 ? '-' : formatMillis(value))),
  ]
}

/** What the search by steps found; nothing in other runs. */
export function stepSearchLines({ step_search }: RunResult): string[] {
  if (step_search === null) return []
  const { held, failed } = step_search
  const highest =
    held === null ? 'no step held' : `${formatCount(held.target_ops_per_second)} ops/s held (${held.phase})`
  const why = failed === null ? 'every step that was tried did' : `${failed.phase} did not: ${failed.reason}`
  return [`step search   ${highest} · ${why}`]
}

/** How a load reads in words: `open loop, 1,000 ops/s constant`. */
export function describeLoad(load: LoadPlan): string {
  const phases = new Set(load.stages.map(({ name }) => name)).size
  const shape = phases === 0 ? '' : ` in ${phases} phase${phases === 1 ? '' : 's'}`
  const upTo = phases === 0 ? '' : 'up to '
  const pace =
    load.model === 'open'
      ? `open loop, ${upTo}${formatCount(peakOpsPerSecond(load))} ops/s ${load.arrivals}`
      : `closed loop, ${upTo}${load.concurrency} in flight`
  const { think_time: think } = load
  const pause =
    think === null
      ? ''
      : `, ${think.min_ms === think.max_ms ? '' : `${think.min_ms} to `}${think.max_ms} ms to think`
  return `${pace}${shape}${pause}${load.count === null ? '' : `, ${formatCount(load.count)} commands`}`
}
