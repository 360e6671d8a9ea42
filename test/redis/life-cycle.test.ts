import { describe, expect, it } from 'vitest'
import type { ConnectionAttempt, Outage } from '../../src/model/connection-event.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { LifeCycle } from '../../src/redis/life-cycle.ts'
import { createLedger } from '../support/ledger.ts'

const NO_LOSS = { lastReplyAt: 0, oldestLostAt: Number.POSITIVE_INFINITY }
const REFUSED = errorCodeIndex('ECONNREFUSED')

function createLifeCycle(): {
  life: LifeCycle
  read: ReturnType<typeof createLedger>['read']
  attempts: ConnectionAttempt[]
  outages: Outage[]
} {
  const { ledger, read } = createLedger()
  const attempts: ConnectionAttempt[] = []
  const outages: Outage[] = []
  const life = new LifeCycle(
    { thread: 1, connection: 7 },
    {
      ledger,
      listener: { attempt: (attempt) => attempts.push(attempt), outage: (outage) => outages.push(outage) },
      toEpochMillis: (at) => 1_000_000 + at,
    },
  )
  return { life, read, attempts, outages }
}

describe('LifeCycle', () => {
  it('times the first connect from the dial to ready', () => {
    const { life, read, attempts, outages } = createLifeCycle()
    life.connecting(10)
    life.established(13)
    life.ready(18)
    const { histograms, counters } = read()
    expect(histograms.first_connect_success).toMatchObject({ count: 1, maxMicros: 8000 })
    expect(histograms.attempt_success.count).toBe(1)
    expect(counters).toMatchObject({ dials: 1, outages: 0, reconnections: 0 })
    expect(attempts).toEqual([
      {
        thread: 1,
        connection: 7,
        server: null,
        started_at_ms: 1_000_010,
        duration_ms: 8,
        connect_ms: 3,
        phases: {},
        failed_in: null,
        reached: null,
        ok: true,
        cause: 'none',
        reconnection: false,
      },
    ])
    expect(outages).toEqual([])
  })

  it('counts a first connect that fails, by its cause, and the one that succeeds', () => {
    const { life, read } = createLifeCycle()
    life.connecting(0)
    life.failed(REFUSED)
    life.closed(2, NO_LOSS)
    life.backingOff(50)
    life.connecting(52)
    life.ready(55)
    const { histograms, attemptErrors, counters, drops } = read()
    expect(histograms.first_connect_error).toMatchObject({ count: 1, maxMicros: 2000 })
    expect(histograms.first_connect_success).toMatchObject({ count: 1, maxMicros: 3000 })
    expect([...attemptErrors]).toEqual([[REFUSED, 1]])
    expect(counters).toMatchObject({ outages: 0, reconnections: 0 })
    expect(drops.size).toBe(0)
  })

  it('measures an outage from the loss to ready again, with failed attempts and backoff inside', () => {
    const { life, read, outages } = createLifeCycle()
    life.connecting(0)
    life.ready(1)
    life.closed(100, { lastReplyAt: 60, oldestLostAt: 70 })
    expect(life.isDown).toBe(true)
    life.backingOff(50)
    life.connecting(150)
    life.failed(REFUSED)
    life.closed(151, NO_LOSS)
    life.backingOff(100)
    life.connecting(251)
    life.established(254)
    life.ready(260)
    expect(life.isDown).toBe(false)
    const { histograms, counters, drops } = read()
    expect(histograms.reconnection).toMatchObject({ count: 1, maxMicros: 160_000 })
    expect(histograms.backoff.maxMicros).toBe(150_000)
    // The server had answered something at 60, but the lost command was only sent at 70.
    expect(histograms.detection.maxMicros).toBe(30_000)
    // The successful reconnection is no first connect.
    expect(histograms.first_connect_success.count).toBe(1)
    expect(histograms.attempt_success.count).toBe(2)
    expect(counters).toMatchObject({ outages: 1, reconnections: 1, dials: 3 })
    expect([...drops]).toEqual([[errorCodeIndex('closed'), 1]])
    expect(outages).toEqual([
      {
        thread: 1,
        connection: 7,
        server: null,
        lost_at_ms: 1_000_100,
        duration_ms: 160,
        finished: true,
        end: 'reconnected',
        cause: 'closed',
        detection_ms: 30,
        backoff_ms: 150,
        handshake_ms: 6,
        attempts: 2,
        from: null,
        to: null,
      },
    ])
  })

  it('splits an attempt into phases, and knows in which one it failed', () => {
    const { life, read, attempts } = createLifeCycle()
    life.connecting(0)
    life.phase('sentinel', 0)
    life.phase('tcp', 4)
    life.failed(REFUSED)
    life.closed(5, NO_LOSS)
    life.connecting(50)
    life.phase('dns', 50)
    life.phase('tcp', 52)
    life.phase('tls', 55)
    life.phase('handshake', 60)
    life.established(60, '127.0.0.1:7001')
    life.phase('ready', 67)
    life.ready(80)
    expect(attempts.map(({ phases, failed_in, reached }) => ({ phases, failed_in, reached }))).toEqual([
      { phases: { sentinel: 4, tcp: 1 }, failed_in: 'tcp', reached: null },
      {
        phases: { dns: 2, tcp: 3, tls: 5, handshake: 7, ready: 13 },
        failed_in: null,
        reached: '127.0.0.1:7001',
      },
    ])
    const { histograms } = read()
    expect(histograms.connect_sentinel).toMatchObject({ count: 1, maxMicros: 4000 })
    expect(histograms.connect_tcp).toMatchObject({ count: 1, maxMicros: 3000 })
    expect(histograms.connect_tcp_failed).toMatchObject({ count: 1, maxMicros: 1000 })
    expect(histograms.connect_ready).toMatchObject({ count: 1, maxMicros: 13_000 })
    expect(histograms.connect_ready_failed.count).toBe(0)
  })

  it('does not time what comes after the end of an attempt', () => {
    const { life, read } = createLifeCycle()
    life.connecting(0)
    life.phase('tcp', 0)
    life.closed(3, NO_LOSS)
    life.phase('handshake', 4)
    life.connecting(10)
    life.phase('tcp', 10)
    life.ready(11)
    const { histograms } = read()
    expect(histograms.connect_tcp).toMatchObject({ count: 1, maxMicros: 1000 })
    expect(histograms.connect_handshake.count + histograms.connect_handshake_failed.count).toBe(0)
  })

  it('knows where a connection was lost and where it came back', () => {
    const { life, read, outages } = createLifeCycle()
    life.connecting(0)
    life.established(1, '127.0.0.1:7001')
    life.ready(2)
    life.closed(10, NO_LOSS)
    life.connecting(11)
    life.established(12, '127.0.0.1:7002')
    life.ready(13)
    life.closed(20, NO_LOSS)
    expect(outages).toMatchObject([{ from: '127.0.0.1:7001', to: '127.0.0.1:7002' }])
    expect(life.stop(30)).toMatchObject({ from: '127.0.0.1:7002', to: null, finished: false })
    expect(read().counters).toMatchObject({ reconnections: 1, moved_connections: 1 })
  })

  it('counts Sentinels that did not help', () => {
    const { life, read } = createLifeCycle()
    life.sentinelFailed('sentinel_refused')
    life.sentinelFailed('sentinel_refused')
    life.sentinelFailed('sentinel_no_server')
    expect(read().counters).toMatchObject({
      sentinel_unreachable: 0,
      sentinel_refused: 2,
      sentinel_no_server: 1,
    })
  })

  it('has no detection delay when nobody was waiting', () => {
    const { life, read } = createLifeCycle()
    life.connecting(0)
    life.ready(1)
    life.closed(5000, { lastReplyAt: 2, oldestLostAt: Number.POSITIVE_INFINITY })
    life.connecting(5050)
    life.ready(5051)
    expect(read().histograms.detection.maxMicros).toBe(0)
  })

  it('puts a loss down to its first cause', () => {
    const { life, read } = createLifeCycle()
    life.connecting(0)
    life.ready(1)
    life.failed(errorCodeIndex('ECONNRESET'))
    life.failed(errorCodeIndex('EPIPE'))
    life.closed(5, NO_LOSS)
    expect([...read().drops]).toEqual([[errorCodeIndex('ECONNRESET'), 1]])
  })

  it('reports an outage that is not over when the run is', () => {
    const { life, read } = createLifeCycle()
    life.connecting(0)
    life.ready(1)
    life.closed(100, NO_LOSS)
    expect(life.stop(700)).toMatchObject({ finished: false, duration_ms: 600, cause: 'closed' })
    // Our own closing is no outage.
    life.closed(800, NO_LOSS)
    life.ready(900)
    expect(read().counters).toMatchObject({ outages: 1, reconnections: 0 })
    expect(read().histograms.reconnection.count).toBe(0)
  })
})
