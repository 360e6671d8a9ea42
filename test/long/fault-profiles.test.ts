import { describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/result.ts'
import { run } from '../e2e/support/command-line.ts'
import { startProfileTarget } from '../e2e/support/profile-target.ts'
import { FAULT_PROFILES } from '../support/profile-needs.ts'

/** A run of a minute and a quarter at most, and the start of what it runs against. */
const LIMIT_MILLIS = 180_000

/** How long things take is a matter of who else works on the machine. */
const TIMED = /within|reconnection|detection/

/** What has to have happened, profile by profile: faults by kind. */
const FAULTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  acl_rotation: { 'acl-change': 1 },
  failover_cluster: { 'cluster-failover': 2 },
  failover_sentinel: { 'sentinel-failover': 1 },
  half_open: { proxy: 1 },
  maxclients: { maxclients: 1, 'client-kill': 1 },
  network_flap: { proxy: 4 },
  oom: { maxmemory: 1 },
  'reconnect-storm': { 'client-kill': 3, 'socket-cut': 2 },
  rolling_restart: { crash: 3 },
  slow_network: { proxy: 2 },
  upgrade_rehearsal: { 'cluster-failover': 6, 'client-kill': 3, 'slot-migration': 1 },
}

function countFaults({ faults }: RunResult): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind, error } of faults) if (error === null) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

describe('a profile of faults, to its end', () => {
  it.concurrent.each(FAULT_PROFILES)(
    '%s causes what it says, and what it expects holds',
    async (name) => {
      const target = await startProfileTarget(name)
      try {
        const { code, result, stderr } = await run([
          ...target.args,
          ...['-w', name, '--quiet', '--no-metrics', '--allow-dangerous', '--log-level', 'warn'],
        ])
        expect([0, 4], stderr).toContain(code)
        expect(countFaults(result)).toEqual(FAULTS[name])
        expect(result.faults.filter(({ error }) => error !== null)).toEqual([])
        expect(result.audit.checks.filter(({ ok }) => !ok)).toEqual([])
        const untimed = result.expectations.filter(({ expression }) => !TIMED.test(expression))
        expect(untimed.length).toBeGreaterThan(0)
        expect(untimed.filter(({ ok }) => !ok)).toEqual([])
        expect(result.connections.outages.filter(({ finished }) => !finished)).toEqual([])
        const audit = result.acked_writes!
        expect(audit).toMatchObject({ unread: 0, unexpected: 0, complete: true, voided_because: null })
        expect(audit.acknowledged).toBe(audit.confirmed + audit.lost)
        // Each loss is in the sum of the disturbances, or outside of them.
        const { cost, outside } = result.disturbances
        expect(cost.acknowledged_writes! + outside.acknowledged_writes!).toBe(audit.lost)
      } finally {
        await target.stop()
      }
    },
    LIMIT_MILLIS,
  )
})
