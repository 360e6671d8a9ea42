import { Redis, type RedisOptions } from 'ioredis'
import { freePort } from '../../support/free-port.ts'
import { restartRedis, startRedis, type TestServer } from './redis-server.ts'
import { until } from './until.ts'

/** A real Redis Cluster of one test file: masters first, then their replicas, in the same order. */
export interface TestCluster {
  /** `127.0.0.1:port` of each. A node that is restarted keeps its place. */
  readonly addresses: readonly string[]
  readonly nodes: readonly TestServer[]
  readonly masters: number
  /** Starts a node again where it was, with what it knew of the cluster. */
  restart(index: number): Promise<void>
  stop(): Promise<void>
}

export interface TestClusterOptions {
  readonly masters?: number
  readonly replicasEach?: number
  /** Milliseconds without an answer after which a node is taken for dead. */
  readonly nodeTimeoutMillis?: number
  readonly args?: readonly string[]
  /** How the nodes are reached by whoever joins them: as an administrator, over TLS. */
  readonly clientOptions?: Pick<RedisOptions, 'password' | 'tls'>
}

const SLOTS = 16_384

/** Starts nodes on free ports (the bus gets a free port too) and joins them, masters with equal shares of the slots. */
export async function startCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const { masters = 3, replicasEach = 0, nodeTimeoutMillis = 1500, args = [], clientOptions = {} } = options
  const count = masters * (1 + replicasEach)
  const nodes: TestServer[] = []
  const busPorts = await Promise.all(Array.from({ length: count }, () => freePort()))
  for (let index = 0; index < count; index++)
    nodes.push(
      await startRedis(
        ...['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'],
        ...['--cluster-node-timeout', String(nodeTimeoutMillis), '--cluster-port', String(busPorts[index])],
        ...['--repl-diskless-sync-delay', '0', '--cluster-replica-validity-factor', '0'],
        ...args,
      ),
    )
  await join(nodes, busPorts, masters, clientOptions)
  return {
    nodes,
    addresses: nodes.map(({ port }) => `127.0.0.1:${port}`),
    masters,
    async restart(index) {
      await nodes[index]!.crash()
      nodes[index] = await restartRedis(nodes[index]!)
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}

async function join(
  nodes: readonly TestServer[],
  busPorts: readonly number[],
  masters: number,
  clientOptions: Pick<RedisOptions, 'password' | 'tls'>,
): Promise<void> {
  const clients = nodes.map(
    ({ port }) => new Redis(port, '127.0.0.1', { disableClientInfo: true, ...clientOptions }),
  )
  try {
    for (let index = 0; index < masters; index++) {
      const from = Math.floor((index * SLOTS) / masters)
      const to = Math.floor(((index + 1) * SLOTS) / masters) - 1
      await clients[index]!.cluster('ADDSLOTSRANGE', from, to)
      await clients[index]!.cluster('SET-CONFIG-EPOCH', index + 1)
    }
    for (const [index, { port }] of nodes.entries())
      if (index > 0) await clients[0]!.call('CLUSTER', 'MEET', '127.0.0.1', port, busPorts[index]!)
    for (const client of clients)
      await until('all nodes know each other', async () => {
        const lines = String(await client.call('CLUSTER', 'NODES'))
          .trim()
          .split('\n')
        return lines.length === nodes.length && lines.every((line) => !line.includes('handshake'))
      })
    for (const [index, client] of clients.entries()) {
      if (index < masters) continue
      const master = await clients[(index - masters) % masters]!.cluster('MYID')
      await until('a replica follows', () => client.cluster('REPLICATE', master).catch(() => undefined))
    }
    for (const client of clients)
      await until('the cluster is whole', async () => {
        const isOk = String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')
        const info = await client.info('replication')
        return isOk && (info.includes('role:master') || info.includes('master_link_status:up'))
      })
    const replicas = nodes.length - masters
    if (replicas > 0)
      for (const client of clients.slice(0, masters))
        await until('replicas are online', async () =>
          (await client.info('replication')).includes(`state=online`),
        )
  } finally {
    for (const client of clients) client.disconnect()
  }
}
