import type { LoadPlan } from '../model/plan.ts'
import { peakOpsPerSecond } from '../model/load-stages.ts'
import type { LatencySummary } from '../model/latency-summary.ts'
import type { PhaseResult, RunResult } from '../model/result.ts'
import { alignColumns, formatCount, formatMillis } from './format.ts'
import type { SummaryMode } from './text-operations.ts'

/** Columns with text. */
const NAMES = 2

type Column = readonly [name: string, cell: (phase: PhaseResult) => string]

const count =
  (of: (phase: PhaseResult) => number) =>
  (phase: PhaseResult): string =>
    formatCount(of(phase))

const latency =
  (name: keyof LatencySummary) =>
  ({ response, service }: PhaseResult): string => {
    const summary = response ?? service
    return summary.count === 0 ? '-' : formatMillis(summary[name])
  }

const TIMES: Column = ['times', count(({ times }) => times)]

const START: readonly Column[] = [
  ['phase', ({ name }) => name],
  ['time [ms]', ({ response }) => (response === null ? 'service' : 'response')],
  ['seconds', ({ seconds }) => seconds.toFixed(1)],
]

const RATES: readonly Column[] = [
  ['target/s', ({ target_ops_per_second: target }) => (target === null ? '-' : formatCount(target))],
  ['ops/s', count(({ ops_per_second }) => ops_per_second)],
]

const REST: Readonly<Record<SummaryMode, readonly Column[]>> = {
  compact: [
    ['ok', count(({ ok }) => ok)],
    ['failed', count(({ failed, indeterminate }) => failed + indeterminate)],
    ['dropped', count(({ dropped }) => dropped)],
    ['p50', latency('p50_ms')],
    ['p99', latency('p99_ms')],
    ['max', latency('max_ms')],
  ],
  full: [
    ['scheduled', count(({ scheduled }) => scheduled)],
    ['ok', count(({ ok }) => ok)],
    ['failed', count(({ failed }) => failed)],
    ['unknown', count(({ indeterminate }) => indeterminate)],
    ['dropped', count(({ dropped }) => dropped)],
    ['mean', latency('mean_ms')],
    ['p50', latency('p50_ms')],
    ['p95', latency('p95_ms')],
    ['p99', latency('p99_ms')],
    ['max', latency('max_ms')],
  ],
}

/** What each phase of the load came to; nothing in a load without stages. */
export function phaseTable({ phases }: RunResult, mode: SummaryMode): string[] {
  if (phases.length === 0) return []
  const isRepeated = mode === 'full' || phases.some(({ times }) => times > 1)
  const columns = [...START, ...(isRepeated ? [TIMES] : []), ...RATES, ...REST[mode]]
  return alignColumns(
    [columns.map(([name]) => name), ...phases.map((phase) => columns.map(([, cell]) => cell(phase)))],
    NAMES,
  )
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
