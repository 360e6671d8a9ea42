import { Document } from 'yaml'
import { stagesMillis } from '../model/load-stages.ts'
import type { LoadPlan, RunPlan } from '../model/plan.ts'
import { PROFILE_KEY } from './config-file.ts'
import { SETTINGS } from './settings.ts'
import { type StageDraft, writeStages } from './stages.ts'

/** Who a run was and where its outputs went: of one run, and not of the next. */
const OF_ONE_RUN = /^(?:identity|output|log)\./

/**
 * The settings of a plan, for `--config-file` together with its profile: all of them, so that the profile does not decide
 * (variables of the environment would). What a profile holds besides settings (what operations are, faults, scripts) is in the profile. Without secrets.
 */
export function settingsOfPlan(plan: RunPlan): string {
  const document = new Document({ [PROFILE_KEY]: plan.profile.name })
  const set = (key: string, value: unknown): void =>
    document.setIn(key.split('.'), document.createNode(value))
  for (const { key, plan: path, kind, becomes, secret, default: usual } of SETTINGS) {
    if (becomes !== undefined || secret !== undefined || OF_ONE_RUN.test(key) || SHAPED.has(key)) continue
    const value = valueAt(plan, path)
    if (value === undefined || (value === null && usual === null && !HAS_WORD_FOR_NULL.has(key))) continue
    set(key, kind.write === undefined ? value : kind.write(value))
  }
  const parts = [...batchSettings(plan), ...shapeSettings(plan.load), ...weightSettings(plan)]
  for (const [key, value] of parts) set(key, value)
  return document.toString({ lineWidth: 0 })
}

/** Nothing is what they are by default, and what a profile may be overruled with. */
const HAS_WORD_FOR_NULL: ReadonlySet<string> = new Set(['load.target_ops_per_second'])

/** What the shape of a load decides. */
const SHAPED: ReadonlySet<string> = new Set(['load.stages', 'load.repeat_stages', 'load.duration'])

function* batchSettings({ batch: { kind, size } }: RunPlan): Generator<readonly [string, unknown]> {
  if (kind !== 'none') yield [`${kind}.size`, size]
}

/** Which operations, and how often: flags may have chosen others than the profile does. */
function* weightSettings({ operations }: RunPlan): Generator<readonly [string, unknown]> {
  if (operations.length > 0)
    yield [
      'workload.operation_weights',
      Object.fromEntries(operations.map(({ name, weight }) => [name, weight])),
    ]
}

/** Of a stage: a year. */
const LONGEST_MILLIS = 31_536_000_000

/** Whatever the shape was, it became stages; but a search is one over steps. */
function* shapeSettings(load: LoadPlan): Generator<readonly [string, unknown]> {
  const { stages, repeat_stages, duration_ms: duration, step_search: isSearch } = load
  if (duration !== null) yield ['load.duration', `${duration}ms`]
  const [first, second] = stages
  if (first === undefined) return
  if (isSearch) {
    const from = first.to_ops_per_second ?? 0
    yield ['load.step.from', from]
    yield ['load.step.by', (second?.to_ops_per_second ?? from + 1) - from]
    yield ['load.step.every', `${first.duration_ms ?? 0}ms`]
    yield ['load.step.to', stages.at(-1)?.to_ops_per_second ?? from]
    yield ['load.step.search', true]
    return
  }
  const before = stagesMillis(stages.filter(({ duration_ms }) => duration_ms !== null))
  const rest = duration === null ? LONGEST_MILLIS : duration - before
  yield ['load.stages', writeStages(stages.map((stage) => draftOf(stage, rest)))]
  if (repeat_stages) yield ['load.repeat_stages', true]
}

type Stage = LoadPlan['stages'][number]

function draftOf(
  { name, duration_ms, from_ops_per_second: from, to_ops_per_second: to, concurrency }: Stage,
  rest: number,
): StageDraft {
  return {
    name,
    duration: duration_ms ?? rest,
    ...(from === null ? {} : { rate: from }),
    ...(to === null || to === from ? {} : { ramp_to: to }),
    ...(concurrency === null ? {} : { concurrency }),
  }
}

function valueAt(plan: RunPlan, path: string): unknown {
  let value: unknown = plan
  for (const step of path.split('.')) value = (value as Readonly<Record<string, unknown>> | undefined)?.[step]
  return value
}
