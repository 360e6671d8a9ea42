import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MEASURE } from '../../src/model/ledger.ts'
import type { MaintenanceLoss, MaintenanceNotice } from '../../src/model/maintenance.ts'
import { FAILED, INDETERMINATE, OK } from '../../src/model/outcome.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { MaintenanceTally } from '../../src/redis/maintenance-tally.ts'
import { MaintenanceWatches } from '../../src/redis/maintenance-watch.ts'
import { until } from '../e2e/support/until.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { createLedger } from '../support/ledger.ts'
import { connectMeasured, type Measured, request } from '../support/measured.ts'
import { pushFrame } from '../support/resp.ts'
import { startStubRedis, type StubRedis } from '../support/stub-redis.ts'

let stub: StubRedis
let measured: Measured
beforeEach(async () => {
  stub = await startStubRedis()
  stub.answer = () => undefined
  measured = await connectMeasured(stub.port)
})
afterEach(async () => {
  measured.close()
  await stub.close()
})

function watched(isRelaxing = true) {
  const clock = new FakeClock(1000)
  const { ledger, read } = createLedger()
  const notices: MaintenanceNotice[] = []
  const losses: MaintenanceLoss[] = []
  const refusals: string[] = []
  const watches = new MaintenanceWatches({
    relaxedTimeoutMillis: 10_000,
    isRelaxing,
    endpointType: 'auto',
    clock,
    ledger,
    listener: {
      notice: (notice) => notices.push(notice),
      maintenanceLoss: (loss) => losses.push(loss),
      maintenanceRefused: (message) => refusals.push(message),
    },
    toEpochMillis: (at) => 1e12 + at,
  })
  const watch = watches.watch({ thread: 0, connection: 3 })
  watch.hear(measured.connection.redis)
  measured.connection.maintenance = watch
  const counters = () => read(0).counters
  return { clock, ledger, counters, read, notices, losses, refusals, watches, watch }
}

const socket = () => [...stub.sockets][0]!

describe('push frames', () => {
  it('are heard wherever they come between replies, in whatever pieces, and disturb none', async () => {
    const { notices, counters } = watched()
    measured.send(request('GET', 'a'))
    measured.send(request('GET', 'b'))
    await until('two requests', () => stub.requests.length === 2)
    const bytes = `${pushFrame('MIGRATING', 1, 2, '7')}$5\r\nhello\r\n${pushFrame('MIGRATED', 2, ['7'])}${pushFrame('nonsense', 1)}$3\r\nabc\r\n${pushFrame('MIGRATING', 1, 2, '7')}`
    for (const character of bytes) socket().write(character)
    await measured.until(2)
    await until('the last frame', () => counters().maintenance_duplicates === 1)
    expect(measured.settled).toEqual(['get ok', 'get ok'])
    expect(notices.map(({ notification, sequence }) => [notification, sequence])).toEqual([
      ['MIGRATING', 1],
      ['MIGRATED', 2],
    ])
    expect(notices[0]).toEqual({
      thread: 0,
      connection: 3,
      server: null,
      at_ms: 1e12 + 1000,
      notification: 'MIGRATING',
      sequence: 1,
      time_ms: 2000,
      endpoint: null,
      subject: '7',
    })
    expect(counters()).toMatchObject({
      maintenance_MIGRATING: 1,
      maintenance_MIGRATED: 1,
      maintenance_MOVING: 0,
      maintenance_malformed: 0,
      maintenance_irregular: 0,
      pushes_unknown: 1,
    })
  })

  it('that are no notification of anything end nothing', async () => {
    const { counters } = watched()
    socket().write(
      `>0\r\n>2\r\n:1\r\n:2\r\n>1\r\n*1\r\n:1\r\n${pushFrame('MOVING')}${pushFrame('MOVING', 1, 1)}`,
    )
    await until('the last frame', () => counters().maintenance_MOVING === 1)
    expect(counters()).toMatchObject({
      pushes_unknown: 2,
      maintenance_malformed: 1,
      maintenance_irregular: 1,
    })
    measured.send(request('GET', 'a'))
    await until('the request', () => stub.requests.length === 1)
    socket().write('_\r\n')
    await measured.until(1)
    expect(measured.settled).toEqual(['get ok nil'])
  })
})

describe('the request', () => {
  it('asks for what the connection can use, and counts the answer', async () => {
    const { watch, counters, refusals } = watched()
    const { redis } = measured.connection
    const call = vi.spyOn(redis, 'call')
    watch.ready(redis)
    expect(call.mock.calls).toEqual([
      ['CLIENT', 'MAINT_NOTIFICATIONS', 'ON', 'moving-endpoint-type', 'internal-ip'],
    ])
    await until('the answer', () => counters().maintenance_accepted === 1)
    expect(refusals).toEqual([])
    expect(measured.connection.held).toBe(0)
  })

  it('forgets what was announced before', () => {
    const { watch, clock } = watched()
    watch.announced.hear('MIGRATING', 1, 0, clock.now())
    clock.advance(10)
    watch.ready(measured.connection.redis)
    expect(watch.announced.until).toBe(1010)
  })
})

describe('meanwhile', () => {
  it('silence is put up with for longer, when relaxing', () => {
    const { watch, clock } = watched()
    expect(watch.patienceMillis(1000)).toBe(0)
    watch.announced.hear('MOVING', 1, 500, clock.now())
    expect(watch.patienceMillis(1499)).toBe(10_000)
    expect(watch.patienceMillis(1500)).toBe(0)
    const observing = watched(false)
    observing.watch.announced.hear('MOVING', 1, 500, 1000)
    expect(observing.watch.patienceMillis(1100)).toBe(0)
  })

  it('connections under maintenance are counted by what was announced', () => {
    const { watch, watches, read } = watched()
    watch.announced.hear('FAILING_OVER', 1, 500, 1000)
    watches.watch({ thread: 0, connection: 4 })
    watches.inspect(1100)
    expect(read(0).gauges).toMatchObject({ announced_FAILING_OVER: 1, announced_MOVING: 0 })
    watches.inspect(100_000)
    expect(read(0).gauges.announced_FAILING_OVER).toBe(0)
  })

  it('a lost connection is put down to it', () => {
    const { watch, clock, losses } = watched()
    watch.announced.hear('MOVING', 9, 500, clock.now())
    clock.advance(400)
    watch.lost()
    expect(losses).toEqual([{ server: null, notification: 'MOVING', sequence: 9, after_ms: 400 }])
  })

  it('commands are counted apart, when something was announced after they were sent', () => {
    const { watch, ledger, counters, read } = watched()
    const tally = new MaintenanceTally(ledger, {
      commandTimeoutMillis: 100,
      relaxedTimeoutMillis: 1000,
      slowMillis: 50,
    })
    const call = measured.connection.take()
    call.phase = MEASURE
    call.sentAt = 990
    expect(tally.covers(call)).toBe(false)
    watch.announced.hear('MIGRATING', 1, 0, 1000)
    expect(tally.covers(call)).toBe(true)
    watch.announced.hear('MIGRATED', 2, null, 1005)
    expect(tally.covers(call)).toBe(true)
    call.sentAt = 1005
    expect(tally.covers(call)).toBe(false)
    tally.settled(call, OK, 0, 10)
    tally.settled(call, OK, 0, 60)
    tally.settled(call, OK, 0, 150)
    tally.settled(call, FAILED, errorCodeIndex('OOM'), 1)
    tally.settled(call, INDETERMINATE, errorCodeIndex('command_deadline'), 1000)
    call.phase = 1 - MEASURE
    tally.settled(call, OK, 0, 10)
    expect(counters()).toMatchObject({
      maintenance_ok: 3,
      maintenance_failed: 1,
      maintenance_indeterminate: 1,
      maintenance_memory_error: 1,
      maintenance_timeout: 1,
      maintenance_slow: 3,
      maintenance_rescued: 1,
    })
    expect(read(0).histograms.maintenance_service.count).toBe(3)
  })
})
