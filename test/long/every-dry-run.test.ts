import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WORKLOADS_FOLDER } from '../../src/app/facts.ts'
import { listProfiles } from '../../src/config/find-profile.ts'
import type { DryRunReport } from '../../src/model/dry-run-report.ts'
import { command } from '../e2e/support/command-line.ts'
import { FAULT_PROFILES, PROFILE_NEEDS } from '../support/profile-needs.ts'
import { startProfileTarget } from '../e2e/support/profile-target.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'

let server: TestServer
let client: Redis
beforeAll(async () => {
  server = await startRedis()
  client = server.client()
})
afterAll(() => server.stop())

describe('a dry run of', () => {
  it.each(listProfiles(WORKLOADS_FOLDER))(
    '%s says that it can run, and leaves nothing behind',
    async (name) => {
      const target = PROFILE_NEEDS[name] === undefined ? undefined : await startProfileTarget(name)
      const where = target?.args ?? ['--port', String(server.port)]
      const more = FAULT_PROFILES.includes(name) ? ['--allow-dangerous'] : []
      const { code, stdout, stderr } = await command([
        ...['run', '--dry-run', '--json', ...where, '--log-level', 'warn', ...more],
        ...['-w', name, '--duration', '10'],
      ])
      await target?.stop()
      expect(stderr).toBe('')
      expect(code).toBe(0)
      const report = JSON.parse(stdout) as DryRunReport
      expect(report.traffic.request_bytes).toBeGreaterThan(10)
      expect(report.permissions_unknown).toEqual([])
      expect(await client.dbsize()).toBe(0)
    },
  )
})
