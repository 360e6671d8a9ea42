import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { findFreePort } from '../../../src/redis/embedded-server.ts'
import { findServerBinary } from '../../../src/redis/server-binary.ts'
import { until } from './until.ts'

/** A real Redis server of one test file. */
export interface TestServer {
  readonly port: number
  readonly folder: string
  readonly args: readonly string[]
  /** A client of the test, which does not retry. Closed with the server. */
  client(options?: { readonly db?: number; readonly username?: string; readonly password?: string }): Redis
  signal(name: NodeJS.Signals): void
  /** SIGKILL, and waits until it is gone. Its folder stays, for {@link restartRedis}. */
  crash(): Promise<void>
  stop(): Promise<void>
}

let binary: string | undefined

/**
 * Starts a server on a free port (never 6379) with the given arguments after ours; `{folder}` stands for its folder and
 * `{port}` for its port.
 */
export function startRedis(...args: readonly string[]): Promise<TestServer> {
  return startOn(findFreePort, args)
}

/** Starts a server where another one was: on its port, and in its folder if that is still there. */
export function restartRedis({ port, args, folder }: TestServer): Promise<TestServer> {
  return startOn(() => Promise.resolve(port), args, existsSync(folder) ? folder : undefined)
}

let starts = 0

async function startOn(
  findPort: () => Promise<number>,
  args: readonly string[],
  before?: string,
): Promise<TestServer> {
  binary ??= findServerBinary(process.env)
  for (let attempt = 1; ; attempt++) {
    const port = await findPort()
    const folder = before ?? mkdtempSync(join(tmpdir(), 'redis-test-e2e-'))
    const log = join(folder, `server-${++starts}.log`)
    const own = ['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--logfile', log]
    const filled = args.map((arg) => arg.replaceAll('{folder}', folder).replaceAll('{port}', String(port)))
    const server = spawn(binary, [...own, '--port', String(port), ...filled], { stdio: 'ignore' })
    const isReady = await until(`redis-server on ${port}`, () => {
      if (readLog(log).includes('Ready to accept connections')) return 'yes'
      return server.exitCode === null ? undefined : 'no'
    })
    if (isReady === 'yes') return describeServer(server, port, folder, args)
    if (before === undefined) rmSync(folder, { recursive: true })
    if (attempt === 3) throw new Error(`redis-server does not start: ${readLog(log)}`)
  }
}

function describeServer(
  server: ChildProcess,
  port: number,
  folder: string,
  args: readonly string[],
): TestServer {
  const clients: Redis[] = []
  const crash = async (): Promise<void> => {
    const exited = new Promise((resolve) => server.once('exit', resolve))
    if (server.exitCode !== null || server.signalCode !== null) return
    server.kill('SIGKILL')
    await exited
  }
  return {
    port,
    folder,
    args,
    client(options = {}) {
      const client = new Redis(port, '127.0.0.1', { retryStrategy: () => null, ...options })
      client.on('error', () => {})
      clients.push(client)
      return client
    },
    signal: (name) => void server.kill(name),
    crash,
    async stop() {
      for (const client of clients) client.disconnect()
      await crash()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
