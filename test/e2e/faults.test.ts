import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FaultResult } from '../../src/model/fault-result.ts'
import type { RunResult } from '../../src/model/result.ts'
import { command, folder, profile, run, startRun } from './support/command-line.ts'
import { MIX, env, runtime, server, withFaults } from './support/fault-runs.ts'

function faultOf({ faults }: RunResult, kind: string): FaultResult {
  const found = faults.find((fault) => fault.kind === kind)
  if (found === undefined) throw new Error(`no ${kind}`)
  return found
}

function errorsOf({ operations }: RunResult, code: string): number {
  const errors = operations.flatMap((operation) => operation.errors)
  return errors.filter((error) => error.code === code).reduce((sum, { count }) => sum + count, 0)
}

describe('faults of a profile', () => {
  it('act on the embedded server when they are due, are counted under their code, and are taken back', async () => {
    const file = withFaults(
      [
        '  - {kind: client_kill, at: 300ms, share: 50%}',
        '  - {kind: pause, at: 800ms, for: 300ms}',
        '  - {kind: freeze, at: 1600ms, for: 300ms}',
        '  - {kind: maxmemory, at: 2400ms, for: 300ms}',
        '  - {kind: crash, at: 3200ms, for: 400ms}',
      ].join('\n'),
    )
    const journal = join(folder, 'timeline.journal')
    const args = [
      '-w',
      file,
      '--embedded-redis',
      '--allow-dangerous',
      '--duration',
      '5',
      '--journal',
      journal,
    ]
    const { code, result, stdout, stderr } = await run(args, { env })
    expect([code, stderr.includes('NOT TAKEN BACK')]).toEqual([0, false])
    const begin = result.run_start * 1000
    const kinds = ['client-kill', 'pause', 'freeze', 'maxmemory', 'crash']
    expect(result.faults.map(({ kind, error }) => `${kind} ${error}`)).toEqual(
      kinds.map((kind) => `${kind} null`),
    )
    expect(result.faults.map(({ reverted }) => reverted)).toEqual([null, true, true, true, true])
    for (const { at_ms, planned_at_ms } of result.faults) {
      expect(at_ms - planned_at_ms).toBeGreaterThanOrEqual(-1)
      expect(at_ms - planned_at_ms).toBeLessThan(1000)
      expect(planned_at_ms).toBeGreaterThanOrEqual(begin)
    }
    const frozen = faultOf(result, 'freeze')
    expect(frozen.ended_at_ms! - frozen.at_ms).toBeGreaterThanOrEqual(299)
    // Connections: two were killed, and all four were lost in the crash, for at least as long as it took.
    expect(faultOf(result, 'client-kill').connections).toBe(2)
    expect(result.connections.drops).toBe(6)
    expect(result.connections.reconnections).toBe(6)
    const down = faultOf(result, 'crash')
    expect(result.connections.reconnection.max_ms).toBeGreaterThan(down.ended_at_ms! - down.at_ms - 100)
    expect(errorsOf(result, 'OOM')).toBeGreaterThan(5)
    expect(result.audit.ok).toBe(true)
    const longest = Math.max(...result.operations.map(({ service }) => service.success.max_ms))
    expect(longest).toBeGreaterThan(250)
    expect(stdout).toMatch(/faults {8}freeze × 1: 0 connections/)
    expect(stdout).toMatch(/crash after [\d.]+ s for [\d.]+ s on 127\.0\.0\.1:\d+: SIGKILL for \d+/)
    // Every fault was planned in the journal before it acted, and the journal tells the same result.
    const lines = readFileSync(journal, 'utf8').trim().split('\n')
    const entries = lines.map((line) => JSON.parse(line) as { type: string; id: number; undo: unknown[] })
    for (const { id } of result.faults) {
      const first = entries.find((entry) => entry.type.startsWith('fault') && entry.id === id)
      expect(first!.type).toBe('fault_planned')
    }
    const again = await command(['recover', journal])
    expect([again.code, again.stdout]).toEqual([0, 'nothing to take back\n'])
  })

  it('act in a proxy of ours, through which the load goes, and nothing else does', async () => {
    const file = withFaults(
      [
        '  - {kind: proxy, toxic: latency, latency: 150, at: 300ms, for: 500ms}',
        '  - {kind: proxy, toxic: resp_error, error: LOADING busy, commands: SET, at: 1300ms, for: 300ms}',
      ].join('\n'),
    )
    const { code, result } = await run(['-w', file, '--embedded-redis', '--duration', '2'], { env })
    expect(code).toBe(0)
    expect(result.faults.map(({ error, reverted }) => [error, reverted])).toEqual([
      [null, true],
      [null, true],
    ])
    const longest = Math.max(...result.operations.map(({ service }) => service.success.max_ms))
    expect(longest).toBeGreaterThanOrEqual(150)
    expect(errorsOf(result, 'LOADING')).toBeGreaterThan(5)
    expect(result.connections.drops).toBe(0)
    expect(result.audit.server.reason).toBe('a fault answered in place of the server')
  })

  it('are refused before any load when they are dangerous and nobody allowed them', async () => {
    const one = await server()
    const file = withFaults('  - {kind: pause, at: 1s}')
    const target = ['--port', String(one.port), '--duration', '2', '--metrics-port', '0']
    const refused = await command(['run', '-w', file, ...target], { env })
    expect([refused.code, refused.stderr]).toEqual([
      2,
      'redis-test: faults.0: pause acts on more than the connections of this run: --allow-dangerous permits it\n',
    ])
    const elsewhere = withFaults('  - {kind: pause, at: 1s, on: "10.1.2.3:6379"}')
    const other = await command(['run', '-w', elsewhere, ...target, '--allow-dangerous'], { env })
    expect([other.code, other.stderr]).toEqual([
      2,
      'redis-test: faults.0: 10.1.2.3:6379 is not on the list of targets: --fault-target 10.1.2.3:6379 puts it there\n',
    ])
    const freeze = withFaults('  - {kind: freeze, at: 1s}')
    const alien = await command(['run', '-w', freeze, ...target, '--allow-dangerous'], { env })
    expect([alien.code, alien.stderr]).toEqual([
      2,
      'redis-test: faults.0: freeze needs stop and continue, or --embedded-redis\n',
    ])
    expect(await one.client().info('commandstats')).not.toContain('cmdstat_set:')
  })
})

describe('redis-test fault', () => {
  it('causes a fault in a run that goes on, as if it were in its profile', async () => {
    const one = await server()
    const file = profile('live', MIX)
    const args = [
      '-w',
      file,
      '--port',
      String(one.port),
      '--allow-dangerous',
      '--duration',
      '60',
      '--run-id',
      'live-1',
    ]
    expect((await command(['fault', 'pause'], { env })).stderr).toContain('no such run is going on')
    const running = startRun(args, { env })
    await running.saw(/measure {3}/)
    const listed = await command(['fault', '--list'], { env })
    expect(listed.stdout).toMatch(/^slot-migration +Slots move .*\n +slots to for on$/m)
    for (const line of listed.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
    expect(listed.stdout).toContain(`run live-1 · 127.0.0.1:${one.port} · process ${running.pid}`)
    const paused = await command(['fault', 'pause', 'mode=write', '--for', '200ms'], { env })
    expect([paused.code, paused.stdout.split('\n').length]).toEqual([0, 3])
    expect(paused.stdout).toMatch(/CLIENT PAUSE 200 WRITE, over after 0\.\d s, taken back/)
    const cut = await command(['fault', 'client-kill', '--share', '50%', '--run', 'live', '--json'], { env })
    expect(JSON.parse(cut.stdout)).toMatchObject({ origin: 'live', connections: 2, error: null })
    const bad = await command(['fault', 'maxmemory', 'too=1'], { env })
    expect([bad.code, bad.stderr]).toEqual([2, 'redis-test: unknown: too\n'])
    const alien = await command(['fault', 'cluster-failover'], { env })
    expect([alien.code, alien.stderr]).toEqual([2, 'redis-test: cluster-failover needs --topology cluster\n'])
    running.child.kill('SIGINT')
    await running.ended
    expect(running.result().faults.map(({ kind, origin }) => `${kind} ${origin}`)).toEqual([
      'pause live',
      'client-kill live',
    ])
    expect(running.result().audit.server.status).toBe('ok')
    expect(readdirSync(join(runtime, 'redis-test'))).toEqual([])
  })

  it('is refused by a run that may do nothing dangerous, and ignores what dead runs left', async () => {
    const one = await server()
    const file = profile('tame', MIX)
    const args = ['-w', file, '--port', String(one.port), '--duration', '60']
    const dead = startRun([...args, '--run-id', 'dead'], { env })
    await dead.saw(/measure {3}/)
    dead.child.kill('SIGKILL')
    await dead.ended
    const running = startRun([...args, '--run-id', 'tame'], { env })
    await running.saw(/measure {3}/)
    const refused = await command(['fault', 'pause'], { env })
    expect([refused.code, refused.stderr]).toEqual([
      2,
      'redis-test: pause acts on more than the connections of this run: --allow-dangerous permits it\n',
    ])
    running.child.kill('SIGINT')
    await running.ended
    expect(existsSync(join(runtime, 'redis-test'))).toBe(true)
  })
})
