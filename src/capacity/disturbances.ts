import type { CapacityStep } from '../model/capacity-result.ts'
import type { RunResult } from '../model/result.ts'
import { formatThreshold, parseThreshold } from '../model/threshold.ts'
import { busyServer, crowdedMachine, lateGenerator, saturatedGenerator } from './limit.ts'

/** Of the arrivals: a generator that is too late for more of them is not held up now and then, it cannot do the rate. */
const MANY_LATE = 0.1
/** Of the rate: a server that answers less is overloaded, however late the generator was. */
const FAR_BEHIND = 0.9
/** The same where others took the CPU, which can slow down a server on the same machine as well. */
const FAR_BEHIND_ON_CROWDED = 0.6

/**
 * What other than the server had a hand in a failure, as sentences with numbers; none when the step held, when it could not
 * be run, and when the generator itself has nothing left: then the rate is too high for it, and that is an answer.
 */
export function disturbancesOf(step: CapacityStep, result: RunResult): string[] {
  if (step.held || step.failures.some(({ kind }) => kind === 'ended' || kind === 'audit')) return []
  if (!saturatedGenerator(step).next().done) return []
  const crowded = [...crowdedMachine(step)]
  if (crowded.length === 0 && isBeyondGenerator(step)) return []
  if (isFarBehind(step, crowded.length > 0)) return []
  return [...lateArrivals(step), ...lateGenerator(step), ...ownDelay(step, result), ...crowded]
}

function isBeyondGenerator({ dropped_generator_late: late, ...step }: CapacityStep): boolean {
  return late > MANY_LATE * step.target_ops_per_second * step.measured_seconds
}

/** What no lateness of the generator explains. A server that has CPU left and yet does not answer gets none from the machine. */
function isFarBehind(step: CapacityStep, isCrowded: boolean): boolean {
  const { answered_per_second, target_ops_per_second, dropped_generator_late, server_cpu } = step
  const isStarved = isCrowded && server_cpu !== null && busyServer(step).next().done === true
  if (isStarved || dropped_generator_late > 0) return false
  return answered_per_second < (isCrowded ? FAR_BEHIND_ON_CROWDED : FAR_BEHIND) * target_ops_per_second
}

function* lateArrivals({ dropped_generator_late: late }: CapacityStep): Generator<string> {
  if (late > 0) yield `the generator was too late to send ${late} arrivals although it had CPU left`
}

/** Response time is start lag and service time: where the server alone would have kept the promise, the lag broke it. */
function* ownDelay(
  { failures, generator }: CapacityStep,
  { thresholds, expectations }: RunResult,
): Generator<string> {
  if (failures.some(({ kind }) => kind !== 'promise')) return
  const missed = thresholds.filter(({ ok }) => !ok)
  const isOwn = missed.every(({ expression }) => {
    const twin = serviceTwin(expression)
    return twin !== null && expectations.some((one) => one.expression === twin && one.ok)
  })
  if (isOwn)
    yield `service times keep the promise: what breaks it is how late arrivals started (p99 ${generator.start_lag_p99_ms} ms)`
}

/** The same promise about service times; `null` when it is about something else. */
export function serviceTwin(expression: string): string | null {
  const parsed = parseThreshold(expression)
  if ('error' in parsed) return null
  const { metric } = parsed.threshold
  return metric === 'latency' || metric === 'response'
    ? formatThreshold({ ...parsed.threshold, metric: 'service' })
    : null
}
