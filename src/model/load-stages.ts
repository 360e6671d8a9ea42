import type { LoadPlan, StagePlan } from './plan.ts'

/** The stage that a moment of the measured time falls into. Times are milliseconds since the measured time began. */
export interface StageTime {
  readonly stage: StagePlan
  /** Position in the plan. */
  readonly index: number
  readonly startMillis: number
  /** Infinite for one that goes on until the end. */
  readonly endMillis: number
}

type Staged = Pick<LoadPlan, 'stages' | 'repeat_stages'>

/** Length of all stages, once; infinite when the last one goes on until the end. */
export function stagesMillis(stages: readonly StagePlan[]): number {
  return stages.reduce((sum, { duration_ms }) => sum + (duration_ms ?? Number.POSITIVE_INFINITY), 0)
}

/** The stage at a moment: of a boundary, the later one; after the last one, the last one. `undefined` without stages. */
export function stageAt(load: Staged, millis: number): StageTime | undefined {
  const { stages } = load
  const period = stagesMillis(stages)
  const isRepeated = load.repeat_stages && Number.isFinite(period) && period > 0
  const cycle = isRepeated ? cycleAt(millis, period) : 0
  let startMillis = isRepeated ? cycle * period : 0
  for (const [index, stage] of stages.entries()) {
    const isLast = index === stages.length - 1
    const sum = startMillis + (stage.duration_ms ?? Number.POSITIVE_INFINITY)
    const endMillis = isLast && isRepeated ? (cycle + 1) * period : sum
    if (millis < endMillis || isLast) return { stage, index, startMillis, endMillis }
    startMillis = endMillis
  }
  return undefined
}

/** A quotient may be rounded to below the cycle that begins just here. */
function cycleAt(millis: number, period: number): number {
  const cycle = Math.floor(millis / period)
  return (cycle + 1) * period <= millis ? cycle + 1 : cycle
}

/** When the first stage of another name begins after a moment; `undefined` when there is none. */
export function nextPhase(load: Staged, millis: number): StageTime | undefined {
  if (new Set(load.stages.map(({ name }) => name)).size < 2) return undefined
  const now = stageAt(load, millis)
  let at = now
  while (at !== undefined && at.stage.name === now?.stage.name) {
    if (!Number.isFinite(at.endMillis)) return undefined
    const following = stageAt(load, at.endMillis)
    if (following === undefined || following.startMillis < at.endMillis) return undefined
    at = following
  }
  return at
}

/** The highest commands per second that the load asks for; 0 in a closed loop. */
export function peakOpsPerSecond(load: Pick<LoadPlan, 'model' | 'stages' | 'target_ops_per_second'>): number {
  if (load.model === 'closed') return 0
  if (load.stages.length === 0) return load.target_ops_per_second ?? 0
  return Math.max(
    ...load.stages.flatMap(({ from_ops_per_second, to_ops_per_second }) => [
      from_ops_per_second ?? 0,
      to_ops_per_second ?? 0,
    ]),
  )
}
