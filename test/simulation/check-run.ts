import { addPhases } from '../../src/ledger/add-phases.ts'
import { addInterval } from '../../src/ledger/add-interval.ts'
import { encodeInterval } from '../../src/ledger/encode-interval.ts'
import { intervalBetween, type LedgerSnapshot, phaseSince } from '../../src/ledger/ledger-snapshot.ts'
import { FAILED, OK } from '../../src/model/outcome.ts'
import { checkConnections, checkLedger, equal } from './check-ledger.ts'
import type { Simulation } from './simulate.ts'
import type { SimulatedSocket } from './simulated-socket.ts'
import { EPOCH_MILLIS } from './simulated-thread.ts'
import { Broken } from './trace.ts'

/** Timers of 10 ms and of 100 ms, and what may be between them. */
const TICK_MILLIS = 10
const INSPECTION_MILLIS = 100
const FAULT_SLACK_MILLIS = 20

/** At every second of virtual time. */
export function checkSample(simulation: Simulation, at: number): void {
  const { witness, threads, scenario } = simulation
  const snapshot = simulation.read()
  simulation.samples.push(snapshot)
  checkLedger(snapshot, witness)
  checkConnections(snapshot, simulation.connections)
  checkBounds(simulation)
  checkDeadlines(simulation, at)
  if (scenario.client.preset === 'measure') {
    checkLiveness(simulation, at)
    checkSilence(simulation, at)
    checkHandshakes(simulation, at)
  }
  for (const thread of threads)
    equal(
      'INV-2',
      `in flight of thread ${thread.lanes[0]!.facts.thread}`,
      thread.inFlight,
      thread.lanes.reduce((sum, { facts }) => sum + facts.inFlight, 0),
    )
}

/** When all engines have said that they are done. */
export function checkEnd(simulation: Simulation): void {
  const { witness, threads, connections } = simulation
  const snapshot = simulation.read()
  simulation.samples.push(snapshot)
  checkLedger(snapshot, witness)
  checkConnections(snapshot, connections)
  checkBounds(simulation)
  if (isThorough(simulation)) checkSums(simulation)
  const inFlight = threads.reduce((sum, { end }) => sum + end!.inFlight, 0)
  equal('INV-2', 'in flight at the end', inFlight, witness.inFlight.size)
  const unfinished = threads.flatMap(({ unfinishedOutages }) => unfinishedOutages)
  equal('INV-18', 'unfinished outages', unfinished.length, connections.unfinished.length)
  for (const outage of unfinished) {
    const seen = connections.unfinished.find(({ connection }) => connection === outage.connection)
    if (seen === undefined || outage.finished)
      throw new Broken('INV-18', `connection ${outage.connection} is said to be down and is not`)
  }
  checkDrain(simulation)
  checkFaults(simulation)
  checkKept(simulation, snapshot)
  const { kept_sampled, kept_error, kept_slow } = snapshot.counters
  equal('INV-4', 'kept commands', kept_sampled + kept_error + kept_slow, keptOf(simulation))
  if (connections.jittered >= 8 && connections.unjittered === connections.jittered)
    throw new Broken('INV-18', 'delays before reconnections have no jitter')
}

/** Nothing is settled after the end; what had failed for certain never ran; nothing is left over. */
export function checkAfterwards(simulation: Simulation): void {
  const { witness, time, server, samples, scenario } = simulation
  const last = samples.at(-1)!
  const now = isThorough(simulation) ? simulation.read() : last
  equal('INV-2', 'settled after the end', settledOf(now), settledOf(last))
  let ok = 0
  let uncertain = witness.inFlight.size
  for (const { id, outcome, executed, answered } of witness.commands) {
    if (outcome === OK) ok++
    else if (outcome !== FAILED && outcome !== undefined) uncertain++
    if (outcome === OK && executed === 0) throw new Broken('INV-5', `command ${id} is ok and never ran`)
    if (outcome === FAILED && executed > 0)
      throw new Broken(
        'INV-5',
        `command ${id} is failed for certain and ran${answered === undefined ? '' : ', its last answer was an error'}`,
      )
  }
  const distinct = witness.executions - witness.duplicates
  if (distinct < ok || distinct > ok + uncertain)
    throw new Broken('INV-5', `${distinct} commands ran, ${ok} are ok and ${uncertain} uncertain`)
  const { resent_commands, offline_queued_commands } = now.counters
  const rewritten = witness.commands.reduce((sum, { written }) => sum + Math.max(0, written - 1), 0)
  if (rewritten > resent_commands || (!scenario.client.coalesce_writes && isThorough(simulation)))
    equal('INV-5', 'sent again', resent_commands, rewritten)
  if (witness.duplicates > resent_commands)
    throw new Broken('INV-5', `${witness.duplicates} ran twice, ${resent_commands} were sent again`)
  if (scenario.client.preset === 'measure') {
    equal('INV-5', 'sent again', resent_commands, 0)
    equal('INV-5', 'queued while offline', offline_queued_commands, 0)
  }
  equal('INV-22', 'timers that are left', time.timers, 0)
  for (const link of server.links)
    if (!link.socket.destroyed) throw new Broken('INV-22', `connection ${link.id} is still open`)
}

/** What costs as much as the simulation itself is looked at in every fourth seed. */
function isThorough({ scenario }: Simulation): boolean {
  return scenario.seed % 4 === 0
}

function checkBounds({ threads, scenario }: Simulation): void {
  const { unit } = scenario
  for (const { lanes, end } of threads) {
    if (end !== undefined) continue
    const { dispatcher, connections } = lanes[0]!
    const share = Math.ceil(scenario.load.max_in_flight / scenario.load.threads)
    const held = connections.connections.reduce((sum, connection) => sum + connection.held, 0)
    // A closed loop looks whether there is room for one more before it sends a whole unit.
    const bound =
      share + (scenario.load.model === 'closed' ? unit.size - 1 : 0) + (scenario.hasFollowUps ? 1 : 0)
    if (dispatcher.inFlight + dispatcher.abandoned > bound)
      throw new Broken(
        'INV-13',
        `${dispatcher.inFlight} in flight and ${dispatcher.abandoned} abandoned, above ${bound}`,
      )
    equal('INV-13', 'held by the client', held, dispatcher.inFlight + dispatcher.abandoned)
  }
}

/** No command waits longer than its deadline and the tick that looks at it. */
function checkDeadlines({ witness, scenario, time, stalledMillis }: Simulation, at: number): void {
  const { command_timeout_ms } = scenario.client
  const slack = 2 * TICK_MILLIS + 4 * scenario.latestTimerMillis + stalledMillis + 5
  for (const { id, unit } of witness.inFlight)
    if (!unit.lane.isOver && Math.min(at, time.now) - unit.sentAt > command_timeout_ms + slack)
      throw new Broken('INV-14', `command ${id} waits for ${at - unit.sentAt} ms`)
}

/** Who leaves commands in flight has waited for them as long as it was to. */
function checkDrain({ threads, scenario, stoppedAt }: Simulation): void {
  const { load, stop } = scenario
  for (const { end, endedAt, timeline } of threads) {
    if (end!.inFlight === 0) continue
    const isHurried = stop !== null && endedAt >= stoppedAt
    const drain = isHurried ? Math.min(load.drain_ms, stop.drainMillis) : load.drain_ms
    if (endedAt < timeline!.endAt + drain - 1e-6)
      throw new Broken(
        'INV-2',
        `${end!.inFlight} commands in flight were not waited for: ${endedAt - timeline!.endAt} of ${drain} ms`,
      )
  }
}

/** Every wave that was due was done, once, in its time, and hit what it says. */
function checkFaults({ scenario, faultResults, faultHits, startAt, time }: Simulation): void {
  const { load, faults } = scenario
  const beginMillis = EPOCH_MILLIS + startAt + load.warmup_ms
  const endMillis = beginMillis + (load.duration_ms ?? Number.POSITIVE_INFINITY)
  const hits = faultResults.reduce((sum, { connections }) => sum + connections, 0)
  equal('INV-18', 'connections that faults hit', hits, faultHits)
  for (const { planned_at_ms, at_ms, error } of faultResults) {
    if (error !== null) throw new Broken('INV-18', `a fault failed: ${error}`)
    if (planned_at_ms >= endMillis) throw new Broken('INV-18', 'a fault was planned after the end')
    if (at_ms < planned_at_ms - 2)
      throw new Broken('INV-18', `a fault came ${planned_at_ms - at_ms} ms too early`)
  }
  // Moved by the jitter, a wave near the end may be on either side of it.
  const now = Math.min(endMillis - beginMillis, time.now - startAt - load.warmup_ms)
  let least = 0
  let most = 0
  for (const { at_ms, every_ms, jitter_ms } of faults)
    for (let at = at_ms; at - jitter_ms < now; at += every_ms) {
      if (Math.max(0, at + jitter_ms) + FAULT_SLACK_MILLIS < now) least++
      most++
      if (every_ms === null) break
    }
  const isStalled = scenario.world.some(({ kind }) => kind === 'stall')
  if (faultResults.length > most || (faultResults.length < least && !isStalled))
    throw new Broken('INV-18', `${faultResults.length} faults, but there were to be ${least} to ${most}`)
}

/** Kept commands are limited for each reason. */
function checkKept({ threads, scenario }: Simulation, { counters }: LedgerSnapshot): void {
  const { maxPerSecond } = scenario.keep
  const lanes = scenario.ownConnections > 0 ? 2 : 1
  const room = threads.reduce(
    (sum, { inspections }) =>
      sum + lanes * (Math.max(1, maxPerSecond) + (maxPerSecond / 10) * (inspections + 1)),
    0,
  )
  for (const name of ['kept_sampled', 'kept_error', 'kept_slow'] as const)
    if (counters[name] > room) throw new Broken('INV-13', `${name}: ${counters[name]}, above ${room}`)
}

/** What is not answered and not closed is not left alone for longer than silence is put up with. */
function checkSilence({ witness, scenario, stalledMillis }: Simulation, at: number): void {
  const limit = scenario.client.socket_timeout_ms + 4 * INSPECTION_MILLIS + stalledMillis
  for (const { id, socket, unit, hasAnswer, wasWritable } of witness.commands)
    if (!hasAnswer && wasWritable && !unit.lane.isOver && socket !== null && !socket.destroyed)
      if (at - Math.max(unit.sentAt, socket.heardAt) > limit)
        throw new Broken(
          'INV-14',
          `command ${id} waits on a connection that is silent since ${socket.heardAt}`,
        )
}

/** Nor is a handshake that gets no answer. */
function checkHandshakes({ threads, scenario, stalledMillis }: Simulation, at: number): void {
  const limit = scenario.client.connect_timeout_ms + 4 * INSPECTION_MILLIS + stalledMillis
  for (const { lanes, end } of threads)
    for (const { connections } of end === undefined ? lanes : [])
      for (const { index, redis } of connections.connections) {
        const { heardAt } = redis.stream as unknown as SimulatedSocket
        if (redis.status === 'connect' && at - heardAt > limit)
          throw new Broken('INV-14', `the handshake of connection ${index} is silent since ${heardAt}`)
      }
}

/** Long enough after the last fault, every connection is ready. */
function checkLiveness(
  { threads, scenario, troubleUntil, stalledMillis, startAt }: Simulation,
  at: number,
): void {
  const { retry, connect_timeout_ms, socket_timeout_ms } = scenario.client
  const { delayMillis, jitterMillis, spikeMillis } = scenario.network
  const oneWay = delayMillis + jitterMillis + spikeMillis
  const patience =
    2 * (retry.max_ms + retry.jitter_ms) +
    connect_timeout_ms +
    socket_timeout_ms +
    20 * oneWay +
    4 * INSPECTION_MILLIS +
    stalledMillis +
    300
  const lastFault = scenario.faults.length > 0 ? Number.POSITIVE_INFINITY : troubleUntil
  if (at < Math.max(startAt, lastFault) + patience) return
  for (const { lanes } of threads)
    for (const { connections } of lanes)
      for (const { index, isReady, isRenewing, held } of connections.connections)
        if (!isReady && !isRenewing && held === 0 && scenario.client.renew_after === null)
          throw new Broken(
            'INV-14',
            `connection ${index} is not ready ${at - troubleUntil} ms after the last fault`,
          )
}

/** The samples add up to the total, the threads too, and so does what a journal would hold. */
function checkSums({ samples, readThreads }: Simulation): void {
  const total = samples.at(-1)!
  let { measure: sum } = samples[0]!
  let journal = addInterval(
    undefined,
    JSON.parse(JSON.stringify(encodeInterval(samples[0]!, samples[0]!))) as never,
  )
  for (const [index, sample] of samples.entries()) {
    const before = samples[index - 1]
    if (before === undefined) continue
    const interval = intervalBetween(before, sample)
    sum = addPhases(sum, phaseSince(before.measure, sample.measure))
    journal = addInterval(journal, JSON.parse(JSON.stringify(encodeInterval(interval, sample))) as never)
  }
  equal('INV-8', 'sum of the seconds', fingerprint({ ...total, measure: sum }), fingerprint(total))
  equal('INV-8', 'sum of the journal', fingerprint(journal), fingerprint(total))
  const threads = readThreads()
  if (threads.length === 1) return
  const measure = threads.map(({ measure: each }) => each).reduce((a, b) => addPhases(a, b))
  equal('INV-8', 'sum of the threads', fingerprint({ ...total, measure }), fingerprint(total))
}

/** Counts of the measured phase, with the counts of the buckets. */
function fingerprint({ measure }: LedgerSnapshot): string {
  const series = measure.series.map(({ info, outcomes, nil, ...histograms }) => [
    info.operation,
    outcomes
      .filter(({ count }) => count > 0)
      .map(({ outcome, code, count }) => `${outcome} ${code} ${count}`)
      .toSorted(),
    nil,
    [
      histograms.serviceSuccess,
      histograms.serviceError,
      histograms.responseSuccess,
      histograms.responseError,
    ].map((histogram) => [...histogram.buckets()].map(({ index, count }) => `${index}:${count}`).join(' ')),
  ])
  return JSON.stringify([measure.counters, measure.startLag.count, series])
}

function settledOf({ warmup, measure }: LedgerSnapshot): number {
  let sum = 0
  for (const { series } of [warmup, measure])
    for (const { outcomes } of series) for (const { count } of outcomes) sum += count
  return sum
}

function keptOf({ threads }: Simulation): number {
  return threads.reduce((sum, { kept }) => sum + kept, 0)
}

export { checkLoad } from './check-load.ts'
