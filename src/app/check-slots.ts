import { type Problem, UsageError } from '../model/errors.ts'
import { slotOfKey } from '../model/key-slot.ts'
import type { RunPlan } from '../model/plan.ts'
import type { NamedKeys } from '../workload/compile-command.ts'
import { linesByOperation } from '../workload/named-lines.ts'
import { workloadSpecOf } from './run-plan-parts.ts'

const HINT =
  'give the names a common hash tag ({{jobs}}:0, {{jobs}}:1), or drawn keys some tags (--key-hash-tags 64)'

/** Refuses commands and transactions that a Cluster would refuse, because their keys are in different slots. */
export function checkSlots(plan: RunPlan): void {
  if (plan.target.topology !== 'cluster') return
  const problems: Problem[] = []
  for (const [index, { operation, lines }] of linesByOperation(workloadSpecOf(plan)).entries()) {
    const isWhole = operation.batch.kind === 'transaction' || plan.batch.kind === 'transaction'
    const units = isWhole ? [lines.flatMap(({ keys }) => keys)] : lines.map(({ keys }) => keys)
    const isSpread = units.some((keys) => places(keys).size > 1)
    // Other commands of the same transaction draw keys of their own.
    const isRepeated = isWhole && units.some((keys) => keys.some((key) => isDrawn(key) && !isTagged(key)))
    if (isSpread || isRepeated)
      problems.push({
        path: `operations.${index}`,
        message: `${operation.name}: ${isWhole ? 'a transaction' : 'a command'} has keys in different slots of the Cluster`,
        hint: HINT,
      })
  }
  problems.push(...checkParts(plan))
  if (problems.length > 0) throw new UsageError(problems)
}

function checkParts(plan: RunPlan): Problem[] {
  const problems: Problem[] = []
  if (plan.pubsub.subscribers > 0 && plan.pubsub.mode === 'sharded')
    problems.push({
      path: 'pubsub.mode',
      message: 'sharded subscribers of a Cluster would have to follow the slots of their channels',
      hint: 'use channel or pattern, or one standalone server',
    })
  if (plan.streams.consumers > 0 && plan.streams.consumers < plan.streams.count)
    problems.push({
      path: 'streams.consumers',
      message: `${plan.streams.consumers} consumers for ${plan.streams.count} streams: in a Cluster each reads one`,
      hint: 'give at least as many consumers as streams',
    })
  if (plan.client.renew_after !== null)
    problems.push({
      path: 'client.renew_after',
      message: 'a Cluster client has a connection to each node, and renews none',
      hint: 'leave it out',
    })
  return problems
}

function isDrawn(keys: NamedKeys): boolean {
  return typeof keys === 'object' && keys.count > 1
}

function isTagged(keys: NamedKeys): boolean {
  return typeof keys === 'object' && (keys.tags !== undefined || hasTag(keys.before))
}

function hasTag(text: string): boolean {
  return /\{[^}]+\}/.test(text)
}

/** Which slots the keys of a unit may be in: one, if all is well. Keys whose names are not known are left out. */
function places(keys: readonly NamedKeys[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const [index, key] of keys.entries()) {
    if (key === undefined) continue
    if (typeof key === 'string') found.add(`slot ${slotOfKey(key)}`)
    else if (hasTag(key.before) || key.count === 1)
      found.add(`slot ${slotOfKey(`${key.before}0${key.after}`)}`)
    else if (key.tags === 1) found.add('tag 0')
    else found.add(key.tags === undefined ? `key ${index}` : `tags ${key.tags}`)
  }
  return found
}
