import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  calibrationFile,
  describeMachine,
  readCalibration,
  settingsOf,
} from '../../src/calibration/calibration-file.ts'
import { type Calibration, calibrationObstacle, shareOf } from '../../src/model/calibration.ts'
import { planOf } from '../support/plan.ts'

const folder = mkdtempSync(join(tmpdir(), 'redis-test-calibration-'))
afterAll(() => rmSync(folder, { recursive: true }))
const environment = { XDG_CACHE_HOME: folder }

export const CALIBRATION: Calibration = {
  schema: 'redis-test/calibration',
  schema_version: 1,
  machine: describeMachine('1.2.3'),
  settings: settingsOf(planOf().plan),
  measured_at: 1_700_000_000,
  ceiling_ops_per_second: 120_000,
  limited_by: 'generator',
  responder_ceiling_ops_per_second: 3_000_000,
  floor: {
    at_ops_per_second: 1000,
    response_p50_ms: 0.25,
    response_p99_ms: 0.7,
    service_p50_ms: 0.1,
    service_p99_ms: 0.3,
  },
}

function keep(calibration: unknown): string {
  const { machine, settings } = CALIBRATION
  const file = calibrationFile(machine, settings, environment)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof calibration === 'string' ? calibration : JSON.stringify(calibration))
  return file
}

describe('calibration of a machine', () => {
  it('is found again by plans with the same settings, wherever their server is', () => {
    const file = keep(CALIBRATION)
    expect(file.startsWith(join(folder, 'redis-test', 'calibration-'))).toBe(true)
    expect(readCalibration(planOf().plan, '1.2.3', environment)).toEqual(CALIBRATION)
    const elsewhere = planOf({ 'target.host': 'redis.example.net', 'load.target_ops_per_second': '5000' })
    expect(readCalibration(elsewhere.plan, '1.2.3', environment)).toEqual(CALIBRATION)
  })

  it.each([
    { 'load.threads': '2' },
    { 'load.clients': '11' },
    { 'pipeline.size': '10' },
    { 'target.protocol': '2' },
    { 'values.size': '1000' },
    { 'load.pacing': 'precise' },
    { 'client.renew_after': '100' },
    { 'target.socket': '/tmp/redis.sock' },
    { 'target.topology': 'cluster' },
  ])('is not taken for one with other settings: %j', (flags) => {
    keep(CALIBRATION)
    expect(readCalibration(planOf(flags).plan, '1.2.3', environment)).toBeNull()
  })

  it('is not taken for that of another version or folder, and one that cannot be read is none', () => {
    keep(CALIBRATION)
    expect(readCalibration(planOf().plan, '1.2.4', environment)).toBeNull()
    expect(readCalibration(planOf().plan, '1.2.3', { XDG_CACHE_HOME: join(folder, 'other') })).toBeNull()
    for (const broken of [
      '{',
      '{}',
      'null',
      { ...CALIBRATION, schema_version: 2 },
      { ...CALIBRATION, ceiling_ops_per_second: 'x' },
    ]) {
      keep(broken)
      expect(readCalibration(planOf().plan, '1.2.3', environment)).toBeNull()
    }
  })

  it('says which share of it a rate is', () => {
    expect(shareOf(CALIBRATION, 48_000)).toEqual({
      ceiling_ops_per_second: 120_000,
      share: 0.4,
      is_lower_bound: false,
      floor_p50_ms: 0.25,
      floor_p99_ms: 0.7,
      measured_at: 1_700_000_000,
    })
    expect(shareOf({ ...CALIBRATION, limited_by: 'responder' }, 1).is_lower_bound).toBe(true)
  })

  it('carries on what others did meanwhile, if it was enough to matter', () => {
    const machine = { ...CALIBRATION.machine, cores: 4 }
    const share = (others: number): number | undefined =>
      shareOf({ ...CALIBRATION, machine, others_cpu_cores: others }, 1).others_cpu_cores
    expect(share(1.5)).toBe(1.5)
    expect(share(0.2)).toBeUndefined()
  })

  it('cannot be had for what the responder cannot do', () => {
    expect(calibrationObstacle(planOf().plan)).toBeNull()
    expect(calibrationObstacle(planOf({ 'target.tls.enabled': true }).plan)).toContain('TLS')
    expect(calibrationObstacle(planOf({ 'target.topology': 'cluster' }).plan)).toContain('cluster')
    expect(calibrationObstacle(planOf({ 'values.verify': true }).plan)).toContain('keeps no values')
  })
})
