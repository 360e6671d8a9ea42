import { MEASURE } from '../../src/model/ledger.ts'
import { stageAt } from '../../src/model/load-stages.ts'
import { equal } from './check-ledger.ts'
import type { Simulation } from './simulate.ts'
import type { SimulatedThread } from './simulated-thread.ts'
import { Broken } from './trace.ts'

/** What was sent, against what the load asked for. */
export function checkLoad(simulation: Simulation): void {
  const { scenario, threads } = simulation
  checkCount(simulation)
  if (scenario.load.model === 'closed') {
    for (const thread of threads) checkConcurrency(simulation, thread)
    return
  }
  for (const thread of threads) checkArrivals(simulation, thread)
  if (scenario.load.arrivals === 'constant' && scenario.load.stages.length === 0)
    for (const thread of threads) checkConstant(simulation, thread)
  checkVolume(simulation)
}

/** With a count, the measured commands are at most those, whole batches; exactly those when nothing ended it before. */
function checkCount({ scenario, threads, stoppedAt }: Simulation): void {
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
    const hasMore = load.model === 'closed' || Number.isFinite(thread.dues.at(-1)!)
    const isUnended = load.duration_ms === null && !Number.isFinite(stoppedAt) && hasMore
    if (isUnended) equal('INV-1', 'measured units of a count', count, shares[index])
  }
}

/** Every arrival that was due was scheduled, once, in order, and began in time. */
function checkArrivals({ scenario, stoppedAt, stalledMillis }: Simulation, thread: SimulatedThread): void {
  const { load } = scenario
  const { dues, lanes, timeline } = thread
  const units = lanes[0]!.facts.units.filter(({ isFollower }) => !isFollower)
  for (let index = 1; index < dues.length; index++)
    if (dues[index]! < dues[index - 1]!)
      throw new Broken('INV-10', `arrival ${index} is due before the one before it`)
  const plannedEnd = timeline!.measureAt + (load.duration_ms ?? Number.POSITIVE_INFINITY)
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

/** As many commands as the integral of the rate, over what was measured without being stopped. */
function checkVolume({ scenario, threads, stoppedAt, startAt }: Simulation): void {
  const { load, unit } = scenario
  const endAt = startAt + load.warmup_ms + (load.duration_ms ?? 0)
  if (load.duration_ms === null || load.count !== null || stoppedAt < endAt) return
  const units = threads
    .flatMap(({ lanes }) => lanes[0]!.facts.units)
    .filter(({ phase, isFollower }) => phase === MEASURE && !isFollower)
  const expected = commandsUntil(load.duration_ms, scenario) / unit.size
  const slack = load.arrivals === 'constant' ? 1.01 + expected * 1e-3 : 8 * Math.sqrt(expected) + 10
  if (Math.abs(units.length - expected) > slack)
    throw new Broken('INV-10', `${units.length} units, but ${expected.toFixed(1)} were asked for`)
}

/** Added up in small steps, so that it has nothing in common with the curve of the schedule. */
function commandsUntil(millis: number, { load }: Simulation['scenario']): number {
  const { target_ops_per_second, stages } = load
  if (stages.length === 0) return (target_ops_per_second! * millis) / 1000
  let commands = 0
  const step = millis / 4000
  for (let at = step / 2; at < millis; at += step) {
    const now = stageAt(load, at)!
    const length = now.stage.duration_ms!
    const within = (at - now.startMillis) / length
    if (within > 1) continue
    const { from_ops_per_second: from, to_ops_per_second: to } = now.stage
    commands += ((from! + (to! - from!) * within) * step) / 1000
  }
  return commands
}

/** Never more units at once than the highest concurrency. */
function checkConcurrency(simulation: Simulation, thread: SimulatedThread): void {
  const { scenario, witness } = simulation
  const { load } = scenario
  const { units, thread: index } = thread.lanes[0]!.facts
  const own = units.filter(({ isFollower }) => !isFollower)
  const most =
    load.stages.length === 0
      ? shareOf(load.concurrency, load.threads, index)
      : Math.max(...load.stages.map(({ concurrency }) => shareOf(concurrency ?? 0, load.threads, index)))
  const changes: { at: number; by: number; order: number }[] = []
  const ends = new Map<unknown, number>()
  for (const { unit, settledAt, outcome } of witness.commands)
    ends.set(
      unit,
      Math.max(ends.get(unit) ?? 0, outcome === undefined ? Number.POSITIVE_INFINITY : settledAt),
    )
  for (const unit of own) {
    const end = ends.get(unit)
    if (end === undefined) continue
    changes.push({ at: unit.sentAt, by: 1, order: 1 }, { at: end, by: -1, order: 0 })
  }
  checkThinking(simulation, thread, ends)
  changes.sort((a, b) => a.at - b.at || a.order - b.order)
  let active = 0
  for (const { by, at } of changes) {
    active += by
    // What fails while it is sent begins and ends at one moment.
    if (active > most)
      throw new Broken('INV-13', `${active} units at once at ${at}, above a concurrency of ${most}`)
  }
}

/** Slot by slot: unit k of C slots cannot begin before unit k - C is done and somebody has thought. */
function checkThinking(
  { scenario }: Simulation,
  thread: SimulatedThread,
  ends: ReadonlyMap<unknown, number>,
): void {
  const { load } = scenario
  const { units, thread: index } = thread.lanes[0]!.facts
  if (load.think_time === null || load.stages.length > 0 || scenario.hasFollowUps) return
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

function shareOf(total: number, parts: number, index: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0)
}
