import { MEASURE } from '../../src/model/ledger.ts'
import type { AskedLoad } from './asked-load.ts'
import { askedOf, checkAdjustments, checkDues, checkEnds, shareOf, unitsAllowed } from './check-asked.ts'
import { equal } from './check-ledger.ts'
import { HEARD_BEFORE_MILLIS } from './presses.ts'
import type { Simulation } from './simulate.ts'
import type { SimulatedThread } from './simulated-thread.ts'
import { Broken } from './trace.ts'
import type { UnitFacts } from './witness.ts'

/** What was sent, against what the load asked for. */
export function checkLoad(simulation: Simulation): void {
  const { scenario, threads, stretches } = simulation
  const { load } = scenario
  const asked = askedOf(simulation)
  checkCount(simulation, asked !== undefined)
  checkAdjustments(simulation)
  if (asked !== undefined) {
    checkEnds(simulation, asked)
    checkConcurrency(simulation, asked)
  }
  if (load.model === 'closed') {
    for (const thread of threads) checkThinking(simulation, thread)
    return
  }
  for (const thread of threads) checkArrivals(simulation, thread)
  if (asked !== undefined) checkDues(simulation, asked)
  if (load.arrivals === 'constant' && load.stages.length + stretches.length === 0)
    for (const thread of threads) checkConstant(simulation, thread)
}

/** With a count, the measured commands are at most those, whole batches; exactly those when nothing ended it before. */
function checkCount({ scenario, threads, stoppedAt, stretches }: Simulation, isTimely: boolean): void {
  const { load, unit } = scenario
  if (load.count === null) return
  const units = Math.ceil(load.count / unit.size)
  const shares = threads.map(
    (_, index) => Math.floor(units / threads.length) + (index < units % threads.length ? 1 : 0),
  )
  for (const [index, thread] of threads.entries()) {
    const measured = thread.lanes
      .flatMap(({ facts }) => facts.units)
      .filter(({ phase, isFollower }) => phase === MEASURE && !isFollower)
    const count = measured.length
    if (count > shares[index]!)
      throw new Broken('INV-1', `${count} measured units, above a count of ${shares[index]}`)
    const { endAt, measureAt } = thread.timeline!
    // It knew that a pause begins, or was in one: there would have been more.
    const heard = stretches.findLast(({ atMillis }) => atMillis - HEARD_BEFORE_MILLIS < endAt - measureAt)
    const isPaused = isTimely && heard?.factor === 0
    const hasMore = load.model === 'closed' || isPaused || Number.isFinite(thread.dues.at(-1)!)
    const isUnended = load.duration_ms === null && !Number.isFinite(stoppedAt) && hasMore
    if (isUnended) equal('INV-1', 'measured units of a count', count, shares[index])
  }
}

/** Every arrival that was due was scheduled, once, in order, and began in time. */
function checkArrivals(
  { scenario, stretches, stoppedAt, stalledMillis }: Simulation,
  thread: SimulatedThread,
): void {
  const { load } = scenario
  const { dues, lanes, timeline } = thread
  const units = lanes[0]!.facts.units.filter(({ isFollower }) => !isFollower)
  for (let index = 1; index < dues.length; index++)
    if (dues[index]! < dues[index - 1]!)
      throw new Broken('INV-10', `arrival ${index} is due before the one before it`)
  const skippedMillis = stretches.at(-1)?.skippedMillis ?? 0
  const plannedEnd = timeline!.measureAt + (load.duration_ms ?? Number.POSITIVE_INFINITY) - skippedMillis
  const endAt = Math.min(plannedEnd, Math.max(timeline!.startAt, stoppedAt))
  if (load.count === null) {
    const due = dues.filter((at) => at < endAt).length
    // At the very moment of the end, both are right.
    const atMost = dues.filter((at) => at <= endAt).length
    if (units.length !== atMost) equal('INV-10', 'arrivals that were due and scheduled', units.length, due)
  }
  for (const { dueAt, sentAt } of units)
    if (dueAt >= plannedEnd)
      throw new Broken('INV-10', `an arrival was due ${dueAt - plannedEnd} ms after the end`)
    else if (sentAt < dueAt - 1e-9)
      throw new Broken('INV-10', `an arrival began ${dueAt - sentAt} ms too early`)
    else if (stalledMillis === 0 && sentAt - dueAt > 260)
      throw new Broken('INV-10', `an arrival began ${sentAt - dueAt} ms late`)
}

/** Arrival k of a constant load is due at k / rate, and thread i of n has the arrivals k with k mod n = i. */
function checkConstant({ scenario }: Simulation, thread: SimulatedThread): void {
  const { load, unit } = scenario
  const gap = (1000 * unit.size) / load.target_ops_per_second!
  const { startAt, measureAt } = thread.timeline!
  const warmups = load.warmup_ms === 0 ? 0 : Math.ceil(load.warmup_ms / gap - 1e-9)
  const { thread: first } = thread.lanes[0]!.facts
  for (const [index, due] of thread.dues.entries()) {
    const arrival = first + index * load.threads
    const expected = arrival < warmups ? startAt + arrival * gap : measureAt + (arrival - warmups) * gap
    if (Math.abs(due - expected) > 1e-6)
      throw new Broken('INV-10', `arrival ${arrival} is due at ${due}, not ${expected}`)
  }
}

/** No unit begins while as many are in flight as there are to be, as somebody adjusted that. */
function checkConcurrency(simulation: Simulation, asked: AskedLoad): void {
  const ends = endsOf(simulation)
  for (const thread of simulation.threads)
    for (const { facts } of thread.lanes) {
      if (facts.hasDueInstants && !facts.isOwn) continue
      const allowedAt = unitsAllowed(simulation, thread, facts, asked)
      const changes: { at: number; by: number; order: number }[] = []
      for (const unit of facts.units) {
        const end = ends.get(unit)
        if (end !== undefined && !unit.isFollower)
          changes.push({ at: unit.sentAt, by: 1, order: 1 }, { at: end, by: -1, order: 0 })
      }
      // What fails while it is sent begins and ends at one moment.
      changes.sort((a, b) => a.at - b.at || a.order - b.order)
      let active = 0
      for (const { by, at } of changes) {
        active += by
        if (by > 0 && active > allowedAt(at))
          throw new Broken('INV-13', `${active} units at once at ${at}, where ${allowedAt(at)} are to be`)
      }
    }
}

/** When each unit was done; infinite when it was not. */
function endsOf({ witness }: Simulation): Map<UnitFacts, number> {
  const ends = new Map<UnitFacts, number>()
  for (const { unit, settledAt, outcome } of witness.commands) {
    const at = outcome === undefined ? Number.POSITIVE_INFINITY : settledAt
    ends.set(unit, Math.max(ends.get(unit) ?? 0, at))
  }
  return ends
}

/** Slot by slot: unit k of C slots cannot begin before unit k - C is done and somebody has thought. */
function checkThinking(simulation: Simulation, thread: SimulatedThread): void {
  const { scenario, stretches } = simulation
  const { load } = scenario
  const { units, thread: index } = thread.lanes[0]!.facts
  if (load.think_time === null || scenario.hasFollowUps || load.stages.length + stretches.length > 0) return
  const ends = endsOf(simulation)
  const slots = shareOf(load.concurrency, load.threads, index)
  const done = units.map((unit) => ends.get(unit) ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b)
  const begun = units.map(({ sentAt }) => sentAt).toSorted((a, b) => a - b)
  for (let unit = slots; unit < begun.length; unit++)
    if (begun[unit]! < done[unit - slots]! + load.think_time.min_ms - 1e-6)
      throw new Broken(
        'INV-10',
        `unit ${unit} began ${begun[unit]! - done[unit - slots]!} ms after another one was done`,
      )
}
