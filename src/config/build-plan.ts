import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { type Problem, UsageError } from '../model/errors.ts'
import {
  type BatchPlan,
  type LoadPlan,
  type OperationPlan,
  type RunPlan,
  SECRET_NAMES,
  type SecretName,
  type Secrets,
} from '../model/plan.ts'
import { applyFamily, type Notice } from './apply-family.ts'
import { checkOperations, sumOfTargets, toOperationPlans } from './operations.ts'
import { overrideOperations } from './operations-override.ts'
import { applySentinel } from './apply-sentinel.ts'
import { applyPasswordFile } from './password-file.ts'
import { checkPlan } from './check-plan.ts'
import { deriveHashTags } from './hash-tags.ts'
import { shapeLoad } from './load-shape.ts'
import type { Profile } from './profile.ts'
import { toFaultPlan } from './fault-schema.ts'
import { plannedValues } from './planned-values.ts'
import { applyUrl } from './redis-url.ts'
import { SETTINGS } from './settings.ts'
import { type Inputs, RANK, type Resolved, resolveSettings, type Sourced } from './sources.ts'

/** A plan, what it must not hold, and where each of its values comes from. */
export interface BuiltPlan {
  readonly plan: RunPlan
  readonly secrets: Secrets
  /** Origin by dotted plan path. */
  readonly origins: ReadonlyMap<string, string>
  /** What was asked for and has no effect. */
  readonly notices: readonly Notice[]
  /** Every setting, by its key, as it was before it became the plan. Holds no secret. */
  readonly resolved: ReadonlyMap<string, Sourced>
}

export interface BuildContext {
  /** The default of `identity.version`. */
  readonly clientVersion: string
}

const SIGNAL_ENDPOINTS = ['otel.metrics_endpoint', 'otel.traces_endpoint', 'otel.logs_endpoint']

/** Merges defaults, profile, file, environment and flags into one frozen plan, or throws every problem at once. */
export function buildPlan(inputs: Inputs, context: BuildContext): BuiltPlan {
  const problems: Problem[] = []
  const resolved = resolveSettings(inputs, problems)
  applyPasswordFile(resolved, problems)
  applyUrl(resolved)
  applySentinel(resolved, problems)
  applyTargetsOfOperations(resolved, inputs.profile)
  const notices = applyFamily(resolved, problems)
  deriveDefaults(resolved, context)
  const secrets = secretsOf(resolved)
  const { commands } = inputs.profile.context
  const override = { resolved, commands, problems, notices }
  const operations = overrideOperations(toOperationPlans(inputs.profile), override)
  deriveHashTags(resolved, operations, batchOf(resolved), commands)
  const plan = assemble(resolved, inputs.profile, { operations, load: shapeLoad(resolved, problems) })
  checkPlan(plan, resolved, problems)
  const allowDangerous = plan.safety.allow_dangerous
  problems.push(...checkOperations(plan.operations, inputs.profile, { batch: plan.batch, allowDangerous }))
  if (problems.length > 0) throw new UsageError(problems)
  for (const { key, secret } of SETTINGS) if (secret !== undefined) replace(resolved, key, null)
  const origins: (readonly [string, string])[] = SETTINGS.filter(({ becomes }) => becomes === undefined).map(
    ({ key, plan: path }) => [path, resolved.get(key)?.origin ?? 'default'] as const,
  )
  for (const list of ['thresholds', 'expect'] as const)
    for (const index of plan[list].keys())
      origins.push([
        `${list}.${index}.expression`,
        originOfEntry(resolved.get(list), inputs.profile, `${list}.${index}`),
      ])
  return { plan: deepFreeze(plan), secrets, origins: new Map(origins), notices, resolved }
}

function secretsOf(resolved: Resolved): Secrets {
  const keyOf = (name: SecretName): string => SETTINGS.find(({ secret }) => secret === name)?.key ?? ''
  const found = SECRET_NAMES.map((name) => [name, textOf(resolved, keyOf(name))])
  return Object.fromEntries(found) as Secrets
}

/** What operations ask for on their own is what the load asks for, unless somebody says otherwise. */
function applyTargetsOfOperations(resolved: Resolved, profile: Profile): void {
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
function deriveDefaults(resolved: Resolved, context: BuildContext): void {
  const fill = (key: string, make: () => unknown): void => {
    if (resolved.get(key)?.value === null) replace(resolved, key, make())
  }
  fill('load.concurrency', () => resolved.get('load.clients')?.value)
  fill('load.seed', () => randomInt(2 ** 32))
  fill('identity.instance_id', () => `{app_name}-${randomBytes(4).toString('hex')}`)
  fill('identity.run_id', () => randomUUID())
  fill('identity.version', () => context.clientVersion)
  // An endpoint on the command line is meant for everything.
  if (resolved.get('otel.endpoint')?.rank === RANK.flag)
    for (const key of SIGNAL_ENDPOINTS) replace(resolved, key, null)
  fill('otel.enabled', () =>
    ['otel.endpoint', ...SIGNAL_ENDPOINTS].some((key) => textOf(resolved, key) !== null),
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
  { operations, load }: { readonly operations: readonly OperationPlan[]; readonly load: Partial<LoadPlan> },
): RunPlan {
  const draft: Record<string, unknown> = {
    schema: 'redis-test/plan',
    schema_version: 1,
    profile: { name: profile.value.name, description: profile.value.description ?? '' },
  }
  const valueOf = plannedValues(resolved, profile.value.name)
  for (const { key, plan, becomes } of SETTINGS)
    if (becomes === undefined) place(draft, plan.split('.'), valueOf(key))
  draft['load'] = { model: load.model, ...(draft['load'] as Record<string, unknown>), ...load }
  draft['operations'] = operations
  draft['batch'] = batchOf(resolved)
  draft['thresholds'] ??= []
  draft['expect'] ??= []
  draft['faults'] = (profile.value.faults ?? []).map(toFaultPlan)
  return draft as unknown as RunPlan
}

/** Where the entry of a list is from: in a profile each has a place of its own. */
function originOfEntry(list: Sourced | undefined, profile: Profile, path: string): string {
  if (list?.rank === RANK.profile) return `profile ${profile.locate(path)}`
  return list?.origin ?? 'default'
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

function replace(resolved: Resolved, key: string, value: unknown): void {
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
