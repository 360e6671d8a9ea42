import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { command, folder, startRun } from '../e2e/support/command-line.ts'
import { env, runtime, server, withFaults } from '../e2e/support/fault-runs.ts'
import type { TestServer } from '../e2e/support/redis-server.ts'

function maxmemoryOf(one: TestServer): Promise<unknown> {
  return one.client().config('GET', 'maxmemory')
}

describe('a fault that is at work', () => {
  it('is taken back when the run is ended by a signal', async () => {
    const one = await server('--maxmemory', '100mb')
    const file = withFaults('  - {kind: maxmemory, at: 200ms, for: 5m}')
    const running = startRun(
      ['-w', file, '--port', String(one.port), '--allow-dangerous', '--duration', '60'],
      { env },
    )
    await running.saw(/fault begins/)
    expect(await maxmemoryOf(one)).toEqual(['maxmemory', '1048576'])
    running.child.kill('SIGINT')
    const { code } = await running.ended
    expect(code).toBe(130)
    expect(await maxmemoryOf(one)).toEqual(['maxmemory', '104857600'])
    expect(running.result().faults).toMatchObject([{ kind: 'maxmemory', reverted: true }])
    expect(readdirSync(join(runtime, 'redis-test'))).toEqual([])
  })

  it.each([['--journal', ['--journal', join(folder, 'killed.journal')]]])(
    'is taken back after kill -9 by what stands in %s, and again does no harm',
    async (_, args) => {
      const one = await server('--maxmemory', '100mb', '--requirepass', 'secret-7')
      const file = withFaults(
        '  - {kind: maxmemory, at: 200ms, for: 5m}\n  - {kind: acl-change, at: 400ms, for: 5m}',
      )
      const secret = { ...env, REDIS_PASSWORD: 'secret-7' }
      const target = ['--port', String(one.port), '--allow-dangerous', '--duration', '60', ...args]
      const running = startRun(['-w', file, ...target], { env: secret })
      await running.saw(/"acl-change"[^\n]*fault begins/)
      running.child.kill('SIGKILL')
      await running.ended
      const client = one.client({ password: 'secret-7' })
      expect(await client.config('GET', 'maxmemory')).toEqual(['maxmemory', '1048576'])
      const journal =
        args[1] ??
        join(
          runtime,
          'redis-test',
          readdirSync(join(runtime, 'redis-test')).find((name) => name.endsWith('.journal'))!,
        )
      expect(readFileSync(journal, 'utf8')).not.toContain('secret-7')
      const stranger = await command(['recover', journal], { env })
      expect(stranger.code).toBe(1)
      expect(stranger.stderr.match(/NOT TAKEN BACK/g)).toHaveLength(2)
      const back = await command(['recover', journal], { env: secret })
      expect([back.code, back.stderr]).toEqual([0, ''])
      expect(back.stdout).toContain(
        `taken back: maxmemory: 127.0.0.1:${one.port}: CONFIG SET maxmemory-policy noeviction maxmemory 104857600`,
      )
      expect(await client.config('GET', 'maxmemory')).toEqual(['maxmemory', '104857600'])
      expect(await client.set('key', 'value')).toBe('OK')
      const again = await command(['recover', journal], { env: secret })
      expect(again.code).toBe(0)
      expect(again.stdout).toContain('not needed: maxmemory')
      rmSync(journal)
    },
  )
})
