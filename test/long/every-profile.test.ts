import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listProfiles } from '../../src/config/find-profile.ts'
import { WORKLOADS_FOLDER } from '../../src/app/facts.ts'
import type { OperationPlan } from '../../src/model/plan.ts'
import type { RunResult } from '../../src/model/result.ts'
import { run } from '../e2e/support/command-line.ts'
import { startProfileTarget } from '../e2e/support/profile-target.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'
import { FAULT_PROFILES } from '../support/profile-needs.ts'
import { until } from '../e2e/support/until.ts'

const SECONDS = 10

/** Profiles that break their own connections: their commands may fail, by these codes and no others. */
const LOST = ['closed', 'killed', 'not_writable', 'max_retries', 'ECONNRESET', 'EPIPE', 'aborted']
const EXPECTED_ERRORS: Readonly<Record<string, readonly string[]>> = {
  'reconnect-storm': LOST,
  rolling_restart: LOST,
  network_flap: LOST,
  half_open: [...LOST, 'socket_timeout'],
  maxclients: LOST,
  oom: ['OOM'],
  acl_rotation: ['NOPERM'],
  failover_sentinel: [...LOST, 'READONLY'],
}
/** Their servers forget what they counted, or others take their place. */
const CHANGING = new Set(['rolling_restart', 'failover_cluster', 'failover_sentinel', 'upgrade_rehearsal'])

/** How often each operation was begun: a batch of its own counts once, a command of a shared batch for itself. */
function begun({ name, commands, batch }: OperationPlan, { operations, plan }: RunResult): number {
  const countOf = (operation: string, isBatch: boolean): number =>
    operations
      .filter((one) => one.operation === operation && (one.shape === 'batch') === isBatch)
      .reduce((sum, { count }) => sum + count, 0)
  if (plan.batch.kind !== 'none' || batch.kind === 'none') return countOf(name, false)
  const kind = batch.kind === 'pipeline' ? 'PIPELINE' : 'MULTI'
  return countOf(commands.length === 1 ? `${kind} ${name}` : name, true)
}

/** Commands that only follow on a miss have no weight. */
function isDrawn({ connections }: OperationPlan): boolean {
  return connections === 0
}

let primary: TestServer
let replica: TestServer
beforeAll(async () => {
  primary = await startRedis('--repl-diskless-sync-delay', '0')
  replica = await startRedis('--replicaof', '127.0.0.1', String(primary.port))
  const client = primary.client()
  await until('the replica', async () => (await client.info('replication')).includes('state=online'))
  client.disconnect()
})
afterAll(async () => {
  await replica.stop()
  await primary.stop()
})

describe('every profile', () => {
  it.concurrent.each(listProfiles(WORKLOADS_FOLDER))(
    `%s runs for ${SECONDS} s: its numbers add up, nothing unexpected happens, and its mix is as intended`,
    async (name) => {
      const target = await startProfileTarget(name)
      const where = name === 'read_only_replicas' ? ['--port', String(primary.port)] : target.args
      // What they expect is about all of their faults: test/long/fault-profiles.test.ts.
      const more = FAULT_PROFILES.includes(name) ? ['--allow-dangerous', '--expect', 'none'] : []
      const running = run([
        ...where,
        ...['-w', name, '--duration', String(SECONDS), '--quiet', '--no-metrics'],
        ...more,
      ])
      await Promise.allSettled([running])
      await target.stop()
      const { code, result, stderr } = await running
      expect(`${code} ${stderr.replaceAll(/^\{.*\n/gm, '')}`).toBe('0 ')
      expect(result.audit.checks.filter(({ ok }) => !ok)).toEqual([])
      if (!CHANGING.has(name)) expect(result.audit.server.reason).toBeNull()
      expect(result.audit.server.commands.filter(({ ok }) => !ok)).toEqual([])
      expect(result.measured_seconds).toBeCloseTo(SECONDS, 1)
      expect(result.totals.ok).toBeGreaterThan(100 * SECONDS)
      const codes = result.operations.flatMap(({ errors }) => errors.map((error) => error.code))
      expect(codes.filter((one) => EXPECTED_ERRORS[name]?.includes(one) !== true)).toEqual([])
      const drawn = result.plan.operations.filter(isDrawn)
      const weights = drawn.reduce((sum, { weight }) => sum + weight, 0)
      const counts = drawn.map((operation) => begun(operation, result))
      const all = counts.reduce((sum, count) => sum + count, 0)
      // What follows on a miss may share its line with an operation that is drawn.
      const hasFollowers = drawn.some(({ on_nil: onNil }) => onNil !== null)
      for (const [index, { weight, name: operation }] of drawn.entries()) {
        if (hasFollowers && operation === 'SET') continue
        const share = counts[index]! / all
        const wanted = weight / weights
        if (hasFollowers) expect(share).toBeLessThanOrEqual(wanted * 1.01)
        else
          expect(`${operation} ${Math.abs(share - wanted) / wanted < 0.01 ? 'as intended' : share}`).toBe(
            `${operation} as intended`,
          )
      }
    },
  )
})
