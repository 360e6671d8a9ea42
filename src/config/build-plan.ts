import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { type Problem, UsageError } from '../model/errors.ts'
import type { BatchPlan, FaultPlan, LoadPlan, RunPlan, Secrets } from '../model/plan.ts'
import { checkOperations, sumOfTargets, toOperationPlans } from './operations.ts'
import { checkPlan } from './check-plan.ts'
import { SHAPE_SETTINGS, shapeLoad } from './load-shape.ts'
import type { Profile } from './profile.ts'
import { applyUrl } from './redis-url.ts'
import { SETTINGS } from './settings.ts'
import { type Inputs, RANK, resolveSettings, type Sourced } from './sources.ts'

/** A plan, what it must not hold, and where each of its values comes from. */
export interface BuiltPlan {
  readonly plan: RunPlan
  readonly secrets: Secrets
  /** Origin by dotted plan path. */
  readonly origins: ReadonlyMap<string, string>
}

export interface BuildContext {
  /** The default of `identity.version`. */
  readonly clientVersion: string
}

/** Settings that exist only to be turned into others. */
const NOT_IN_PLAN = new Set([
  'target.url',
  'target.tls.key_passphrase',
  'pipeline.size',
  'transaction.size',
  'operations.allow_dangerous',
  ...SHAPE_SETTINGS,
])

const SIGNAL_ENDPOINTS = ['otel.metrics_endpoint', 'otel.traces_endpoint', 'otel.logs_endpoint']

/** Paths in which `{run_id}`, `{instance_id}` and `{app_name}` stand for the labels of that name. */
const PATHS_WITH_LABELS = ['output.file', 'output.journal', 'log.file']

/** Merges defaults, profile, environment and flags into one frozen plan, or throws every problem at once. */
export function buildPlan(inputs: Inputs, context: BuildContext): BuiltPlan {
  const problems: Problem[] = []
  const resolved = resolveSettings(inputs, problems)
  applyUrl(resolved)
  applyTargetsOfOperations(resolved, inputs.profile)
  deriveDefaults(resolved, context)
  const secrets: Secrets = {
    password: textOf(resolved, 'target.password'),
    tlsKeyPassphrase: textOf(resolved, 'target.tls.key_passphrase'),
  }
  if (secrets.password !== null) replace(resolved, 'target.password', '***')
  const batch = batchOf(resolved)
  const plan = assemble(resolved, inputs.profile, { batch, load: shapeLoad(resolved, problems) })
  checkPlan(plan, resolved, problems)
  const allowDangerous = resolved.get('operations.allow_dangerous')?.value === true
  problems.push(...checkOperations(plan.operations, inputs.profile, { batch, allowDangerous }))
  if (problems.length > 0) throw new UsageError(problems)
  const origins: (readonly [string, string])[] = SETTINGS.filter(({ key }) => !NOT_IN_PLAN.has(key)).map(
    ({ key, plan: path }) => [path, resolved.get(key)?.origin ?? 'default'] as const,
  )
  for (const index of plan.thresholds.keys())
    origins.push([
      `thresholds.${index}.expression`,
      originOfEntry(resolved.get('thresholds'), inputs.profile, index),
    ])
  return { plan: deepFreeze(plan), secrets, origins: new Map(origins) }
}

/** What operations ask for on their own is what the load asks for, unless somebody says otherwise. */
function applyTargetsOfOperations(resolved: Map<string, Sourced>, profile: Profile): void {
  const key = 'load.target_ops_per_second'
  const sum = sumOfTargets(profile)
  if (sum !== undefined && resolved.get(key)?.rank === RANK.default)
    resolved.set(key, {
      value: sum,
      rank: RANK.profile,
      origin: `profile ${profile.locate('operations')}, the sum of its targets`,
    })
}

/** Defaults that depend on other values or on chance. */
function deriveDefaults(resolved: Map<string, Sourced>, context: BuildContext): void {
  const fill = (key: string, make: () => unknown): void => {
    if (resolved.get(key)?.value === null) replace(resolved, key, make())
  }
  fill('load.concurrency', () => resolved.get('load.clients')?.value)
  fill('load.seed', () => randomInt(2 ** 32))
  fill(
    'identity.instance_id',
    () => `${textOf(resolved, 'identity.app_name')}-${randomBytes(4).toString('hex')}`,
  )
  fill('identity.run_id', () => randomUUID())
  fill('identity.version', () => context.clientVersion)
  for (const key of PATHS_WITH_LABELS) replace(resolved, key, fillInLabels(textOf(resolved, key), resolved))
  // An endpoint on the command line is meant for everything.
  if (resolved.get('otel.endpoint')?.rank === RANK.flag)
    for (const key of SIGNAL_ENDPOINTS) replace(resolved, key, null)
  fill('otel.enabled', () =>
    ['otel.endpoint', ...SIGNAL_ENDPOINTS].some((key) => textOf(resolved, key) !== null),
  )
}

/** `/results/{run_id}/{instance_id}.json` → the file of this instance. Labels may hold slashes; file names may not. */
function fillInLabels(path: string | null, resolved: ReadonlyMap<string, Sourced>): string | null {
  return (
    path?.replaceAll(/\{(run_id|instance_id|app_name)\}/g, (_, name: string) =>
      (textOf(resolved, `identity.${name}`) ?? '').replaceAll('/', '_').replace(/^\.+$/, '_'),
    ) ?? null
  )
}

function batchOf(resolved: ReadonlyMap<string, Sourced>): BatchPlan {
  const pipeline = Number(resolved.get('pipeline.size')?.value)
  const transaction = Number(resolved.get('transaction.size')?.value)
  if (transaction > 0) return { kind: 'transaction', size: transaction }
  return pipeline > 0 ? { kind: 'pipeline', size: pipeline } : { kind: 'none', size: 1 }
}

function assemble(
  resolved: ReadonlyMap<string, Sourced>,
  profile: Profile,
  { batch, load }: { readonly batch: BatchPlan; readonly load: Partial<LoadPlan> },
): RunPlan {
  const draft: Record<string, unknown> = {
    schema: 'redis-test/plan',
    schema_version: 1,
    profile: { name: profile.value.name, description: profile.value.description ?? '' },
  }
  for (const { key, plan } of SETTINGS) {
    if (!NOT_IN_PLAN.has(key)) place(draft, plan.split('.'), resolved.get(key)?.value)
  }
  draft['load'] = { model: load.model, ...(draft['load'] as Record<string, unknown>), ...load }
  draft['operations'] = toOperationPlans(profile)
  draft['batch'] = batch
  draft['thresholds'] ??= []
  draft['faults'] = (profile.value.faults ?? []).map(toFaultPlan)
  return draft as unknown as RunPlan
}

/** Where the entry of a list is from: in a profile each has a place of its own. */
function originOfEntry(list: Sourced | undefined, profile: Profile, index: number): string {
  if (list?.rank === RANK.profile) return `profile ${profile.locate(`thresholds.${index}`)}`
  return list?.origin ?? 'default'
}

function toFaultPlan(fault: NonNullable<Profile['value']['faults']>[number]): FaultPlan {
  return {
    kind: fault.kind,
    at_ms: fault.at ?? fault.every ?? 0,
    every_ms: fault.every ?? null,
    jitter_ms: fault.jitter ?? 0,
    share: fault.share ?? 1,
  }
}

function place(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) target[name] = value
  else {
    const branch = (target[name] ?? {}) as Record<string, unknown>
    target[name] = branch
    place(branch, rest, value)
  }
}

function replace(resolved: Map<string, Sourced>, key: string, value: unknown): void {
  const before = resolved.get(key)
  if (before !== undefined) resolved.set(key, { ...before, value })
}

function textOf(resolved: ReadonlyMap<string, Sourced>, key: string): string | null {
  const value = resolved.get(key)?.value
  return typeof value === 'string' ? value : null
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part)
    Object.freeze(value)
  }
  return value
}
