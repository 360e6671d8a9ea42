import type { Problem } from '../model/errors.ts'
import { stagesMillis } from '../model/load-stages.ts'
import type { LoadPlan, StagePlan } from '../model/plan.ts'
import type { Sourced } from './sources.ts'
import { SHORTEST_STAGE_MILLIS, type StageDraft } from './stages.ts'

/** What the settings of a shape come to. */
type ShapedLoad = Pick<
  LoadPlan,
  'model' | 'concurrency' | 'duration_ms' | 'stages' | 'repeat_stages' | 'step_search'
>

/** The shapes a load may have besides constant, and the settings that make each. */
const SHAPES = {
  stages: ['load.stages'],
  ramp: ['load.ramp'],
  spikes: ['load.spike.every', 'load.spike.duration', 'load.spike.rate'],
  sine: ['load.sine.period', 'load.sine.amplitude'],
  'on and off': ['load.on', 'load.off'],
  steps: ['load.step.from', 'load.step.by', 'load.step.every', 'load.step.to'],
} as const
type Shape = keyof typeof SHAPES

const PERIODIC: ReadonlySet<Shape> = new Set(['spikes', 'sine', 'on and off'])

/** Linear pieces in one period of a sine: the rate is off by at most (2π / 72)² / 8 = 0.095 % of the amplitude. */
const SINE_PIECES = 72
const MOST_STEPS = 1000
const DEFAULT_STEP_MILLIS = 10_000
const DEFAULT_AMPLITUDE = 0.5

/** Gives access to the settings, and collects what is wrong with them. */
interface Desk {
  /** `null` when it was not given. */
  number(key: string): number | null
  /** As `number`; complains when it is not there. */
  needed(key: string, why: string): number
  complain(path: string, message: string, hint: string): void
  readonly resolved: ReadonlyMap<string, Sourced>
}

/** Turns the settings of at most one shape into stages. A shape of a flag replaces that of a profile. */
export function shapeLoad(resolved: ReadonlyMap<string, Sourced>, problems: Problem[]): ShapedLoad {
  const desk = openDesk(resolved, problems)
  const shape = chosenShape(desk)
  const stages = shape === undefined ? [] : compilers[shape](desk)
  const isOpen =
    desk.number('load.target_ops_per_second') !== null ||
    stages.some(({ from_ops_per_second }) => from_ops_per_second !== null)
  const highest = Math.max(0, ...stages.map(({ concurrency }) => concurrency ?? 0))
  return {
    model: isOpen ? 'open' : 'closed',
    concurrency: highest > 0 ? highest : desk.number('load.concurrency')!,
    ...placeInTime(desk, stages, shape),
    step_search: shape === 'steps' && isOn(desk, 'load.step.search'),
  }
}

/** Stages end the load, are repeated, or hold what they came to until its end. */
function placeInTime(
  desk: Desk,
  stages: StagePlan[],
  shape: Shape | undefined,
): Pick<LoadPlan, 'duration_ms' | 'stages' | 'repeat_stages'> {
  const duration_ms = desk.number('load.duration')
  const last = stages.at(-1)
  if (areRepeated(desk, stages, shape)) return { duration_ms, stages, repeat_stages: true }
  const total = stagesMillis(stages)
  if (last === undefined || !Number.isFinite(total)) return { duration_ms, stages, repeat_stages: false }
  if (duration_ms === null || duration_ms <= total)
    return { duration_ms: duration_ms ?? total, stages, repeat_stages: false }
  const held = { ...last, duration_ms: null, from_ops_per_second: last.to_ops_per_second }
  return { duration_ms, stages: [...stages, held], repeat_stages: false }
}

function areRepeated(desk: Desk, stages: readonly StagePlan[], shape: Shape | undefined): boolean {
  if (shape !== undefined && PERIODIC.has(shape)) return true
  if (!isOn(desk, 'load.repeat_stages')) return false
  const canBe = shape === 'stages' && stages.length > 0
  if (!canBe) desk.complain('load.repeat_stages', 'there are no stages to repeat', 'give load.stages as well')
  return canBe
}

function openDesk(resolved: ReadonlyMap<string, Sourced>, problems: Problem[]): Desk {
  const complain: Desk['complain'] = (path, message, hint) => {
    problems.push({ path, where: resolved.get(path)?.origin ?? 'default', message, hint })
  }
  const number = (key: string): number | null => {
    const value = resolved.get(key)?.value
    return typeof value === 'number' ? value : null
  }
  return {
    resolved,
    complain,
    number,
    needed(key, why) {
      const value = number(key)
      if (value === null) complain(key, 'is missing', why)
      return value ?? Number.NaN
    },
  }
}

function isOn({ resolved }: Desk, key: string): boolean {
  return resolved.get(key)?.value === true
}

/** The shape of the strongest source; two of the same strength are a problem. */
function chosenShape(desk: Desk): Shape | undefined {
  const { resolved } = desk
  const given = (Object.keys(SHAPES) as Shape[]).flatMap((shape) => {
    const keys = SHAPES[shape].filter((key) => resolved.get(key)?.value !== null)
    const ranks = keys.map((key) => resolved.get(key)!.rank)
    return keys.length === 0 ? [] : [{ shape, key: keys[0]!, rank: Math.max(...ranks) }]
  })
  const highest = Math.max(...given.map(({ rank }) => rank))
  const [first, second] = given.filter(({ rank }) => rank === highest)
  if (first === undefined || second === undefined) return first?.shape
  const message = `${second.shape}, and ${first.shape} as well`
  desk.complain(second.key, message, 'a load has one shape: choose one')
  return undefined
}

const compilers: Readonly<Record<Shape, (desk: Desk) => StagePlan[]>> = {
  stages: compileStages,
  ramp(desk) {
    const target = desk.needed('load.target_ops_per_second', 'a ramp goes from 0 to it')
    return [stage('ramp', desk.number('load.ramp'), 0, target), stage('steady', null, target, target)]
  },
  spikes(desk) {
    const base = desk.needed('load.target_ops_per_second', 'it is the rate between spikes')
    const every = desk.needed('load.spike.every', 'the time from the beginning of one spike to the next')
    const length = desk.needed('load.spike.duration', 'how long a spike lasts')
    const rate = desk.needed('load.spike.rate', 'commands per second in a spike')
    if (every - length < SHORTEST_STAGE_MILLIS)
      desk.complain(
        'load.spike.duration',
        `spikes of ${length} ms every ${every} ms leave no time between them`,
        'make them shorter or rarer',
      )
    return [stage('base', every - length, base, base), stage('spike', length, rate, rate)]
  },
  sine(desk) {
    const target = desk.needed('load.target_ops_per_second', 'the wave goes around it')
    const period = desk.needed('load.sine.period', 'the length of one wave')
    const amplitude = desk.number('load.sine.amplitude') ?? DEFAULT_AMPLITUDE
    const rateAt = (piece: number): number =>
      target * (1 + amplitude * Math.sin((2 * Math.PI * piece) / SINE_PIECES))
    return Array.from({ length: SINE_PIECES }, (_, piece) =>
      stage('sine', period / SINE_PIECES, rateAt(piece), rateAt((piece + 1) % SINE_PIECES)),
    )
  },
  'on and off'(desk) {
    const on = desk.needed('load.on', 'how long the load is on')
    const off = desk.needed('load.off', 'how long the load is off')
    const target = desk.number('load.target_ops_per_second')
    if (target !== null) return [stage('on', on, target, target), stage('off', off, 0, 0)]
    return [slots('on', on, desk.number('load.concurrency')!), slots('off', off, 0)]
  },
  steps: compileSteps,
}

function compileSteps(desk: Desk): StagePlan[] {
  const by = desk.needed('load.step.by', 'how much a step is higher than the one before')
  const to =
    desk.number('load.step.to') ??
    desk.number('load.target_ops_per_second') ??
    desk.needed('load.step.to', 'the highest step; or give a target')
  const from = desk.number('load.step.from') ?? by
  const every = desk.number('load.step.every') ?? DEFAULT_STEP_MILLIS
  const count = Math.floor((to - from) / by + 1e-9) + 1
  if (count < 1) desk.complain('load.step.to', `${to} is below the first step of ${from}`, 'raise it')
  if (count > MOST_STEPS)
    desk.complain('load.step.by', `${count} steps, more than ${MOST_STEPS}`, 'make the steps higher')
  return Array.from({ length: Math.min(Math.max(count, 0) || 0, MOST_STEPS) }, (_, index) => {
    const rate = Number((from + index * by).toPrecision(12))
    return stage(`step-${rate}`, every, rate, rate)
  })
}

/** Stages without a rate have the target; with only `ramp_to`, they begin where the one before ended. */
function compileStages(desk: Desk): StagePlan[] {
  const drafts = desk.resolved.get('load.stages')!.value as readonly StageDraft[]
  const target = desk.number('load.target_ops_per_second')
  const isOpen = target !== null || drafts.some(({ rate, ramp_to }) => (rate ?? ramp_to) !== undefined)
  let before = target ?? 0
  const stages = drafts.map((draft, index): StagePlan => {
    const { name = `stage-${index + 1}`, duration, rate, ramp_to, concurrency } = draft
    if (!isOpen) return slots(name, duration, concurrency ?? desk.number('load.concurrency')!)
    const path = 'load.stages'
    if (concurrency !== undefined)
      desk.complain(
        path,
        `${name}: concurrency, in a load with a rate`,
        'open loop: rates; closed loop: concurrency',
      )
    else if (rate === undefined && ramp_to === undefined && target === null)
      desk.complain(path, `${name}: no rate`, 'give each stage a rate, or a target for those without')
    const from = rate ?? (ramp_to === undefined ? (target ?? 0) : before)
    before = ramp_to ?? from
    return stage(name, duration, from, before)
  })
  const isPause = stages.every((entry) => loadOf(entry) === 0)
  if (stages.length > 0 && isPause)
    desk.complain('load.stages', 'every stage is a pause', 'give at least one a load above 0')
  return stages
}

function loadOf({ from_ops_per_second, to_ops_per_second, concurrency }: StagePlan): number {
  return (from_ops_per_second ?? 0) + (to_ops_per_second ?? 0) + (concurrency ?? 0)
}

function stage(name: string, duration_ms: number | null, from: number, to: number): StagePlan {
  return { name, duration_ms, from_ops_per_second: from, to_ops_per_second: to, concurrency: null }
}

function slots(name: string, duration_ms: number, concurrency: number): StagePlan {
  return { name, duration_ms, from_ops_per_second: null, to_ops_per_second: null, concurrency }
}
