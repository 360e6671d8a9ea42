import { createRandom, deriveSeed } from '../../src/model/random.ts'
import { AskedLoad, SAME_MOMENT_MILLIS } from './asked-load.ts'
import type { Simulation } from './simulate.ts'
import { EPOCH_MILLIS, type SimulatedThread } from './simulated-thread.ts'
import { Broken } from './trace.ts'
import type { LaneFacts } from './witness.ts'

/** News of an adjustment has this long; a process that stands still for longer does not hear of it in time. */
const TIMELY_MILLIS = 400

/** What the load asks for, as it was adjusted; `undefined` when a thread may have heard too late of that. */
export function askedOf({
  scenario,
  stretches,
  stalledMillis,
  time,
  startAt,
}: Simulation): AskedLoad | undefined {
  if (stretches.length > 0 && stalledMillis > TIMELY_MILLIS) return undefined
  return new AskedLoad(scenario.load, stretches, time.now - startAt - scenario.load.warmup_ms)
}

/** What a result says of adjustments is what the load threads were told. */
export function checkAdjustments({ adjustments, stretches, startAt, scenario }: Simulation): void {
  const measureAt = EPOCH_MILLIS + startAt + scenario.load.warmup_ms
  for (const [index, { atMillis, factor, skippedMillis }] of stretches.entries()) {
    const kept = adjustments[index]
    // Of milliseconds since the epoch, less than a thousandth is lost.
    if (Math.abs((kept?.at_ms ?? 0) - measureAt - atMillis) > 1e-3)
      throw new Broken('INV-10', `an adjustment at ${atMillis} is said to be at ${kept!.at_ms - measureAt}`)
    if (kept!.factor !== factor || kept!.skipped_ms !== skippedMillis)
      throw new Broken(
        'INV-10',
        `${kept!.kind}: ${kept!.factor} and ${kept!.skipped_ms} ms, not ${factor} and ${skippedMillis}`,
      )
  }
}

/** A load ends when it is to: neither what was left out of it nor a pause makes that another moment. */
export function checkEnds({ threads, scenario, stoppedAt }: Simulation, { endMillis }: AskedLoad): void {
  const { load } = scenario
  for (const { timeline } of threads) {
    const endAt = timeline!.measureAt + endMillis
    if (timeline!.endAt > endAt + SAME_MOMENT_MILLIS)
      throw new Broken('INV-10', `the load ended at ${timeline!.endAt}, not by ${endAt}`)
    if (load.count === null && stoppedAt > endAt && timeline!.endAt < endAt - SAME_MOMENT_MILLIS)
      throw new Broken('INV-10', `the load ended at ${timeline!.endAt}, before ${endAt}`)
  }
}

/**
 * The arrivals of all threads together are those that the load asks for, to the last one: arrival k is due where the
 * integral of the adjusted rate has come to it, and none in a pause.
 */
export function checkDues({ threads, scenario }: Simulation, asked: AskedLoad): void {
  const { load, unit } = scenario
  const { measureAt } = threads[0]!.timeline!
  const horizon = Math.min(asked.endMillis, ...threads.map((thread) => completeUntil(thread)))
  const dues = threads
    .flatMap((thread) => thread.dues)
    .map((due) => due - measureAt)
    .filter((due) => due >= 0 && due < horizon)
    .toSorted((a, b) => a - b)
  const positions = positionsOf(load)
  for (const [index, due] of dues.entries()) {
    const expected = positions() * unit.size
    const commands = asked.commandsBefore(due)
    if (Math.abs(commands - expected) > 1e-6 * (1 + expected))
      throw new Broken(
        'INV-10',
        `arrival ${index} is due at ${due}, after ${commands} commands, not ${expected}`,
      )
    const part = asked.partAt(due + SAME_MOMENT_MILLIS)
    if (part === undefined || part.from + part.to <= 0)
      throw new Broken('INV-10', `arrival ${index} is due at ${due}, in a pause`)
    if (due <= (dues[index - 1] ?? -1))
      throw new Broken('INV-10', `arrivals ${index - 1} and ${index} are both due at ${due}`)
  }
  const next = positions() * unit.size
  const left = asked.commandsBefore(horizon) - next
  if (left > 1e-6 * (1 + next))
    throw new Broken(
      'INV-10',
      `${dues.length} arrivals before ${horizon}, and ${left} more commands were asked for`,
    )
}

/** Since the measured time began: every arrival before is known. */
function completeUntil({ dues, timeline }: SimulatedThread): number {
  return Math.min(dues.at(-1) ?? Number.POSITIVE_INFINITY, timeline!.endAt) - timeline!.measureAt
}

/** In units, one after the other: 0, 1, 2, … or random arrivals of rate 1, which are those of the seed whoever adjusts them. */
function positionsOf({ arrivals, seed }: Simulation['scenario']['load']): () => number {
  if (arrivals === 'constant') {
    let index = 0
    return () => index++
  }
  const random = createRandom(deriveSeed(seed, 1))
  let passed = 0
  return () => (passed -= Math.log(1 - random.next()))
}

/** The units that a lane of a closed loop, or of connections of its own, may have in flight when one begins. */
export function unitsAllowed(
  { scenario }: Simulation,
  thread: SimulatedThread,
  { isOwn, thread: index }: LaneFacts,
  asked: AskedLoad,
): (at: number) => number {
  const { load, ownConnections } = scenario
  const { measureAt } = thread.timeline!
  const plannedIn = (stage: number): number => {
    if (isOwn) return ownConnections
    const whole = load.stages.length === 0 ? load.concurrency : (load.stages[stage]?.concurrency ?? 0)
    return shareOf(whole, load.threads, index)
  }
  const first = load.stages.findIndex(({ concurrency }) => (concurrency ?? 0) > 0)
  const allowed = (millis: number): number => {
    if (millis < 0) return plannedIn(first)
    const { stage, factor } = asked.partAt(millis) ?? { stage: 0, factor: 1 }
    const planned = plannedIn(stage)
    if (planned * factor === 0) return 0
    return isOwn ? planned : Math.max(1, Math.round(planned * factor))
  }
  // At a boundary both sides of it are right.
  return (at) => {
    const millis = at - measureAt
    return Math.max(allowed(millis - SAME_MOMENT_MILLIS), allowed(millis + SAME_MOMENT_MILLIS))
  }
}

export function shareOf(total: number, parts: number, index: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0)
}
