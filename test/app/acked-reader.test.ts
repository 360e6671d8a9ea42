import { beforeEach, describe, expect, it, vi } from 'vitest'
import { AckedReader } from '../../src/app/acked-reader.ts'
import { AckedServers } from '../../src/app/acked-servers.ts'
import { AckedVoids } from '../../src/app/acked-voids.ts'
import type { AckedWritesRecord } from '../../src/model/acked-writes.ts'
import { AuditLists, sequenceOf } from '../../src/workload/acked/audit-lists.ts'
import { allocateFates, SEGMENT_WRITES, WriteFates } from '../../src/workload/acked/write-fates.ts'
import { FakeDeployment } from '../support/deployment.ts'

const BEGAN = 1_700_000_000_000
const PLAN = { share: 0.1, examples: 3, read_back_ms: 5000, patience_ms: 800 }
const MASTER = '127.0.0.1:1'

/** A reader of one thread whose writes the test makes itself, on servers that are not there, at times that it sets. */
class Bench {
  readonly deployment = new FakeDeployment(MASTER)
  readonly fates = new WriteFates(allocateFates(1))
  readonly lists: AuditLists
  readonly told: AckedWritesRecord[] = []
  readonly reader: AckedReader
  readonly voids: AckedVoids
  millis = 1000
  #readings = 0

  constructor(topology: 'standalone' | 'cluster' | 'sentinel' = 'standalone') {
    this.deployment.topology = topology
    this.lists = new AuditLists({ keyPrefix: 'p', topology, clients: 1000 })
    const servers = new AckedServers(this.deployment)
    this.voids = new AckedVoids(servers)
    this.reader = new AckedReader({
      plan: PLAN,
      lists: this.lists,
      threads: [{ fates: this.fates, firstConnection: 5 }],
      servers,
      voids: this.voids,
      now: () => BEGAN + this.millis,
      beganAtMillis: BEGAN,
      onRead: (record, isNews) => {
        this.#readings++
        if (isNews) this.told.push(record)
      },
    })
  }

  keyOf(ordinal: number, list = 0): string {
    return this.lists.keyOf(5, list, ordinal)
  }

  /** Opens a segment and makes so many acknowledged writes in it, on the server too. */
  write(ordinal: number, count: number, list = 0): number {
    const segment = this.fates.take()
    this.fates.open(segment, list, ordinal)
    for (let made = 0; made < count; made++) {
      const place = this.fates.issue(segment)
      this.fates.settle(segment, place, 'acknowledged', this.millis)
      this.deployment.push(this.keyOf(ordinal, list), String(sequenceOf(ordinal, place)))
    }
    return segment
  }

  /** A look, so much later, and what it starts. */
  async lookAfter(millis: number): Promise<void> {
    const before = this.#readings
    this.millis += millis
    this.reader.look()
    for (let tries = 0; tries < 200 && this.#readings === before; tries++)
      await new Promise((resolve) => {
        setTimeout(resolve, 5)
      })
    expect(this.#readings).toBe(before + 1)
    // The reading is over when its promise is.
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

let bench: Bench
beforeEach(() => {
  bench = new Bench()
})

describe('AckedReader while the load goes on', () => {
  it('removes a full list that is read back a minute after its last write, and gives its memory back', async () => {
    const segment = bench.write(0, SEGMENT_WRITES)
    bench.write(1, 10)
    await bench.lookAfter(0)
    expect(bench.deployment.store.size).toBe(2)
    await bench.lookAfter(59_000)
    expect([...bench.fates.used()].map(({ index }) => index)).toContain(segment)
    await bench.lookAfter(5000)
    expect([...bench.deployment.store.keys()]).toEqual([bench.keyOf(1)])
    expect([...bench.fates.used()].map(({ ordinal }) => ordinal)).toEqual([1])
    expect(await bench.reader.finish(1000)).toMatchObject({
      lists: 2,
      acknowledged: SEGMENT_WRITES + 10,
      confirmed: SEGMENT_WRITES + 10,
      lost: 0,
      complete: true,
    })
  })

  it('does not ask again for what is complete and was read, until it is old', async () => {
    bench.write(0, SEGMENT_WRITES)
    await bench.lookAfter(0)
    const asked = bench.deployment.callsOf('LRANGE')
    await bench.lookAfter(10_000)
    expect(bench.deployment.callsOf('LRANGE')).toBe(asked)
    bench.reader.auditNow('after a fault')
    await bench.lookAfter(0).catch(() => {})
    expect(bench.deployment.callsOf('LRANGE')).toBeGreaterThan(asked)
  })

  it('believes a loss when it has seen it twice, and keeps it for the end', async () => {
    bench.write(0, SEGMENT_WRITES)
    bench.deployment.store.set(bench.keyOf(0), ['0', '1'])
    await bench.lookAfter(61_000)
    expect(bench.deployment.store.size).toBe(1)
    await bench.lookAfter(5000)
    expect(bench.deployment.store.size).toBe(0)
    const record = await bench.reader.finish(1000)
    expect(record).toMatchObject({ lost: 254, confirmed: 2, lost_from_ms: BEGAN + 1000 })
    expect(record.examples.map(({ sequence }) => sequence)).toEqual([2, 3, 4])
  })

  it('takes a loss back when the writes are there after all', async () => {
    bench.write(0, 3)
    const whole = bench.deployment.store.get(bench.keyOf(0))!
    bench.deployment.store.delete(bench.keyOf(0))
    await bench.lookAfter(0)
    expect(bench.told.at(-1)).toMatchObject({ lost: 3, confirmed: 0 })
    bench.deployment.store.set(bench.keyOf(0), whole)
    expect(await bench.reader.finish(1000)).toMatchObject({ lost: 0, confirmed: 3, lost_from_ms: null })
  })

  it('never judges a list again that it has asked to remove, even if nobody answered', async () => {
    bench.write(0, SEGMENT_WRITES)
    bench.deployment.failing.add('UNLINK')
    await bench.lookAfter(61_000)
    // It was executed all the same.
    bench.deployment.store.clear()
    await bench.lookAfter(5000)
    bench.deployment.failing.clear()
    await bench.lookAfter(5000)
    expect([...bench.fates.used()]).toEqual([])
    expect(await bench.reader.finish(1000)).toMatchObject({ lost: 0, confirmed: SEGMENT_WRITES, lists: 1 })
  })

  it('gives the memory of a list back once, though another one could not be removed', async () => {
    bench.write(0, SEGMENT_WRITES)
    bench.write(1, SEGMENT_WRITES)
    const released: number[] = []
    const release = bench.fates.release.bind(bench.fates)
    bench.fates.release = (segment) => {
      released.push(segment)
      release(segment)
    }
    const call = bench.deployment.call.bind(bench.deployment)
    let refusals = 1
    bench.deployment.call = async (address, command, args) => {
      if (command === 'UNLINK' && args[0] === bench.keyOf(0) && refusals-- > 0) throw new Error('reset')
      if (command === 'UNLINK')
        await new Promise((resolve) => {
          setTimeout(resolve, 50)
        })
      return await call(address, command, args)
    }
    await bench.lookAfter(61_000)
    await bench.lookAfter(5000)
    await bench.lookAfter(5000)
    expect(released.toSorted((a, b) => a - b)).toEqual([0, 1])
    expect(await bench.reader.finish(1000)).toMatchObject({ lists: 2, confirmed: 2 * SEGMENT_WRITES })
  })

  it('does not read a list again that it has judged, when it tries again to remove it', async () => {
    bench.write(0, SEGMENT_WRITES)
    bench.deployment.failing.add('UNLINK')
    bench.millis += 61_000
    bench.reader.auditNow('after a fault')
    await vi.waitFor(() => expect(bench.told).toHaveLength(1), { timeout: 4000 })
    expect(bench.deployment.callsOf('UNLINK')).toBeGreaterThan(1)
    expect(bench.deployment.callsOf('LRANGE')).toBe(1)
    expect(bench.told[0]!.readings.at(-1)).toMatchObject({ unread_lists: 0, error: 'ECONNRESET' })
    expect(bench.told[0]).toMatchObject({ acknowledged: SEGMENT_WRITES, confirmed: SEGMENT_WRITES })
  })

  it('takes no replica that has not copied its master yet for the server', async () => {
    bench.write(0, 5)
    bench.deployment.store.clear()
    bench.deployment.role = 'replica'
    bench.deployment.isCopying = true
    await bench.lookAfter(0)
    const error = `${MASTER} is a replica that has not copied its master yet`
    expect(bench.told.at(-1)).toMatchObject({ lost: 0, readings: [{ reason: 'interval', error }] })
  })

  it('tells of a reading that found nothing new once a minute only', async () => {
    bench.write(0, 1)
    await bench.lookAfter(0)
    for (let look = 0; look < 20; look++) await bench.lookAfter(5000)
    expect(bench.told).toHaveLength(2)
    expect(bench.told.at(-1)!.readings).toHaveLength(1)
  })
})

describe('AckedReader at the end', () => {
  it('tries again until the server answers', async () => {
    bench.write(0, 5)
    bench.deployment.isDown = true
    setTimeout(() => {
      bench.deployment.isDown = false
    }, 50)
    const { confirmed, complete, readings } = await bench.reader.finish(1000)
    expect({ confirmed, complete }).toEqual({ confirmed: 5, complete: true })
    expect(readings.at(-1)).toMatchObject({ reason: 'end', error: null, unread_lists: 0 })
  })

  it('gives up when its time is over, and confirms nothing', async () => {
    bench.write(0, 5)
    await bench.lookAfter(0)
    bench.deployment.isDown = true
    const { confirmed, unread, lost, complete, readings } = await bench.reader.finish(60_000)
    expect({ confirmed, unread, lost, complete }).toEqual({
      confirmed: 0,
      unread: 5,
      lost: 0,
      complete: false,
    })
    expect(readings.at(-1)).toMatchObject({ unread_lists: 1, error: 'ECONNREFUSED' })
  })

  it('ends sooner when the user waits', async () => {
    bench.write(0, 5)
    bench.deployment.isDown = true
    const startedAt = performance.now()
    bench.reader.hurry(20)
    expect(await bench.reader.finish(60_000)).toMatchObject({ complete: false })
    expect(performance.now() - startedAt).toBeLessThan(PLAN.patience_ms)
  })

  it('does not wait for one list after the other when a server stops answering', async () => {
    for (let ordinal = 0; ordinal < 200; ordinal++) bench.write(ordinal, 1)
    const call = bench.deployment.call.bind(bench.deployment)
    bench.deployment.call = async (address, command, args) =>
      command === 'LRANGE' ? await new Promise(() => {}) : await call(address, command, args)
    const startedAt = performance.now()
    expect(await bench.reader.finish(60_000)).toMatchObject({ unread: 200, complete: false })
    expect(performance.now() - startedAt).toBeLessThan(2 * PLAN.patience_ms)
  })

  it('removes what can be removed, and says that something is left', async () => {
    bench = new Bench('cluster')
    for (let list = 0; list < bench.lists.perConnection; list++) bench.write(0, 2, list)
    bench.deployment.isHalf = true
    bench.deployment.failing.add('UNLINK')
    expect(await bench.reader.removeLists(500)).toBe(false)
    bench.deployment.failing.clear()
    expect(await bench.reader.removeLists(500)).toBe(false)
    expect(bench.deployment.store.size).toBe(2)
    bench.deployment.isHalf = false
    expect(await bench.reader.removeLists(500)).toBe(true)
    expect(bench.deployment.store.size).toBe(0)
  })

  it('does not ask again when it may not read', async () => {
    bench.write(0, 5)
    bench.deployment.denied.add('LRANGE')
    const { readings } = await bench.reader.finish(60_000)
    expect(readings.at(-1)).toMatchObject({ error: 'NOPERM', unread_lists: 1 })
    expect(bench.deployment.callsOf('LRANGE')).toBe(1)
  })

  it('waits for a single server that is copying another, and then reads what that one left', async () => {
    bench.write(0, 5)
    bench.deployment.role = 'replica'
    bench.deployment.isCopying = true
    setTimeout(() => {
      bench.deployment.isCopying = false
      bench.deployment.store.clear()
    }, 50)
    expect(await bench.reader.finish(60_000)).toMatchObject({ lost: 5, confirmed: 0, complete: true })
  })

  it('waits for a master where Sentinels say who it is', async () => {
    bench = new Bench('sentinel')
    bench.write(0, 5)
    bench.deployment.role = 'replica'
    setTimeout(() => {
      bench.deployment.role = 'master'
    }, 50)
    expect(await bench.reader.finish(60_000)).toMatchObject({ confirmed: 5, complete: true })
  })

  it('asks in a Cluster whoever has the slot, and nobody else', async () => {
    bench = new Bench('cluster')
    for (let list = 0; list < bench.lists.perConnection; list++) bench.write(0, 2, list)
    const { confirmed, complete } = await bench.reader.finish(60_000)
    expect({ confirmed, complete }).toEqual({ confirmed: 8, complete: true })
    expect(new Set(bench.deployment.askedFor('LRANGE'))).toEqual(new Set(['127.0.0.1:1', '127.0.0.1:2']))
    expect(bench.deployment.misdirected).toBe(0)
  })

  it('reads all lists though one master does not say whether it evicts keys, and is not complete', async () => {
    bench = new Bench('cluster')
    for (let list = 0; list < bench.lists.perConnection; list++) bench.write(0, 2, list)
    bench.deployment.failing.add('INFO 127.0.0.1:2')
    const { confirmed, unread, complete, readings } = await bench.reader.finish(300)
    expect({ confirmed, unread, complete }).toEqual({ confirmed: 8, unread: 0, complete: false })
    expect(readings.at(-1)).toMatchObject({ unread_lists: 0, error: 'ECONNRESET' })
  })

  it('leaves unread what is in slots that nobody has', async () => {
    bench = new Bench('cluster')
    for (let list = 0; list < bench.lists.perConnection; list++) bench.write(0, 2, list)
    bench.deployment.isHalf = true
    const { confirmed, unread, readings } = await bench.reader.finish(60_000)
    expect({ confirmed, unread }).toEqual({ confirmed: 4, unread: 4 })
    expect(readings.at(-1)).toMatchObject({ unread_lists: 2, error: 'no master has the slot' })
  })
})

describe('AckedVoids', () => {
  it.each([
    [
      { maxmemory_policy: 'allkeys-lru', maxmemory: '100' },
      'the server may evict any key (maxmemory-policy allkeys-lru)',
    ],
    [{ maxmemory_policy: 'allkeys-lru', maxmemory: '0' }, null],
    [{ maxmemory_policy: 'volatile-lru', maxmemory: '100' }, null],
    [{ evicted_keys: '12' }, 'the server evicted 5 keys'],
    [{ cmdstat_flushdb: 'calls=1,usec=1' }, 'the database was emptied (FLUSHALL, FLUSHDB or SWAPDB)'],
    [{ run_id: 'another', evicted_keys: '0' }, null],
    [{ run_id: 'another', evicted_keys: '1' }, 'the server evicted 1 keys'],
  ])('%j: %s', async (later, reason) => {
    bench.deployment.info = {
      run_id: 'one',
      evicted_keys: '7',
      maxmemory_policy: 'noeviction',
      maxmemory: '0',
    }
    await bench.voids.begin(100)
    expect(bench.voids.reason).toBeNull()
    bench.deployment.info = { ...bench.deployment.info, ...later }
    await bench.voids.look([MASTER], 100)
    expect(bench.voids.reason).toBe(reason)
  })

  it('is void when the server does not say', async () => {
    bench.deployment.denied.add('INFO')
    await bench.voids.begin(100)
    expect(bench.voids.reason).toBe('the server does not say whether it evicts keys: NOPERM')
  })
})
