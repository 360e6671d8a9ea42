import { LATE_START_MILLIS, LOOP_DELAY_MILLIS } from '../../model/held-up.ts'
import type { Histogram } from '../../model/histogram.ts'
import type { IntervalResult } from '../../model/interval-result.ts'
import type { RunResult } from '../../model/result.ts'
import type { ComparedRun } from '../../model/comparison.ts'

/** Latencies of the successful commands of one operation; of batches, where the load had some. */
export interface OperationSample {
  readonly operation: string
  readonly times: Histogram
}

/** What a comparison needs of one run. */
export interface RunSample {
  readonly run: ComparedRun
  /** Response times in an open loop, unless another run has none. */
  readonly operations: readonly OperationSample[]
  /** Of all of them; batches, and what waits for something as BLPOP does, count where there is nothing else. */
  readonly all: Histogram
  readonly okPerSecond: number
  readonly settled: number
  /** Failed and indeterminate. */
  readonly errors: number
  readonly intervals: readonly IntervalResult[]
  /** Whether the rate was given: then throughput says little. */
  readonly isOpenLoop: boolean
  /** Late starts or a busy event loop: times are the generator's own as well. */
  readonly isHeldUp: boolean
}

/** What reading a sample needs of other parts. */
export interface SampleTools {
  readonly decodeHdr: (encoded: string) => Histogram
  readonly mergeHistograms: (histograms: readonly Histogram[]) => Histogram
}

/** A result that was read from somewhere. */
export interface GivenResult {
  readonly result: RunResult
  /** `null` when it was not read from a file. */
  readonly file: string | null
}

/** `kind`: what all the runs have; a closed loop has no response times. */
export function sampleOf(
  { result, file }: GivenResult,
  kind: RunResult['latency_kind'],
  tools: SampleTools,
): RunSample {
  const operations = result.operations
    .filter(({ ok }) => ok > 0)
    .map((one) => {
      const { operation, response, service, shape, waits } = one
      const times = kind === 'response_time' && response !== null ? response : service
      const isAmbiguous = result.operations.some((other) => other !== one && other.operation === operation)
      return {
        operation: isAmbiguous ? `${operation} (${shape})` : operation,
        // As in the summary: units of several commands, and what waits for something by itself, are told apart only.
        isApart: shape === 'batch' || waits === true,
        times: tools.decodeHdr(times.success.hdr),
      }
    })
    .filter(({ times }) => times.count > 0)
  const singles = operations.filter(({ isApart }) => !isApart)
  const { ok, failed, indeterminate } = result.totals
  const { start_lag, loop_delay } = result.generator
  return {
    run: describeRun(result, file),
    operations: operations.map(({ operation, times }) => ({ operation, times })),
    all: tools.mergeHistograms((singles.length > 0 ? singles : operations).map(({ times }) => times)),
    okPerSecond: result.measured_seconds === 0 ? 0 : okInTime(result) / result.measured_seconds,
    settled: ok + failed + indeterminate,
    errors: failed + indeterminate,
    intervals: result.intervals,
    isOpenLoop: result.load_model === 'open',
    isHeldUp: start_lag.p99_ms > LATE_START_MILLIS || loop_delay.p99_ms > LOOP_DELAY_MILLIS,
  }
}

/** What the drain adds is no throughput of the measured time. */
function okInTime({ intervals, totals }: RunResult): number {
  const inTime = intervals.reduce((sum, { ok }) => sum + ok, 0)
  return inTime > 0 ? Math.min(inTime, totals.ok) : totals.ok
}

function describeRun(result: RunResult, file: string | null): ComparedRun {
  const { run_id, run_start, measured_seconds, workload_name, version } = result
  return { run_id, file, run_start, measured_seconds, workload_name, version }
}
