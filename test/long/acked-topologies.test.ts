import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { AckedReader } from '../../src/app/acked-reader.ts'
import { AckedServers } from '../../src/app/acked-servers.ts'
import { AckedVoids } from '../../src/app/acked-voids.ts'
import { openDeployment } from '../../src/app/deployment.ts'
import type { AckedWritesRecord } from '../../src/model/acked-writes.ts'
import { AuditLists, sequenceOf } from '../../src/workload/acked/audit-lists.ts'
import { allocateFates, WriteFates } from '../../src/workload/acked/write-fates.ts'
import { acked, elementCount, readLists } from '../e2e/support/acked-writes.ts'
import { run, startRun } from '../e2e/support/command-line.ts'
import { startCluster } from '../e2e/support/redis-cluster.ts'
import { startSentinels } from '../e2e/support/redis-sentinel.ts'
import { until } from '../e2e/support/until.ts'
import { planOf } from '../support/plan.ts'

const NO_SECRETS = { password: null, sentinelPassword: null, tlsKeyPassphrase: null }
const opened: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close()
})

type Client = Pick<Redis, 'rpush'>

/** Writes of a client of the test, as a load thread would remember them, and the reader of a run. */
class Writes {
  readonly reader: AckedReader
  readonly #lists: AuditLists
  readonly #fates = new WriteFates(allocateFates(16))
  readonly #segments: number[] = []
  acknowledged = 0
  #isOver = false
  #pending: Promise<unknown>[] = []

  constructor(flags: Record<string, string>) {
    const { plan } = planOf({ ...flags, 'acked_writes.share': '1', 'acked_writes.patience': '20s' })
    const { topology } = plan.target
    this.#lists = new AuditLists({ keyPrefix: 'p', topology, clients: 1 })
    const deployment = openDeployment(plan, NO_SECRETS)
    opened.push(() => deployment.close())
    const servers = new AckedServers(deployment)
    this.reader = new AckedReader({
      plan: plan.acked_writes,
      lists: this.#lists,
      threads: [{ fates: this.#fates, firstConnection: 0 }],
      servers,
      voids: new AckedVoids(servers),
      now: () => Date.now(),
      beganAtMillis: 0,
      onRead() {},
    })
    for (let list = 0; list < this.#lists.perConnection; list++) {
      const segment = this.#fates.take()
      this.#segments.push(segment)
      this.#fates.open(segment, list, 0)
    }
  }

  /** One write to each list, a hundred times a second, until it is told to stop or the segments are full. */
  begin(client: Client): void {
    let rounds = 0
    const writing = setInterval(() => {
      if (this.#isOver || ++rounds > 250) clearInterval(writing)
      else for (const list of this.#segments.keys()) this.#pending.push(this.#write(client, list))
    }, 10)
    opened.push(() => clearInterval(writing))
  }

  /** Makes no more, and waits for all answers. */
  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#pending)
  }

  async finish(): Promise<AckedWritesRecord> {
    await this.stop()
    return await this.reader.finish(30_000)
  }

  async #write(client: Client, list: number): Promise<void> {
    const segment = this.#segments[list]!
    const place = this.#fates.issue(segment)
    try {
      await client.rpush(this.#lists.keyOf(0, list, 0), sequenceOf(0, place))
      this.#fates.settle(segment, place, 'acknowledged', Date.now() % 1e9)
      this.acknowledged++
    } catch (error) {
      const isRefused = (error as Error).name === 'ReplyError'
      this.#fates.settle(segment, place, isRefused ? 'refused' : 'unknown', Date.now() % 1e9)
    }
  }
}

function clientOf(port: number): Redis {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, readOnly: true })
  client.on('error', () => {})
  opened.push(() => client.disconnect())
  return client
}

describe('audit writes with Sentinel', () => {
  it('loses with SENTINEL FAILOVER exactly what a reader of both servers finds on the old master alone', async () => {
    const sentinels = await startSentinels({ replicas: 1 })
    opened.push(() => sentinels.stop())
    const nodes = sentinels.sentinels.map((address) => ({
      host: '127.0.0.1',
      port: Number(address.split(':')[1]),
    }))
    const load = new Redis({ sentinels: nodes, name: 'mymaster' })
    load.on('error', () => {})
    opened.push(() => load.disconnect())
    const writes = new Writes({
      'target.topology': 'sentinel',
      'target.sentinel.nodes': sentinels.sentinels.join(','),
    })
    const [old, next] = sentinels.servers
    const [oldClient, nextClient] = [clientOf(old!.port), clientOf(next!.port)]
    writes.begin(load)
    await until('some load', () => writes.acknowledged > 50)
    const sentinel = clientOf(nodes[0]!.port)
    await sentinel.call('SENTINEL', 'FAILOVER', 'mymaster')
    await until('a new master', async () => (await sentinels.master()) === `127.0.0.1:${next!.port}`)
    const kept = elementCount(await readLists(nextClient))
    // Nobody told the client, which goes on writing to the old one until that is told to follow.
    await until('writes that only the old one has', async () =>
      elementCount(await readLists(oldClient)) > kept + 50 ? true : undefined,
    )
    await writes.stop()
    const had = elementCount(await readLists(oldClient))
    await until('the old master follows', async () =>
      (await oldClient.info('replication').catch(() => '')).includes('role:slave'),
    )
    const record = await writes.finish()
    expect(record).toMatchObject({ complete: true, lost: had - kept, acknowledged: writes.acknowledged })
    expect(record.confirmed).toBe(record.acknowledged - record.lost)
    expect(record.confirmed + record.applied_unacknowledged + record.duplicated).toBe(
      elementCount(await readLists(nextClient)),
    )
  }, 60_000)
})

describe('audit writes of a run through Sentinels', () => {
  it('finds what SENTINEL FAILOVER loses with the default options of the client', async () => {
    const sentinels = await startSentinels({ replicas: 1 })
    opened.push(() => sentinels.stop())
    const [old, next] = sentinels.servers
    const [oldClient, nextClient] = [clientOf(old!.port), clientOf(next!.port)]
    const running = startRun([
      ...['--topology', 'sentinel', '--sentinels', sentinels.sentinels.join(','), '--preset', 'as-app'],
      ...['--warmup', '0', '--duration', '25', '--clients', '4', '--target-ops-per-second', '500'],
      ...['--audit-writes', '20%', '--no-cleanup'],
    ])
    await until('some load', async () => elementCount(await readLists(oldClient)) > 50)
    const sentinel = clientOf(Number(sentinels.sentinels[0]!.split(':')[1]))
    await sentinel.call('SENTINEL', 'FAILOVER', 'mymaster')
    await until('a new master', async () => (await sentinels.master()) === `127.0.0.1:${next!.port}`)
    const kept = new Set(sequences(await readLists(nextClient)))
    // The old one is looked at as long as it is a master: what it holds then and the new one never gets is lost.
    const had = new Set<string>()
    await until('the old master follows', async () => {
      const lists = await readLists(oldClient).catch(() => new Map<string, string[]>())
      const isMaster = (await oldClient.info('replication').catch(() => '')).includes('role:master')
      if (isMaster) for (const one of sequences(lists)) had.add(one)
      return !isMaster && lists.size > 0
    })
    const { code } = await running.ended
    const there = sequences(await readLists(nextClient))
    const { lost, acknowledged, confirmed, applied_unacknowledged, complete, duplicated } = acked(
      running.result(),
    )
    expect({ code, complete }).toEqual({ code: 0, complete: true })
    expect(confirmed + applied_unacknowledged).toBe(new Set(there).size)
    expect(duplicated).toBe(there.length - new Set(there).size)
    expect(lost).toBe(acknowledged - confirmed)
    const seen = [...had].filter((one) => !kept.has(one) && !there.includes(one)).length
    expect(seen).toBeGreaterThan(100)
    // Between the last look at the old one and its end a few more were acknowledged there.
    expect(lost).toBeGreaterThanOrEqual(seen)
    expect(lost).toBeLessThan(seen + 60)
  }, 90_000)
})

function sequences(lists: ReadonlyMap<string, readonly string[]>): string[] {
  return [...lists].flatMap(([key, elements]) => elements.map((element) => `${key} ${element}`))
}

describe('audit writes in a Cluster', () => {
  it('reach every shard, are counted to the unit and are removed', async () => {
    const cluster = await startCluster({ masters: 3, replicasEach: 1 })
    opened.push(() => cluster.stop())
    const { code, result, stderr } = await run([
      ...[
        '--topology',
        'cluster',
        '--nodes',
        cluster.addresses.join(','),
        '--warmup',
        '0',
        '--duration',
        '3',
      ],
      ...['--clients', '3', '--target-ops-per-second', '1500', '--audit-writes', '20%'],
      ...['--threshold', 'lost == 0; duplicated == 0; unread == 0; reordered == 0'],
    ])
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    const { acknowledged, confirmed, complete, lists, stale_reads } = acked(result)
    expect({ confirmed, complete, lists }).toEqual({ confirmed: acknowledged, complete: true, lists: 48 })
    expect(stale_reads?.reads).toBeGreaterThan(0)
    expect(result.audit.ok).toBe(true)
    expect(result.audit.server.status).toBe('ok')
    const masters = cluster.nodes.slice(0, 3).map(({ port }) => clientOf(port))
    for (const master of masters) expect(await master.keys('*:acked:*')).toEqual([])
  }, 60_000)

  it('loses what a replica that takes over by force does not have, in its shard alone', async () => {
    const cluster = await startCluster({ masters: 3, replicasEach: 1 })
    opened.push(() => cluster.stop())
    const load = new Redis.Cluster(
      cluster.addresses.map((address) => ({ host: '127.0.0.1', port: Number(address.split(':')[1]) })),
    )
    load.on('error', () => {})
    opened.push(() => load.disconnect())
    const writes = new Writes({
      'target.topology': 'cluster',
      'target.nodes': cluster.addresses.join(','),
    })
    writes.begin(load)
    await until('some load', () => writes.acknowledged > 200)
    const replica = clientOf(cluster.nodes[3]!.port)
    const master = clientOf(cluster.nodes[0]!.port)
    await replica.client('PAUSE', 60_000, 'WRITE')
    const held = elementCount(await readLists(replica))
    await until('writes that the replica has not', async () =>
      elementCount(await readLists(master)) > held + 100 ? true : undefined,
    )
    await master.client('PAUSE', 60_000, 'WRITE')
    const had = elementCount(await readLists(master))
    await cluster.nodes[0]!.crash()
    await replica.cluster('FAILOVER', 'TAKEOVER')
    await replica.client('UNPAUSE')
    await until('a new master', async () => (await replica.info('replication')).includes('role:master'))
    const record = await writes.finish()
    const kept = elementCount(await readLists(replica))
    const others = [clientOf(cluster.nodes[1]!.port), clientOf(cluster.nodes[2]!.port)]
    let there = kept
    for (const other of others) there += elementCount(await readLists(other))
    expect(record.complete).toBe(true)
    expect(record.confirmed + record.applied_unacknowledged + record.duplicated).toBe(there)
    expect(record.acknowledged).toBe(writes.acknowledged)
    expect(record.lost).toBe(record.acknowledged - record.confirmed)
    expect(record.lost).toBeGreaterThan(0)
    expect(record.lost).toBeLessThanOrEqual(had)
    expect(record.voided_because).toBeNull()
  }, 60_000)
})
