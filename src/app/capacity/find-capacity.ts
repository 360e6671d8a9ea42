import { join } from 'node:path'
import { boundsOf } from '../../capacity/bounds.ts'
import { curveOf, kneeOf } from '../../capacity/curve.ts'
import { limitOf } from '../../capacity/limit.ts'
import { observeStep } from '../../capacity/observe-step.ts'
import {
  bracketOf,
  type NextStep,
  nextStep,
  type Observation,
  type SearchOptions,
  stepsLeft,
} from '../../capacity/search.ts'
import { type Calibration, shareOf } from '../../model/calibration.ts'
import type { CapacityEnd, CapacityResult, CapacityStep } from '../../model/capacity-result.ts'
import { UsageError } from '../../model/errors.ts'
import type { RunPlan } from '../../model/plan.ts'
import type { RunResult } from '../../model/result.ts'
import { renderJson } from '../../reports/render-json.ts'
import { CleanupStack } from '../cleanup-stack.ts'
import { provideTarget } from '../provide-target.ts'
import { InterruptedError } from '../run-test.ts'
import { writeWhole } from '../write-result.ts'
import { planOfStep, quietLog, runStep, type StepParts } from './run-step.ts'
import { isOnThisMachine } from './is-on-this-machine.ts'
import { MachineCpuWatch } from './machine-cpu.ts'
import { ServerCpuWatch } from './server-cpu.ts'

/** Told what goes on. */
export interface CapacityListener {
  /** What is known until now; asked for only by those who keep it. */
  known?(result: CapacityResult): void
  /** `millisLeft`: an estimate; `null` before a rate has failed. */
  starts(step: NextStep & { readonly index: number }, millisLeft: number | null): void
  ended(step: CapacityStep): void
}

export interface CapacityParts extends Omit<StepParts, 'onStopRequest'> {
  readonly search: SearchOptions
  /** What the generator can do here with these settings; `null` when nobody knows. */
  readonly calibration: Calibration | null
  /** Folder for the result of each step; `null`: they are not kept. */
  readonly stepsFolder: string | null
  readonly listener: CapacityListener
  /** Registers what has to happen when the user wants the search to end; called once. */
  readonly onStopRequest: (listener: () => void) => void
}

/** What a step takes besides its load, until it is known: connecting, the guard, asking the server, draining. */
const OVERHEAD_MILLIS = 700

/**
 * Finds the highest rate that keeps the thresholds of the plan. Rejects when the first step cannot be run; whatever
 * happens later, what is known until then is the result.
 */
export async function findCapacity(parts: CapacityParts): Promise<CapacityResult> {
  const log = quietLog(parts.log)
  const cleanup = new CleanupStack(log)
  const startedAt = Date.now()
  try {
    const { plan: provided } = await provideTarget(parts, cleanup)
    const plan = { ...provided, target: { ...provided.target, embedded: false } }
    const search = new CapacitySearch({ ...parts, log }, plan, () =>
      parts.listener.known?.(describe(parts, search, { end_reason: 'unfinished', error: null, startedAt })),
    )
    const outcome = await search.run()
    return describe(parts, search, { ...outcome, startedAt })
  } finally {
    await cleanup.run()
  }
}

interface SearchOutcome {
  readonly end_reason: CapacityEnd
  readonly error: string | null
}

class CapacitySearch {
  readonly #parts: CapacityParts
  readonly #plan: RunPlan
  readonly #tell: () => void
  readonly observations: Observation[] = []
  readonly steps: CapacityStep[] = []
  server: RunResult['server'] = {}
  #isStopped = false
  #overheadMillis = OVERHEAD_MILLIS
  #stopStep: (() => void) | undefined

  /** `tell`: called after every step. */
  constructor(parts: CapacityParts, plan: RunPlan, tell: () => void) {
    this.#parts = parts
    this.#tell = tell
    this.#plan = plan
    parts.onStopRequest(() => {
      this.#isStopped = true
      this.#stopStep?.()
    })
  }

  async run(): Promise<SearchOutcome> {
    for (;;) {
      const next = nextStep(this.observations, this.#parts.search)
      if (next.kind === 'over') return { end_reason: next.reason, error: null }
      if (this.#isStopped) return { end_reason: 'signal', error: null }
      const index = this.steps.length + 1
      const startedAt = performance.now()
      this.#parts.listener.starts({ ...next, index }, this.#millisLeft())
      const step = await this.#tryStep(next, index).catch((error: unknown) => {
        if (error instanceof InterruptedError) return undefined
        // Of the first step it is a mistake in what was asked for; of a later one it is part of what was found.
        if (index === 1 || error instanceof UsageError) throw error
        return error instanceof Error ? error : new Error(String(error))
      })
      if (step instanceof Error) return { end_reason: 'failed', error: step.message }
      if (step === undefined) return { end_reason: 'signal', error: null }
      this.#parts.listener.ended(step)
      this.#tell()
      this.#overheadMillis = Math.max(0, performance.now() - startedAt - this.#loadMillis)
      const broken = step.failures.find(({ kind }) => kind === 'ended')
      if (broken !== undefined) return { end_reason: 'failed', error: broken.detail }
    }
  }

  /** `undefined` when the user ended it before it was over. */
  async #tryStep(next: NextStep, index: number): Promise<CapacityStep | undefined> {
    const { rate } = next
    const { built, stepMillis } = this.#parts
    const plan = planOfStep(this.#plan, { rate, index, stepMillis })
    const watch = await ServerCpuWatch.start({ plan, secrets: built.secrets })
    const machine = new MachineCpuWatch()
    try {
      const result = await runStep({ ...this.#parts, onStopRequest: (stop) => this.#onStop(stop) }, plan)
      if (result.end_reason === 'signal') return undefined
      this.server = result.server
      const step = this.#observe(result, { ...next, index, watch, machine })
      this.steps.push(step)
      this.observations.push({ rate, held: step.held, disturbed: step.disturbed })
      if (!step.held && !this.#isStopped) await watch?.calm()
      return step
    } finally {
      machine.close()
      watch?.close()
    }
  }

  #observe(
    result: RunResult,
    step: NextStep & {
      readonly index: number
      readonly watch: ServerCpuWatch | undefined
      readonly machine: MachineCpuWatch
    },
  ): CapacityStep {
    const { calibration, stepsFolder } = this.#parts
    const { rate, index, phase, watch, machine } = step
    const resultFile = stepsFolder === null ? null : join(stepsFolder, `step-${pad(index)}-${rate}.json`)
    if (resultFile !== null) writeWhole(resultFile, renderJson(result))
    const [from, to] = [1000 * result.run_start, 1000 * result.run_end]
    const serverCpu = watch?.between(from, to) ?? null
    const serverCores = isOnThisMachine(this.#plan) ? (serverCpu?.process ?? 0) : 0
    return observeStep(result, {
      index,
      phase,
      targetOpsPerSecond: rate,
      serverCpu,
      machineCpu: machine.between(from, to, serverCores),
      calibratedOpsPerSecond: calibration?.ceiling_ops_per_second ?? null,
      resultFile,
    })
  }

  /** The step that is going on is ended at once when the search is to end. */
  #onStop(stop: () => void): void {
    this.#stopStep = stop
    if (this.#isStopped) stop()
  }

  get #loadMillis(): number {
    const { stepMillis, built } = this.#parts
    return stepMillis + built.plan.load.warmup_ms
  }

  #millisLeft(): number | null {
    const { search } = this.#parts
    const steps = stepsLeft(bracketOf(this.observations, search), search)
    return steps === null ? null : steps * (this.#loadMillis + this.#overheadMillis)
  }
}

function describe(
  { built: { plan }, search: options, stepMillis, toolVersion, calibration }: CapacityParts,
  { observations, steps, server }: CapacitySearch,
  { end_reason, error, startedAt }: SearchOutcome & { readonly startedAt: number },
): CapacityResult {
  const { held, failed } = bracketOf(observations, options)
  const curve = curveOf(steps)
  const limit =
    failed === null ? null : limitOf(steps.filter((step) => step.target_ops_per_second === failed))
  return {
    schema: 'redis-test/capacity',
    schema_version: 1,
    tool_version: toolVersion,
    run_id: plan.identity.run_id,
    workload_name: plan.profile.name,
    search_start: startedAt / 1000,
    search_end: Date.now() / 1000,
    promise: plan.thresholds.map(({ expression }) => expression),
    capacity_ops_per_second: held,
    interval: { held, failed },
    bounds: boundsOf(observations, { held, failed }),
    is_lower_bound: held !== null && limit?.by === 'generator',
    precision: {
      asked: options.precision,
      reached: held === null || failed === null ? null : Math.round((failed / held - 1) * 10_000) / 10_000,
    },
    end_reason,
    error,
    limit,
    knee: kneeOf(curve),
    curve,
    steps,
    search: {
      from_ops_per_second: options.from,
      to_ops_per_second: options.to,
      step_seconds: stepMillis / 1000,
      warmup_seconds: plan.load.warmup_ms / 1000,
      repeats: options.repeats,
      max_steps: options.maxSteps,
    },
    calibration: calibration === null || held === null ? null : shareOf(calibration, held),
    server,
    plan,
  }
}

function pad(index: number): string {
  return String(index).padStart(3, '0')
}
