import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { command, folder, run, startRun } from '../e2e/support/command-line.ts'
import { env, runtime, server, withFaults } from '../e2e/support/fault-runs.ts'
import { pause } from '../e2e/support/until.ts'
import type { TestServer } from '../e2e/support/redis-server.ts'

describe('faults of a profile', () => {
  it('have the same times and servers with the same seed', async () => {
    const file = withFaults('  - {kind: socket-cut, at: 300ms, every: 400ms, jitter: 150ms, share: 50%}')
    const args = ['-w', file, '--embedded-redis', '--duration', '2', '--seed', '7']
    const [one, other] = await Promise.all([run(args, { env }), run(args, { env })])
    const times = ({ result }: typeof one): number[] =>
      result.faults.map(({ planned_at_ms }) => Math.round(planned_at_ms - result.run_start * 1000))
    expect(times(one).length).toBeGreaterThanOrEqual(3)
    expect(times(other).slice(0, 3)).toEqual(times(one).slice(0, 3))
  })

  it('that cannot be taken back makes the run fail, loudly', async () => {
    const one = await server()
    const file = withFaults('  - {kind: freeze, at: 200ms, for: 300ms, stop: "true", continue: "false"}')
    const args = [
      '-w',
      file,
      '--port',
      String(one.port),
      '--allow-dangerous',
      '--duration',
      '1',
      '--drain',
      '200ms',
    ]
    const journal = join(folder, 'left.journal')
    const { code, stdout, result } = await run([...args, '--journal', journal], { env })
    expect(code).toBe(1)
    expect(result.faults).toMatchObject([{ reverted: false, error: null }])
    expect(stdout).toContain('FAULTS WERE NOT TAKEN BACK: 1')
    expect(stdout).toContain(`try: redis-test recover ${journal}`)
  }, 40_000)
})

describe('kill -9 at any moment', () => {
  /** Everything that the faults below change, as the server tells it. */
  async function stateOf(one: TestServer): Promise<unknown> {
    const client = one.client()
    const settings = ['maxmemory', 'maxmemory-policy', 'min-replicas-to-write', 'timeout', 'maxclients']
    const values = await Promise.all(settings.map((name) => client.config('GET', name)))
    const state = [values, await client.call('ACL', 'LIST'), (await client.role())[0]]
    client.disconnect()
    return state
  }

  it('leaves nothing that recover does not take back', async () => {
    const one = await server('--maxmemory', '90mb', '--timeout', '700')
    const before = await stateOf(one)
    const faults = [
      'maxmemory',
      'min-replicas',
      'idle-timeout',
      'maxclients, to: 100',
      'acl-change',
      'role-change',
    ]
    const file = withFaults(
      faults
        .map(
          (kind, index) =>
            `  - {kind: ${kind}, at: ${index * 50}ms, every: ${500 + index * 70}ms, for: ${150 + index * 60}ms}`,
        )
        .join('\n'),
    )
    let changed = 0
    for (let kill = 0; kill < 10; kill++) {
      const journal = join(runtime, `kill-${kill}.journal`)
      const target = [
        '--port',
        String(one.port),
        '--allow-dangerous',
        '--duration',
        '60',
        '--journal',
        journal,
      ]
      const running = startRun(['-w', file, ...target], { env })
      await running.saw(/fault begins/)
      await pause(Math.random() * 1500)
      running.child.kill('SIGKILL')
      await running.ended
      if (JSON.stringify(await stateOf(one)) !== JSON.stringify(before)) changed++
      const back = await command(['recover', journal], { env })
      expect([back.code, back.stderr]).toEqual([0, ''])
      expect(await stateOf(one)).toEqual(before)
    }
    // Otherwise it would not have shown anything.
    expect(changed).toBeGreaterThan(3)
  }, 180_000)

  it('needs no --journal: the folder of the user has one', async () => {
    const one = await server('--maxmemory', '90mb')
    const before = await stateOf(one)
    const file = withFaults('  - {kind: maxmemory, at: 200ms, for: 5m}')
    const running = startRun(
      ['-w', file, '--port', String(one.port), '--allow-dangerous', '--duration', '60'],
      { env },
    )
    await running.saw(/fault begins/)
    running.child.kill('SIGKILL')
    await running.ended
    const own = join(runtime, 'redis-test')
    const journal = readdirSync(own).find((name) => name.endsWith('.journal'))!
    const back = await command(['recover', join(own, journal)], { env })
    expect([back.code, back.stdout.startsWith('taken back: maxmemory')]).toEqual([0, true])
    expect(await stateOf(one)).toEqual(before)
  })
})
