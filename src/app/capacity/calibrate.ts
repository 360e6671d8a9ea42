import { dirname } from 'node:path'
import { calibrationFile, describeMachine, settingsOf } from '../../calibration/calibration-file.ts'
import { measureResponder } from '../../calibration/responder-ceiling.ts'
import { startResponderProcess } from '../../calibration/responder-process.ts'
import { type Calibration, calibrationObstacle } from '../../model/calibration.ts'
import type { CapacityResult, CapacityStep, MachineCpu } from '../../model/capacity-result.ts'
import { UsageError } from '../../model/errors.ts'
import type { RunPlan } from '../../model/plan.ts'
import type { RunResult } from '../../model/result.ts'
import { parseValueSizes } from '../../model/value-sizes.ts'
import { makeFolder } from '../../telemetry/make-folder.ts'
import { writeWhole } from '../write-result.ts'
import { type CapacityParts, findCapacity } from './find-capacity.ts'
import { MachineCpuWatch } from './machine-cpu.ts'
import { planOfStep, quietLog, runStep } from './run-step.ts'

type CalibrateParts = Omit<CapacityParts, 'search' | 'stepsFolder' | 'calibration' | 'stepMillis'>

export interface Calibrated {
  readonly calibration: Calibration
  readonly file: string
}

/**
 * Besides that every arrival is sent and answered in time. Response times include the start lag; of half of the arrivals,
 * so that what else the machine does now and then is not taken for the generator's limit.
 */
const KEEPS_UP = 'p50 < 10ms'
const STEP_MILLIS = 2000
const WARMUP_MILLIS = 1000
const FROM_OPS_PER_SECOND_AND_THREAD = 8000
const PRECISION = 0.05
const FLOOR_OPS_PER_SECOND = 1000
const FLOOR_MILLIS = 3000
const RESPONDER_MILLIS = 2000
/** Of a core, from which on a process has nothing left. */
const SATURATED = 0.9

/**
 * Measures what the generator can do on this machine with the settings of a plan, against a responder that costs next to
 * nothing, and keeps the figures. `null` when the user ended it.
 */
export async function calibrate(parts: CalibrateParts): Promise<Calibrated | null> {
  const obstacle = calibrationObstacle(parts.built.plan)
  if (obstacle !== null) throw new UsageError([{ path: '', message: obstacle, hint: 'calibrate without it' }])
  const responder = await startResponderProcess({ valueBytes: typicalBytes(parts.built.plan) })
  try {
    const responderCeiling = await measureResponder(responder.port, RESPONDER_MILLIS)
    const plan = planAgainst(responder.port, parts.built.plan)
    const built = { ...parts.built, plan, secrets: { ...parts.built.secrets, password: null } }
    let isStopped = false
    const listeners: (() => void)[] = []
    parts.onStopRequest(() => {
      isStopped = true
      for (const listener of listeners) listener()
    })
    const onStopRequest = (listener: () => void): void => {
      listeners.push(listener)
      if (isStopped) listener()
    }
    const log = quietLog(parts.log)
    const floorPlan = planOfStep(plan, { rate: FLOOR_OPS_PER_SECOND, index: 0, stepMillis: FLOOR_MILLIS })
    const watch = new MachineCpuWatch()
    const floor = await runStep(
      { ...parts, log, built, stepMillis: FLOOR_MILLIS, onStopRequest },
      floorPlan,
    ).finally(() => watch.close())
    const floorCpu = watch.between(1000 * floor.run_start, 1000 * floor.run_end, 0)
    const found = await findCapacity({ ...parts, built, ...searchOf(plan), onStopRequest })
    if (isStopped) return null
    return keep(parts, describe(parts, { floor, found, responderCeiling, floorCpu }))
  } finally {
    await responder.stop()
  }
}

function searchOf({
  load,
}: RunPlan): Pick<CapacityParts, 'search' | 'stepMillis' | 'stepsFolder' | 'calibration'> {
  const from = FROM_OPS_PER_SECOND_AND_THREAD * load.threads
  return {
    search: { from, to: null, precision: PRECISION, repeats: 3, forgiven: 0, maxSteps: 50 },
    stepMillis: STEP_MILLIS,
    stepsFolder: null,
    calibration: null,
  }
}

/** The workload of the plan, put on the responder; nothing else of the plan. */
function planAgainst(port: number, plan: RunPlan): RunPlan {
  return {
    ...plan,
    target: {
      ...plan.target,
      embedded: false,
      host: '127.0.0.1',
      port,
      socket: null,
      db: 0,
      username: null,
      password: null,
      nodes: [],
    },
    load: { ...plan.load, warmup_ms: WARMUP_MILLIS },
    keys: { ...plan.keys, preload: 0, cleanup: false },
    faults: [],
    thresholds: [{ expression: KEEPS_UP, abort_on_fail: false, abort_after_ms: 0 }],
    expect: [],
    metrics: { ...plan.metrics, enabled: false },
    otel: { ...plan.otel, enabled: false },
    profiling: { ...plan.profiling, server: null },
  }
}

function describe(
  { built, toolVersion }: CalibrateParts,
  measured: {
    readonly floor: RunResult
    readonly found: CapacityResult
    readonly responderCeiling: number
    readonly floorCpu: MachineCpu | null
  },
): Calibration {
  const { floor, found, responderCeiling, floorCpu } = measured
  const ceiling = found.interval.held
  if (ceiling === null)
    throw new Error(`the generator does not keep up with any rate here: ${found.error ?? 'none held'}`)
  const others = [floorCpu, ...found.steps.map((step) => step.machine_cpu)].flatMap((cpu) =>
    cpu === null ? [] : [cpu.others],
  )
  const failed = found.steps.filter((step) => step.target_ops_per_second === found.interval.failed)
  return {
    schema: 'redis-test/calibration',
    schema_version: 1,
    machine: describeMachine(toolVersion),
    settings: settingsOf(built.plan),
    measured_at: Math.round(Date.now() / 1000),
    ceiling_ops_per_second: ceiling,
    limited_by: limitedBy(failed),
    responder_ceiling_ops_per_second: responderCeiling,
    floor: {
      at_ops_per_second: FLOOR_OPS_PER_SECOND,
      response_p50_ms: floor.median_latency_ms,
      response_p99_ms: floor.p99_latency_ms,
      service_p50_ms: middleOf(floor.intervals.map(({ service_p50_ms }) => service_p50_ms)),
      service_p99_ms: middleOf(floor.intervals.map(({ service_p99_ms }) => service_p99_ms)),
    },
    ...(others.length === 0 ? {} : { others_cpu_cores: Math.max(floorCpu?.others ?? 0, middleOf(others)) }),
  }
}

/** There are only two who could be: where the responder had CPU left, it was the generator. */
function limitedBy(failed: readonly CapacityStep[]): Calibration['limited_by'] {
  const responder = middleOf(failed.map(({ server_cpu }) => server_cpu?.main_thread ?? 0))
  const generator = middleOf(failed.map((step) => step.generator.cpu_cores / step.generator.threads))
  if (failed.length > 0 && responder < SATURATED) return 'generator'
  return generator < SATURATED ? 'responder' : 'unknown'
}

function keep({ environment }: CalibrateParts, calibration: Calibration): Calibrated {
  const file = calibrationFile(calibration.machine, calibration.settings, environment)
  makeFolder(dirname(file))
  writeWhole(file, `${JSON.stringify(calibration, undefined, 2)}\n`)
  return { calibration, file }
}

function typicalBytes({ values }: RunPlan): number {
  const sizes = parseValueSizes(values.size) ?? []
  const weights = sizes.reduce((sum, { weight }) => sum + weight, 0)
  const bytes = sizes.reduce(
    (sum, { minBytes, maxBytes, weight }) => sum + (weight * (minBytes + maxBytes)) / 2,
    0,
  )
  return weights === 0 ? 0 : Math.round(bytes / weights)
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
