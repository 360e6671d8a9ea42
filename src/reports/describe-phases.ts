import type { LatencySummary } from '../model/latency-summary.ts'
import type { PhaseOperationResult, PhaseResult } from '../model/result.ts'
import type { PhaseRecord, RunRecord } from '../model/run-record.ts'
import type { SeriesSnapshot } from '../model/snapshot.ts'
import { countOutcomes } from './count-outcomes.ts'
import type { ResultTools } from './result-tools.ts'
import { summarizeLatency } from './summarize-latency.ts'

type Tools = Pick<ResultTools, 'mergeHistograms'>

/** The phases of a run in numbers. */
export function describePhases({ phases, plan }: RunRecord, tools: Tools): PhaseResult[] {
  return phases.map((phase) => describePhase(phase, plan.load.model === 'open', tools))
}

function describePhase(phase: PhaseRecord, isOpenLoop: boolean, tools: Tools): PhaseResult {
  const { seconds, plannedSeconds, plannedCommands, measure } = phase
  const { counters, series } = measure
  const counts = countOutcomes({ series })
  const settled = counts.ok + counts.failed + counts.indeterminate
  const perSecond = (commands: number): number => (seconds === 0 ? 0 : round(commands / seconds))
  return {
    name: phase.name,
    at_ms: phase.firstAtMillis,
    seconds: round(seconds),
    times: phase.times,
    target_ops_per_second:
      plannedCommands === null ? null : round(plannedSeconds === 0 ? 0 : plannedCommands / plannedSeconds),
    ops_per_second: perSecond(settled),
    scheduled: counters.scheduled,
    issued: counters.issued,
    ...counts,
    dropped: counters.dropped_max_in_flight + counters.dropped_generator_late,
    ...latenciesOf(
      series.filter(({ info }) => info.shape !== 'batch'),
      isOpenLoop,
      tools,
    ),
    operations: series.map((one): PhaseOperationResult => {
      const outcomes = countOutcomes({ series: [one], includeBatches: true })
      const count = outcomes.ok + outcomes.failed + outcomes.indeterminate
      const { operation, shape } = one.info
      const latencies = latenciesOf([one], isOpenLoop, tools)
      return { operation, shape, count, ...outcomes, nil: one.nil, ...latencies }
    }),
  }
}

function latenciesOf(
  series: readonly SeriesSnapshot[],
  isOpenLoop: boolean,
  { mergeHistograms }: Tools,
): { readonly service: LatencySummary; readonly response: LatencySummary | null } {
  const service = series.flatMap(({ serviceSuccess, serviceError }) => [serviceSuccess, serviceError])
  const response = series.flatMap(({ responseSuccess, responseError }) => [responseSuccess, responseError])
  return {
    service: summarizeLatency(mergeHistograms(service)),
    response: isOpenLoop ? summarizeLatency(mergeHistograms(response)) : null,
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
