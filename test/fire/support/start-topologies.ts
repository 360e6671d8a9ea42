import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { startCluster } from '../../e2e/support/redis-cluster.ts'
import { startSentinels } from '../../e2e/support/redis-sentinel.ts'
import { startRedis, type TestServer } from '../../e2e/support/redis-server.ts'
import { until } from '../../e2e/support/until.ts'
import { findServerBinary } from '../../../src/redis/server-binary.ts'
import { freePort } from '../../support/free-port.ts'
import type { TopologyName } from './rows.ts'

export const USER = 'load'
export const PASSWORD = 'of-the-load'
const ARGS = ['--user', USER, 'on', `>${PASSWORD}`, '~*', '&*', '+@all', '--enable-debug-command', 'yes']

/** The servers of a column of the table. */
export interface RunningTopology {
  readonly name: TopologyName
  readonly servers: readonly TestServer[]
  /** How the load gets to them. */
  readonly flags: readonly string[]
  /** … over TLS, to the given port of each server. */
  tlsFlags(tlsPorts: readonly number[]): string[]
  /** What else there is to wait for until all is as it should be before a run. */
  isWhole(): Promise<boolean>
  stop(): Promise<void>
}

export const START: Readonly<Record<TopologyName, (scripts: string) => Promise<RunningTopology>>> = {
  async standalone(scripts) {
    const common = ['--repl-diskless-sync-delay', '0', ...ARGS]
    const master = await startRedis(...common)
    const replica = await startRedis('--replicaof', '127.0.0.1', String(master.port), ...common)
    const servers = [master, replica]
    await writeScripts(scripts, servers)
    return {
      name: 'standalone',
      servers,
      flags: ['--port', String(master.port)],
      tlsFlags: ([port]) => ['--port', String(port)],
      async isWhole() {
        if ((await roleOf(master)) === 'master') return true
        await ask(master, (client) => client.replicaof('NO', 'ONE'))
        await ask(replica, (client) => client.replicaof('127.0.0.1', master.port))
        return false
      },
      stop: () => stopAll(servers),
    }
  },
  async sentinel(scripts) {
    const group = await startSentinels({ replicas: 1, sentinels: 3, args: ARGS })
    await writeScripts(scripts, group.servers)
    const flags = ['--sentinels', group.sentinels.join(',')]
    return {
      name: 'sentinel',
      servers: group.servers,
      flags,
      tlsFlags: (tlsPorts) => [...flags, ...natMap(group.servers, tlsPorts)],
      async isWhole() {
        const master = await group.master()
        const server = group.servers.find(({ port }) => master === `127.0.0.1:${port}`)
        return server !== undefined && (await roleOf(server)) === 'master'
      },
      async stop() {
        await stopAll(group.servers)
        await group.stop()
      },
    }
  },
  async cluster(scripts) {
    const cluster = await startCluster({ masters: 3, replicasEach: 1, args: ARGS })
    await writeScripts(scripts, cluster.nodes)
    return {
      name: 'cluster',
      servers: cluster.nodes,
      flags: ['--topology', 'cluster', '--nodes', cluster.addresses.join(',')],
      tlsFlags: (tlsPorts) => [
        ...['--topology', 'cluster', '--nodes', tlsPorts.map((port) => `127.0.0.1:${port}`).join(',')],
        ...natMap(cluster.nodes, tlsPorts),
      ],
      async isWhole() {
        const views = await Promise.all(
          cluster.nodes.map((node) =>
            ask(
              node,
              async (client) =>
                [
                  String(await client.call('CLUSTER', 'INFO')),
                  String(await client.call('CLUSTER', 'NODES')),
                ] as const,
            ),
          ),
        )
        return views.every(
          ([info, nodes]) => info.includes('cluster_state:ok') && !/fail|handshake|->-|-<-/.test(nodes),
        )
      },
      stop: () => stopAll(cluster.nodes),
    }
  },
}

/** Waits until every server is there, every replica is up to date, and nothing is being changed. */
export function settle({ servers, isWhole, name }: RunningTopology): Promise<unknown> {
  return until(
    `${name} is whole`,
    async () => {
      try {
        const infos = await Promise.all(
          servers.map((server) => ask(server, (client) => client.info('replication'))),
        )
        const masters = infos.filter((info) => info.includes('role:master'))
        return (
          masters.length * 2 === servers.length &&
          masters.every((info) => info.includes('state=online')) &&
          infos.every((info) => info.includes('role:master') || info.includes('master_link_status:up')) &&
          (await isWhole())
        )
      } catch {
        return false
      }
    },
    40_000,
  )
}

/** Asks over a connection of its own, which fails rather than waits. */
export async function ask<Answer>(
  server: TestServer,
  how: (client: Redis) => Promise<Answer>,
): Promise<Answer> {
  const client = server.client({ username: USER, password: PASSWORD })
  try {
    return await how(client)
  } finally {
    client.disconnect()
  }
}

export async function roleOf(server: TestServer): Promise<string> {
  return /role:(\w+)/.exec(await ask(server, (client) => client.info('replication')))![1]!
}

/** Lets every server speak TLS as well, on a port of its own. */
export async function openTlsPorts(
  servers: readonly TestServer[],
  files: readonly string[],
): Promise<number[]> {
  const ports = await Promise.all(servers.map(() => freePort()))
  for (const [index, server] of servers.entries())
    await ask(server, (client) => client.call('CONFIG', 'SET', ...files, 'tls-port', String(ports[index])))
  return ports
}

function natMap(servers: readonly TestServer[], tlsPorts: readonly number[]): string[] {
  return [
    '--nat-map',
    servers.map(({ port }, index) => `127.0.0.1:${port}=127.0.0.1:${tlsPorts[index]}`).join(','),
  ]
}

/** A server that was started again by a script of ours is no child of the test. */
async function stopAll(servers: readonly TestServer[]): Promise<void> {
  for (const server of servers) {
    const info = await ask(server, (client) => client.info('server')).catch(() => '')
    const pid = /process_id:(\d+)/.exec(info)?.[1]
    if (pid !== undefined) process.kill(Number(pid), 'SIGKILL')
    await server.stop()
  }
}

/** What freezes, kills and starts again a server, by its port, as an operator would give it to the tool. */
async function writeScripts(folder: string, servers: readonly TestServer[]): Promise<void> {
  const script = (name: string, text: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\nset -eu\ncd ${folder}\n${text}\n`)
    chmodSync(join(folder, name), 0o700)
  }
  for (const server of servers) {
    const info = await ask(server, (client) => client.info('server'))
    writeFileSync(join(folder, `${server.port}.pid`), /process_id:(\d+)/.exec(info)![1]!)
    const args = [
      ...[findServerBinary(process.env), '--bind', '127.0.0.1', '--dir', server.folder, '--save', ''],
      ...['--logfile', join(server.folder, 'restarted.log'), '--port', String(server.port)],
      ...['--daemonize', 'yes', '--pidfile', join(folder, `${server.port}.pid`), ...server.args],
    ]
    script(`start-${server.port}`, `exec ${args.map((arg) => `'${arg}'`).join(' ')}`)
  }
  script('freeze', 'kill -STOP $(cat $1.pid)')
  script('continue', 'kill -CONT $(cat $1.pid)')
  script('crash', 'kill -KILL $(cat $1.pid)')
  script('restart', 'exec ./start-$1')
}
