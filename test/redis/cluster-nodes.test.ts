import { type Cluster, Redis } from 'ioredis'
import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { ConnectionAttempt, Outage } from '../../src/model/connection-event.ts'
import type { LedgerWriter } from '../../src/model/ledger.ts'
import { ClusterNodes } from '../../src/redis/cluster-nodes.ts'
import { LifeCycle } from '../../src/redis/life-cycle.ts'

/** A Cluster client that knows one node, and what is measured of it. */
class Bench {
  readonly attempts: ConnectionAttempt[] = []
  readonly outages: Outage[] = []
  readonly counted: string[] = []
  readonly recorded: [string, number][] = []
  at = 0
  #current: Redis | undefined
  readonly #cluster = Object.assign(new EventEmitter(), {
    connectionPool: { getInstanceByKey: () => this.#current },
  })

  constructor() {
    const ledger = {
      count: (name: string) => this.counted.push(name),
      recordThread: (name: string, micros: number) => this.recorded.push([name, micros]),
      countNode() {},
      countDrop() {},
      countAttemptError() {},
    } as unknown as LedgerWriter
    const listener = {
      attempt: (attempt: ConnectionAttempt) => void this.attempts.push(attempt),
      outage: (outage: Outage) => void this.outages.push(outage),
    }
    void new ClusterNodes(this.#cluster as unknown as Cluster, {
      clock: { now: () => this.at },
      indexOf: () => 0,
      maintenanceOf: () => undefined,
      lifeCycleOf: (node) =>
        new LifeCycle({ thread: 0, connection: 0, node }, { ledger, listener, toEpochMillis: (at) => at }),
      silence: undefined,
      onReady() {},
    })
  }

  /** The client comes to know the node, again if it knew it before. */
  add(): Redis {
    const redis = new Redis({ host: 'a', port: 1, lazyConnect: true })
    this.#current = redis
    this.#cluster.emit('+node', redis)
    return redis
  }

  remove(): void {
    this.#current = undefined
    this.#cluster.emit('refresh')
  }

  tell(redis: Redis, at: number, ...events: readonly string[]): void {
    this.at = at
    for (const event of events) redis.emit(event)
  }
}

describe('ClusterNodes, when a node gets another connection', () => {
  it('times it right, though the one before it is closed in the middle of its dial', () => {
    const bench = new Bench()
    const before = bench.add()
    bench.tell(before, 0, 'connecting')
    bench.tell(before, 5, 'connect', 'ready')
    const after = bench.add()
    bench.tell(after, 100, 'connecting')
    bench.tell(before, 102, 'close')
    bench.tell(after, 107, 'connect', 'ready')
    expect(bench.attempts.map(({ ok, duration_ms }) => [ok, duration_ms])).toEqual([
      [true, 5],
      [true, 7],
    ])
    expect(bench.recorded.every(([, micros]) => Number.isFinite(micros))).toBe(true)
    expect(bench.counted).not.toContain('outages')
  })

  it('sees the loss of the new one, though the one before it was closed after it was ready', () => {
    const bench = new Bench()
    const before = bench.add()
    bench.tell(before, 0, 'connecting', 'connect', 'ready')
    bench.remove()
    const after = bench.add()
    bench.tell(after, 100, 'connecting', 'connect', 'ready')
    bench.tell(before, 2000, 'close')
    bench.tell(after, 3000, 'close')
    bench.tell(after, 3100, 'connecting')
    bench.tell(after, 3200, 'connect', 'ready')
    expect(bench.counted.filter((name) => name !== 'dials')).toEqual(['outages', 'reconnections'])
    expect(bench.outages).toMatchObject([{ lost_at_ms: 3000, duration_ms: 200, end: 'reconnected' }])
  })

  it('does not take the failed dial of the new one for a loss', () => {
    const bench = new Bench()
    bench.tell(bench.add(), 0, 'connecting', 'connect', 'ready')
    const after = bench.add()
    bench.tell(after, 100, 'connecting')
    bench.tell(after, 103, 'close')
    expect(bench.attempts.map(({ ok }) => ok)).toEqual([true, false])
    expect(bench.counted).not.toContain('outages')
  })

  it('ends an outage when the node is not there any more, once, and begins anew when it comes back', () => {
    const bench = new Bench()
    const before = bench.add()
    bench.tell(before, 0, 'connecting', 'connect', 'ready')
    bench.tell(before, 1000, 'close')
    bench.tell(before, 1500, 'connecting')
    bench.at = 2000
    bench.remove()
    bench.at = 3000
    const after = bench.add()
    bench.tell(after, 3000, 'connecting', 'connect', 'ready')
    bench.tell(before, 4000, 'close')
    expect(bench.outages).toMatchObject([{ lost_at_ms: 1000, duration_ms: 1000, end: 'superseded' }])
    expect(bench.counted.filter((name) => name.startsWith('outages'))).toEqual([
      'outages',
      'outages_superseded',
    ])
  })
})
