import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../../../src/redis/embedded-server.ts'
import { findServerBinary } from '../../../src/redis/server-binary.ts'
import { until } from './until.ts'

export interface SentinelProcess {
  readonly port: number
  signal(name: NodeJS.Signals): void
  stop(): Promise<void>
}

/** Starts a Sentinel on a free port; it rewrites its own configuration file, so it gets a folder of its own. `{port}` in a line stands for its port. */
export async function startSentinelProcess(lines: readonly string[]): Promise<SentinelProcess> {
  const port = await findFreePort()
  const folder = mkdtempSync(join(tmpdir(), 'redis-test-sentinel-'))
  const file = join(folder, 'sentinel.conf')
  const log = join(folder, 'sentinel.log')
  const own = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${folder}`,
    `logfile ${log}`,
    'sentinel resolve-hostnames yes',
  ]
  const filled = lines.map((line) => line.replaceAll('{port}', String(port)))
  writeFileSync(file, [...own, ...filled, ''].join('\n'))
  const process_ = spawn(findServerBinary(process.env), [file, '--sentinel'], { stdio: 'ignore' })
  await until(`a Sentinel on ${port}`, () => {
    if (process_.exitCode !== null) throw new Error(`the Sentinel ended: ${readFileSync(log, 'utf8')}`)
    try {
      return readFileSync(log, 'utf8').includes('+monitor')
    } catch {
      return false
    }
  })
  return {
    port,
    signal: (name) => void process_.kill(name),
    async stop() {
      const exited = new Promise((resolve) => process_.once('exit', resolve))
      if (process_.exitCode === null && process_.signalCode === null) {
        process_.kill('SIGKILL')
        await exited
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
