import { createHash } from 'node:crypto'
import type { Problem } from '../model/errors.ts'
import type { BatchPlan, OperationPlan, ScriptPlan } from '../model/plan.ts'
import {
  asArgument,
  labelOf,
  ownBatch,
  ownCommands,
  type ParsedOperation,
  scriptCommand,
} from './parsed-operation.ts'
import type { Profile } from './profile.ts'

/** The operations of a profile as the plan has them. */
export function toOperationPlans(profile: Profile): OperationPlan[] {
  return profile.value.operations.map((operation, index) => {
    const script = profile.scripts.get(index) ?? null
    const commands = script === null ? ownCommands(operation) : [callOf(operation, script)]
    const { commands: book } = profile.context
    return {
      name: labelOf(operation, book),
      commands: commands.map((command) => book.templateOf(command)),
      weight: weightOf(operation),
      batch: ownBatch(operation),
      watch: (operation.watch ?? []).map(asArgument),
      on_nil: operation.on_nil === undefined ? null : book.templateOf(operation.on_nil),
      connections: operation.connections ?? 0,
      script,
    }
  })
}

/** What the operations' own targets come to, in commands per second; `undefined` when they have none. */
export function sumOfTargets({ value }: Profile): number | undefined {
  const targets = value.operations.flatMap(({ target_ops_per_second: target }) => target ?? [])
  return targets.length === 0 ? undefined : targets.reduce((sum, target) => sum + target)
}

/** Problems of operations that depend on settings from outside of the profile. */
export function checkOperations(
  operations: readonly OperationPlan[],
  profile: Profile,
  settings: { readonly batch: BatchPlan; readonly allowDangerous: boolean },
): Problem[] {
  const { commands: book } = profile.context
  const problems: Problem[] = []
  operations.forEach((operation, index) => {
    const complain = (key: string, message: string, hint?: string): void => {
      const path = `operations.${index}.${key}`
      problems.push({ path, where: profile.locate(path), message, ...(hint === undefined ? {} : { hint }) })
    }
    const { kind } = settings.batch
    if (kind !== 'none' && (operation.batch.kind !== 'none' || operation.on_nil !== null))
      complain(
        operation.on_nil === null ? operation.batch.kind : 'on_nil',
        `cannot be combined with ${kind}.size`,
        `set ${kind}.size to 0, or leave it out here`,
      )
    for (const { path, command } of commandsOf(operation)) {
      const problem = book.problemWith(command, { allowDangerous: settings.allowDangerous })
      if (problem !== undefined && book.isDangerous(command)) complain(path, problem)
    }
    const { script } = operation
    const problem =
      script === null || settings.allowDangerous ? undefined : book.problemWithScript(script.text)
    if (script !== null && problem !== undefined) complain(script.engine, `${script.file}: ${problem}`)
  })
  return problems
}

function commandsOf({ commands, on_nil: onNil }: OperationPlan): { path: string; command: string }[] {
  const own = commands.map((command, index) => ({
    path: commands.length === 1 ? 'command' : `commands.${index}`,
    command,
  }))
  return onNil === null ? own : [...own, { path: 'on_nil', command: onNil }]
}

/** Weights are of units, targets of commands: a batch of ten is drawn a tenth as often. */
function weightOf(operation: ParsedOperation): number {
  if (operation.connections !== undefined) return 0
  const { weight = 1, target_ops_per_second: target } = operation
  if (target === undefined) return weight
  return target / (ownBatch(operation).size * Math.max(1, operation.commands?.length ?? 1))
}

function callOf({ call = '', keys = [], args = [] }: ParsedOperation, { engine, text }: ScriptPlan): string {
  const callee = engine === 'script' ? createHash('sha1').update(text).digest('hex') : call
  const command = engine === 'script' ? 'EVALSHA' : 'FCALL'
  return scriptCommand(command, [callee, String(keys.length), ...keys, ...args])
}
