import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { PROFILE_CONTEXT, WORKLOADS_FOLDER } from '../../src/app/facts.ts'
import { buildPlan } from '../../src/config/build-plan.ts'
import { loadConfigFile } from '../../src/config/config-file.ts'
import { parseProfile, type Profile } from '../../src/config/profile.ts'
import { settingsOfPlan } from '../../src/config/settings-of-plan.ts'
import type { RunPlan } from '../../src/model/plan.ts'

const folder = mkdtempSync(join(tmpdir(), 'settings-of-plan-'))
afterAll(() => rmSync(folder, { recursive: true }))

const names = readdirSync(WORKLOADS_FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.slice(0, -'.yaml'.length))

function profileOf(name: string): Profile {
  const path = join(WORKLOADS_FOLDER, `${name}.yaml`)
  return parseProfile(readFileSync(path, 'utf8'), path, PROFILE_CONTEXT)
}

function planOf(profile: Profile, flags: Readonly<Record<string, string>> = {}, settings?: string): RunPlan {
  const given = Object.entries(flags).map(([key, input]) => [key, { flag: `--${key}`, input }] as const)
  const path = join(folder, 'run.yaml')
  if (settings !== undefined) writeFileSync(path, settings, { mode: 0o600 })
  const file = settings === undefined ? {} : { file: loadConfigFile(path).settings }
  const inputs = { flags: new Map(given), environment: {}, profile, ...file }
  return buildPlan(inputs, { clientVersion: 'ioredis-test' }).plan
}

/** What a run is, without who it was and without passwords; a stage that is held until the end lasts as long as that. */
function essence({ identity, output, log, ...plan }: RunPlan): unknown {
  void [identity, output, log]
  const { stages, duration_ms } = plan.load
  const before = stages.reduce((sum, stage) => sum + (stage.duration_ms ?? 0), 0)
  const ended = stages.map((stage) => ({ ...stage, duration_ms: stage.duration_ms ?? duration_ms! - before }))
  return { ...plan, load: { ...plan.load, stages: ended }, target: { ...plan.target, password: null } }
}

function expectSame(profile: Profile, flags?: Readonly<Record<string, string>>): void {
  const plan = planOf(profile, flags)
  const again = planOf(profile, {}, settingsOfPlan(plan))
  expect(essence(again)).toEqual(essence(plan))
}

describe('settings of a plan', () => {
  it.each(names)('give the same plan with its profile: %s', (name) => expectSame(profileOf(name)))

  it.each<[string, Record<string, string>]>([
    [
      'stages',
      { 'load.stages': 'warm:30s:1000,climb:1m:1000..5000,off:10s:0', 'load.repeat_stages': 'true' },
    ],
    [
      'a ramp that is held',
      { 'load.target_ops_per_second': '5000', 'load.ramp': '30s', 'load.duration': '5m' },
    ],
    [
      'steps',
      {
        'load.step.from': '1000',
        'load.step.by': '500',
        'load.step.every': '10s',
        'load.step.to': '4000',
        'load.step.search': 'true',
      },
    ],
    ['no target', { 'load.target_ops_per_second': 'max', 'load.duration': '3s' }],
    ['batches', { 'pipeline.size': '7' }],
    ['thresholds', { thresholds: 'p99(GET) < 2ms; error_rate < 0.1% abort after 10s' }],
    ['other operations', { 'workload.operations': 'GET,HSET,INCR' }],
    ['other weights', { 'workload.operation_weights': '{"SET": 0.4, "GET": 0.6}' }],
    ['other shares', { 'workload.read_write_ratio': '0.123' }],
    ['a target', { 'target.url': 'rediss://u:s3cr3t@h:1/3' }],
  ])('give the same plan: %s', (_, flags) => expectSame(profileOf('basic_rw'), flags))

  it('hold no secret', () => {
    const plan = planOf(profileOf('basic_rw'), { 'target.url': 'redis://u:s3cr3t@h' })
    expect(settingsOfPlan(plan)).not.toMatch(/s3cr3t|password/)
  })
})
