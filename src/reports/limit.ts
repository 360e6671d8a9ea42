import type { RunResult } from '../model/result.ts'
import { formatCount, formatMillis } from './format.ts'

/** What kept the run from being faster. */
export interface Limit {
  /**
   * `target`: the plan asked for no more. `server`: waiting for answers, the network included. `generator`: this tool.
   * `pauses`: the time to think. `unknown`: nothing was sent.
   */
  readonly by: 'target' | 'server' | 'generator' | 'pauses' | 'unknown'
  /** In a sentence, without its subject. */
  readonly because: string
}

/** Above it the generator was late enough to be seen in the response times. */
const LATE_START_P99_MILLIS = 10
const HELD_UP_P99_MILLIS = 20
/** Of the CPU of the load threads. */
const SATURATED_SHARE = 0.95
/** Less of the target than this is less than what was asked for. */
const REACHED_SHARE = 0.999

/** Names what limited the run, and the numbers that show it. */
export function limitOf(result: RunResult): Limit {
  if (result.totals.issued === 0) return { by: 'unknown', because: 'no command was sent' }
  const generator = generatorLimit(result)
  if (generator !== undefined) return { by: 'generator', because: generator }
  return result.load_model === 'open' ? openLimit(result) : closedLimit(result)
}

function generatorLimit({ generator, totals, plan, load_model }: RunResult): string | undefined {
  const late = totals.dropped_generator_late
  if (late > (1 - REACHED_SHARE) * totals.scheduled)
    return `it was too late for ${formatCount(late)} of ${formatCount(totals.scheduled)} commands, which were never sent`
  const { threads } = plan.load
  const share = generator.cpu_cores / threads
  // With precise pacing the threads spin, and use all of their CPU whatever they do.
  if (generator.pacing !== 'precise' && share > SATURATED_SHARE)
    return `its load threads used ${percent(share)} of their CPU`
  if (load_model === 'open' && generator.start_lag.p99_ms > LATE_START_P99_MILLIS)
    return `it started commands late (p99 ${formatMillis(generator.start_lag.p99_ms)} ms)`
  if (generator.loop_delay.p99_ms > HELD_UP_P99_MILLIS)
    return `its event loop was held up (p99 ${formatMillis(generator.loop_delay.p99_ms)} ms)`
  return undefined
}

function openLimit({ totals, plan, measured_seconds: seconds }: RunResult): Limit {
  const { scheduled, issued, dropped_max_in_flight: crowded } = totals
  if (crowded > (1 - REACHED_SHARE) * scheduled)
    return {
      by: 'server',
      because: `${formatCount(crowded)} of ${formatCount(scheduled)} commands were not sent, because ${formatCount(plan.load.max_in_flight)} were waiting for answers`,
    }
  const rate = seconds === 0 ? '' : `, ${formatCount(scheduled / seconds)} ops/s on average`
  return { by: 'target', because: `${percent(issued / scheduled)} of what was asked for was sent${rate}` }
}

function closedLimit({ plan, generator, operations, median_latency_ms: median }: RunResult): Limit {
  const { think_time: think, concurrency, threads } = plan.load
  const spent =
    generator.pacing === 'precise'
      ? ''
      : `; the generator used ${percent(generator.cpu_cores / threads)} of its CPU`
  if (think !== null && think.min_ms + think.max_ms > 2 * median)
    return {
      by: 'pauses',
      because: `a closed loop with ${think.min_ms} to ${think.max_ms} ms to think${spent}`,
    }
  const batch = operations.some(({ shape }) => shape === 'batch') ? ' batches' : ''
  return {
    by: 'server',
    because: `${formatCount(concurrency)}${batch} in flight at most, each waiting for its answer (median ${formatMillis(median)} ms)${spent}`,
  }
}

function percent(share: number): string {
  return share === 1 ? '100 %' : `${(100 * share).toFixed(1)} %`
}
