import { Redis } from 'ioredis'
import type { ClientOptions } from '../../../src/redis/client-options.ts'
import { restartRedis, startRedis, type TestServer } from './redis-server.ts'
import { startSentinelProcess } from './sentinel-process.ts'
import { until } from './until.ts'

/** A real master with replicas and the Sentinels that watch it as `mymaster`. */
export interface TestSentinels {
  /** The first is the master at the start. A server that is restarted keeps its place. */
  readonly servers: readonly TestServer[]
  /** `127.0.0.1:port` of each Sentinel. */
  readonly sentinels: readonly string[]
  /** Address of the master, as the first Sentinel sees it now. */
  master(): Promise<string>
  restart(index: number): Promise<void>
  stop(): Promise<void>
}

export interface TestSentinelOptions {
  readonly replicas?: number
  readonly sentinels?: number
  readonly downAfterMillis?: number
  readonly args?: readonly string[]
  /** Lines for the configuration of every Sentinel. */
  readonly config?: readonly string[]
  /** How the tests get to the Sentinels: password, TLS. */
  readonly client?: ClientOptions
}

/** Starts everything on free ports and waits until every Sentinel knows every replica and every other Sentinel. */
export async function startSentinels(options: TestSentinelOptions = {}): Promise<TestSentinels> {
  const {
    replicas = 1,
    sentinels: count = 3,
    downAfterMillis = 800,
    args = [],
    config = [],
    client: how = {},
  } = options
  const common = ['--repl-diskless-sync-delay', '0', ...args]
  const servers = [await startRedis(...common)]
  const [{ port }] = servers as [TestServer]
  for (let index = 0; index < replicas; index++)
    servers.push(await startRedis('--replicaof', '127.0.0.1', String(port), ...common))
  const quorum = Math.floor(count / 2) + 1
  const lines = [
    `sentinel monitor mymaster 127.0.0.1 ${port} ${quorum}`,
    `sentinel down-after-milliseconds mymaster ${downAfterMillis}`,
    'sentinel failover-timeout mymaster 6000',
    ...config,
  ]
  const processes: Awaited<ReturnType<typeof startSentinelProcess>>[] = []
  for (let index = 0; index < count; index++) processes.push(await startSentinelProcess(lines))
  const clients = processes.map((process) => {
    const client = new Redis({
      ...how,
      port: process.port,
      host: '127.0.0.1',
      disableClientInfo: true,
    })
    client.on('error', () => {})
    return client
  })
  for (const client of clients)
    await until('the Sentinels know everybody', async () => {
      const answer = (await client.call('SENTINEL', 'MASTER', 'mymaster')) as string[]
      const field = (name: string): number => Number(answer[answer.indexOf(name) + 1])
      return field('num-slaves') === replicas && field('num-other-sentinels') === count - 1
    })
  return {
    servers,
    sentinels: processes.map((process) => `127.0.0.1:${process.port}`),
    async master() {
      const [host, at] = (await clients[0]!.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster')) as [
        string,
        string,
      ]
      return `${host}:${at}`
    },
    async restart(index) {
      await servers[index]!.crash()
      servers[index] = await restartRedis(servers[index]!)
    },
    async stop() {
      for (const client of clients) client.disconnect()
      await Promise.all([...processes, ...servers].map((one) => one.stop()))
    },
  }
}
