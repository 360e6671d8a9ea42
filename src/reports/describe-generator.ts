import { type CalibrationShare, shareOf } from '../model/calibration.ts'
import { LATE_START_MILLIS, LOOP_DELAY_MILLIS } from '../model/held-up.ts'
import type { GeneratorResult } from '../model/result.ts'
import type { RunRecord } from '../model/run-record.ts'
import { summarizeLatency } from './summarize-latency.ts'

const SATURATED_CORES = 0.95
const RATE_TOLERANCE = 0.001
/** A shorter interval, as at the end of a phase, says little of a rate. */
const LEAST_SECONDS = 0.5

/** How well the generator did its part, with a warning for everything that makes Redis look different than it was. */
export function describeGenerator(record: RunRecord, measuredSeconds: number): GeneratorResult {
  const { plan, total, end } = record
  const { histograms, counters, gauges } = total
  const cpuMicros = gauges.cpu_micros - record.cpuMicrosAtMeasureStart
  const facts = {
    threads: plan.load.threads,
    pacing: record.pacing,
    start_lag: summarizeLatency(total.measure.startLag),
    loop_delay: summarizeLatency(histograms.loop_delay),
    gc_pause: summarizeLatency(histograms.gc_pause),
    cpu_cores: measuredSeconds === 0 ? 0 : Math.round((cpuMicros / measuredSeconds / 1e6) * 1000) / 1000,
    late_replies: counters.late_replies,
    internal_errors: counters.internal_errors,
    kept_commands_dropped: counters.kept_dropped,
    telemetry_exports_failed: end?.telemetryExportsFailed ?? 0,
    journal_failures: end?.journalFailures ?? 0,
    calibration: calibrationShareOf(record, measuredSeconds),
  }
  return { ...facts, warnings: [...warningsOf(facts, record)] }
}

/** A ceiling is that of an open loop. What a mean hides, where the rate changes, is in the busiest second. */
function calibrationShareOf(
  { plan, total, calibration, intervals, adjustments = [] }: RunRecord,
  measuredSeconds: number,
): CalibrationShare | null {
  if (calibration === undefined || calibration === null) return null
  if (plan.load.model === 'closed' || measuredSeconds === 0) return null
  const mean = total.measure.counters.issued / measuredSeconds
  if (plan.load.stages.length + adjustments.length === 0) return shareOf(calibration, mean)
  const rates = intervals.flatMap(({ issued, seconds }) =>
    seconds < LEAST_SECONDS ? [] : [issued / seconds],
  )
  return shareOf(calibration, Math.max(mean, ...rates))
}

function* warningsOf(
  facts: Omit<GeneratorResult, 'warnings'>,
  { plan, total }: RunRecord,
): Generator<string> {
  const { counters } = total.measure
  const dropped = counters.dropped_max_in_flight + counters.dropped_generator_late
  if (counters.dropped_generator_late > 0)
    yield `the generator could not keep up (commands never sent: ${counters.dropped_generator_late}); more --threads may help`
  if (dropped > RATE_TOLERANCE * counters.scheduled)
    yield `only ${percent(1 - dropped / counters.scheduled)} of the target load was sent`
  if (facts.start_lag.p99_ms > LATE_START_MILLIS)
    yield `arrivals started late (p99 ${facts.start_lag.p99_ms} ms): response times include the generator's own delay`
  if (facts.loop_delay.p99_ms > LOOP_DELAY_MILLIS)
    yield `the event loop of the generator was held up (p99 ${facts.loop_delay.p99_ms} ms): latencies include it`
  const spins = facts.pacing === 'precise'
  if (!spins && facts.cpu_cores > SATURATED_CORES * plan.load.threads)
    yield `the load threads used ${percent(facts.cpu_cores / plan.load.threads)} of their CPU: the generator, not Redis, may be the limit`
  if (facts.internal_errors > 0) yield `${facts.internal_errors} internal errors of the client; see the log`
  if (total.counters.events_dropped > 0)
    yield `${total.counters.events_dropped} connection events are missing from the list of outages (not from the counts)`
  if (facts.telemetry_exports_failed > 0) yield `${facts.telemetry_exports_failed} telemetry exports failed`
  if (facts.journal_failures > 0) yield `${facts.journal_failures} journal lines could not be written`
  if (!plan.target.tls.verify && plan.target.tls.enabled)
    yield 'the certificate of the server was not verified'
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
