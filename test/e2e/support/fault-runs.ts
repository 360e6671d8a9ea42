import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach } from 'vitest'
import { profile } from './command-line.ts'
import { startRedis, type TestServer } from './redis-server.ts'

/** A load for runs with faults. */
export const MIX =
  'load: {target_ops_per_second: 200, clients: 4, warmup: 0s}\noperations: [{command: SET}, {command: GET}]\n'

/** A runtime folder of the test file, so that `redis-test fault` finds its runs and no others. */
export const runtime = mkdtempSync(join(tmpdir(), 'redis-test-runtime-'))
export const env = { XDG_RUNTIME_DIR: runtime }

const servers: TestServer[] = []
let profiles = 0

/** A server of the test that is going on. */
export async function server(...args: string[]): Promise<TestServer> {
  const started = await startRedis(...args)
  servers.push(started)
  return started
}

/** A profile with the load of {@link MIX} and the given list of faults. */
export function withFaults(faults: string): string {
  return profile(`faults-${profiles++}`, `${MIX}faults:\n${faults}`)
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((one) => one.stop()))
})
afterAll(() => {
  rmSync(runtime, { recursive: true, force: true })
})
