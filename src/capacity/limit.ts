import type { CapacityLimit, CapacityStep } from '../model/capacity-result.ts'
import { LATE_START_MILLIS, LOOP_DELAY_MILLIS } from '../model/held-up.ts'

/** Of one core: a thread that is busier than that has nothing left. */
const SATURATED = 0.9
/** Of the rate that the generator was calibrated for. */
const NEAR_CEILING = 0.9
/** Of the commands that are sent, how many more wait at the end of a step than waited at its start, if they are also many. */
const GROWTH = 0.005
/** Of the cores of a machine: less is as good as nothing left. */
const NOTHING_IDLE = 0.05
/** Of the cores of a machine: what others may use before it is they who make the difference. */
const OTHERS_COUNT = 0.1
/** Of the commands of a second. */
const MANY_WAITING = 0.02

/**
 * What keeps a rate from being higher: looks at the steps of the lowest rate that failed, those that were not disturbed if
 * there are any, for signs in the generator and in the server. A generator that has nothing left is the limit, unless the server has nothing left either: then nobody knows,
 * and the evidence is there for somebody who knows more; nor where others took what both had needed. A server that is busy, or behind which commands pile up, is the
 * limit even if the generator was a little late meanwhile, which does not make commands wait for their answers. Without signs,
 * and with every arrival sent and answered, it is the promise: its latencies are what a server with some CPU left gives.
 */
export function limitOf(failed: readonly CapacityStep[]): CapacityLimit {
  const all = failed.filter(({ held }) => !held)
  const calm = all.filter(({ disturbed }) => !disturbed)
  const steps = calm.length === 0 ? all : calm
  const spent = signsIn(steps, spentGenerator)
  const late = signsIn(steps, lateGenerator)
  const busy = signsIn(steps, busyServer)
  const waiting = signsIn(steps, waitingCommands)
  const slow = signsIn(steps, slowAnswers)
  const crowded = signsIn(steps, crowdedMachine)
  const evidence = [...spent, ...busy, ...crowded, ...waiting, ...slow, ...late, ...calmness(steps)]
  if (spent.length > 0) return { by: busy.length > 0 ? 'unknown' : 'generator', evidence }
  if (crowded.length > 0 && busy.length === 0) return { by: 'unknown', evidence }
  if (busy.length + waiting.length > 0) return { by: 'server', evidence }
  if (late.length > 0) return { by: slow.length > 0 ? 'unknown' : 'generator', evidence }
  if (slow.length > 0) return { by: 'server', evidence }
  const isOnlyPromise = steps.every(({ failures }) => failures.every(({ kind }) => kind === 'promise'))
  const failures = [...new Set(steps.flatMap((step) => step.failures.map(({ detail }) => detail)))]
  return { by: isOnlyPromise ? 'promise' : 'unknown', evidence: [...failures.slice(0, 3), ...evidence] }
}

type Signs = (step: CapacityStep) => Iterable<string>

/** Signs of the step that shows most of them, if at least half of the steps show some. */
function signsIn(steps: readonly CapacityStep[], signs: Signs): string[] {
  const found = steps.map((step) => [...signs(step)]).filter((some) => some.length > 0)
  if (2 * found.length < steps.length) return []
  return found.reduce((most, some) => (some.length > most.length ? some : most), [])
}

/** It has nothing left. */
function* spentGenerator(step: CapacityStep): Generator<string> {
  const { dropped_generator_late: late } = step
  if (late > 0) yield `the generator was too late to send ${late} arrivals`
  yield* saturatedGenerator(step)
}

/** Its own work takes all that it has, so that the rate, not a disturbance, makes it late. */
export function* saturatedGenerator({ generator }: Pick<CapacityStep, 'generator'>): Generator<string> {
  const { cpu_cores, threads, pacing, calibration_share: share } = generator
  if (pacing !== 'precise' && cpu_cores >= SATURATED * threads)
    yield `the load threads used ${cpu_cores.toFixed(2)} of ${threads} cores`
  if (share !== null && share >= NEAR_CEILING)
    yield `the rate is ${percent(share)} of what the generator can do here`
}

/** It was held up, by itself or by whatever else the machine does. */
export function* lateGenerator({ generator }: Pick<CapacityStep, 'generator'>): Generator<string> {
  const { start_lag_p99_ms: lag, loop_delay_p99_ms: delay } = generator
  if (lag > LATE_START_MILLIS) yield `arrivals started late (p99 ${short(lag)} ms)`
  if (delay > LOOP_DELAY_MILLIS) yield `the event loop of the generator was held up (p99 ${short(delay)} ms)`
}

export function* busyServer({ server_cpu: cpu }: Pick<CapacityStep, 'server_cpu'>): Generator<string> {
  if (cpu?.main_thread !== undefined && cpu.main_thread !== null && cpu.main_thread >= SATURATED)
    yield `the main thread of the server used ${percent(cpu.main_thread)} of a core`
  else if (cpu !== null && cpu.main_thread === null && cpu.process >= SATURATED)
    yield `the server used ${percent(cpu.process)} of a core`
}

/** Others use the machine of the generator, and there is nothing left for it, nor for a server on the same machine. */
export function* crowdedMachine({
  machine_cpu: machine,
}: Pick<CapacityStep, 'machine_cpu'>): Generator<string> {
  if (machine === null) return
  const { cores, idle, others } = machine
  if (idle < NOTHING_IDLE * cores && others > OTHERS_COUNT * cores)
    yield `other processes used ${others.toFixed(2)} of the ${cores} cores of this machine, and nothing was left`
}

/** Answers came more slowly than commands were sent: something behind the socket. */
function* waitingCommands({ in_flight: { at_start, at_end }, ...step }: CapacityStep): Generator<string> {
  const sent = step.target_ops_per_second * Math.max(1, step.measured_seconds - 1)
  if (step.dropped_max_in_flight > 0)
    yield `commands waited for their answers until no more were let in (${step.dropped_max_in_flight} arrivals dropped)`
  else if (at_end - at_start > GROWTH * sent && at_end > MANY_WAITING * step.target_ops_per_second)
    yield `answers came more slowly than commands were sent: ${at_start} waited after the first second, ${at_end} at the end`
}

function* slowAnswers({ failures }: CapacityStep): Generator<string> {
  const rate = failures.find(({ kind }) => kind === 'rate')
  if (rate !== undefined) yield rate.detail
}

/** What speaks for somebody's innocence. */
function* calmness(steps: readonly CapacityStep[]): Generator<string> {
  const last = steps.at(-1)
  if (last === undefined) return
  const { generator, server_cpu } = last
  if ([...spentGenerator(last), ...lateGenerator(last)].length === 0)
    yield `the generator kept up: ${generator.cpu_cores.toFixed(2)} of ${generator.threads} cores, start lag p99 ${generator.start_lag_p99_ms} ms${generator.calibration_share === null ? '' : `, ${percent(generator.calibration_share)} of what it can do here`}`
  const busy = server_cpu?.main_thread ?? server_cpu?.process
  if (busy === undefined) yield 'the CPU time of the server is not known'
  else if (busy < SATURATED) yield `the server used ${percent(busy)} of a core`
}

/** Four digits of a time. */
function short(millis: number): number {
  return Number(millis.toPrecision(4))
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
