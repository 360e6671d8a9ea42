import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, homedir, release, type } from 'node:os'
import { join } from 'node:path'
import { type Calibration, calibrationObstacle, type Machine } from '../model/calibration.ts'
import type { RunPlan } from '../model/plan.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** This machine, as far as it decides what a generator can do. */
export function describeMachine(toolVersion: string): Machine {
  return {
    cpu_model: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node_version: process.version,
    tool_version: toolVersion,
    os: `${type()} ${release()}`,
  }
}

/** The settings of a plan that decide what a generator can do. A calibration is good for plans that have the same. */
export function settingsOf({
  load,
  client,
  target,
  batch,
  values,
  keys,
  operations,
}: RunPlan): Calibration['settings'] {
  return {
    threads: load.threads,
    clients: load.clients,
    pacing: load.pacing,
    arrivals: load.arrivals,
    protocol: target.protocol,
    tls: target.tls.enabled,
    preset: client.preset,
    coalesce_writes: client.coalesce_writes,
    renew_after: client.renew_after ?? 0,
    batch: batch.kind,
    batch_size: batch.size,
    value_size: values.size,
    value_kind: values.kind,
    verify: values.verify,
    key_distribution: keys.distribution,
    operations: operations
      .map(
        ({ weight, commands, batch: own }) =>
          `${weight}×${own.kind === 'none' ? '' : `${own.size}×`}${commands.join(';')}`,
      )
      .join(' | '),
  }
}

/** Where the calibration of a machine with these settings is kept: in the user's folder for what can be made again. */
export function calibrationFile(
  machine: Machine,
  settings: Calibration['settings'],
  environment: Environment,
): string {
  const key = createHash('sha256')
    .update(JSON.stringify([machine, settings]))
    .digest('hex')
    .slice(0, 16)
  return join(cacheFolder(environment), `calibration-${key}.json`)
}

/** `null` when there is none, none that can be read, which can be made again, and none that would be of use for the plan. */
export function readCalibration(
  plan: RunPlan,
  toolVersion: string,
  environment: Environment,
): Calibration | null {
  if (calibrationObstacle(plan) !== null) return null
  try {
    const file = calibrationFile(describeMachine(toolVersion), settingsOf(plan), environment)
    const found = JSON.parse(readFileSync(file, 'utf8')) as Calibration
    return isCalibration(found) ? found : null
  } catch {
    return null
  }
}

/** Whether a run could show it. */
function isCalibration({
  schema,
  schema_version,
  ceiling_ops_per_second,
  measured_at,
  floor,
}: Calibration): boolean {
  const numbers = [ceiling_ops_per_second, measured_at, floor.response_p50_ms, floor.response_p99_ms]
  const isOurs = schema === 'redis-test/calibration' && schema_version === 1
  return isOurs && numbers.every((value) => Number.isFinite(value)) && ceiling_ops_per_second > 0
}

function cacheFolder(environment: Environment): string {
  const given = environment['XDG_CACHE_HOME']
  const base = given === undefined || given === '' ? join(homedir(), '.cache') : given
  return join(base, 'redis-test')
}
