import type { CommandBook } from '../model/command-book.ts'
import type { Problem } from '../model/errors.ts'
import type { OperationPlan } from '../model/plan.ts'
import type { Notice } from './apply-family.ts'
import { RANK, type Resolved, type Sourced } from './sources.ts'
import { suggest } from './suggest.ts'

interface OverrideContext {
  readonly resolved: Resolved
  readonly commands: CommandBook
  readonly problems: Problem[]
  readonly notices: Notice[]
}

/** The operations of the profile after `--operations`, `--operation-weights` and `--read-write-ratio`. */
export function overrideOperations(
  operations: readonly OperationPlan[],
  context: OverrideContext,
): readonly OperationPlan[] {
  const { resolved, problems } = context
  const before = problems.length
  const choice = chooseOperations(resolved, problems)
  if (choice === undefined) return applyRatio(operations, context)
  const complain = (message: string, hint?: string): void => {
    const place = { path: 'workload.operations', where: choice.origin }
    problems.push({ ...place, message, ...(hint === undefined ? {} : { hint }) })
  }
  const allowDangerous = resolved.get('safety.allow_dangerous')?.value === true
  const chosen = [...choice.weights].flatMap(([name, weight]) => {
    const operation = operationNamed(name, operations, {
      commands: context.commands,
      complain,
      allowDangerous,
    })
    return operation === undefined ? [] : [{ ...operation, weight }]
  })
  for (const [index, { name }] of chosen.entries())
    if (chosen.findIndex((other) => other.name === name) < index) complain(`two operations are named ${name}`)
  if (problems.length > before) return operations
  return applyRatio([...chosen, ...operations.filter(choice.keeps)], context)
}

interface Choice {
  /** By operation, as it was written. */
  readonly weights: ReadonlyMap<string, number>
  readonly origin: string
  /** Which operations of the profile stay although they are not named. */
  keeps(this: void, operation: OperationPlan): boolean
}

/** Of a list and weights that were not meant for each other, the one with the higher rank wins. */
function chooseOperations(resolved: Resolved, problems: Problem[]): Choice | undefined {
  const list = given(resolved, 'workload.operations')
  const weights = given(resolved, 'workload.operation_weights')
  if (list !== undefined && list.rank > (weights?.rank ?? RANK.default)) {
    const names = list.value as readonly string[]
    return { weights: new Map(names.map((name) => [name, 1])), origin: list.origin, keeps: () => false }
  }
  if (weights === undefined) return undefined
  const isListed = list?.rank === weights.rank
  if (list !== undefined && isListed) checkTogether(list, weights, problems)
  const byName = weights.value as Record<string, number>
  return {
    weights: new Map(Object.entries(byName)),
    origin: weights.origin,
    // It has no weight anyway.
    keeps: ({ name, connections }) => !isListed && connections > 0 && !Object.hasOwn(byName, name),
  }
}

function checkTogether(list: Sourced, weights: Sourced, problems: Problem[]): void {
  const names = list.value as readonly string[]
  const byName = weights.value as Record<string, number>
  const complain = (message: string, hint: string): void => {
    problems.push({ path: 'workload.operation_weights', where: weights.origin, message, hint })
  }
  for (const name of names)
    if (!Object.hasOwn(byName, name))
      complain(`no weight for ${name}`, 'name every operation of --operations')
  for (const name of Object.keys(byName))
    if (!names.includes(name))
      complain(`${name} is not among --operations`, 'add it there, or leave it out here')
}

/** As the profile has it, if it does; otherwise a command by its name, or by a template. */
function operationNamed(
  name: string,
  operations: readonly OperationPlan[],
  {
    commands,
    complain,
    allowDangerous,
  }: Pick<OverrideContext, 'commands'> & {
    readonly allowDangerous: boolean
    readonly complain: (message: string, hint?: string) => void
  },
): OperationPlan | undefined {
  const own = operations.find((operation) => operation.name === name)
  if (own !== undefined) return own
  const trouble = commands.problemWith(name, { allowDangerous })
  if (trouble !== undefined) {
    complain(trouble, suggest(name, [...operations.map((operation) => operation.name), ...commands.names]))
    return undefined
  }
  if (commands.isBlocking(name)) {
    complain(`${name} may wait on the server`, 'write a profile in which it has connections of its own')
    return undefined
  }
  return {
    name: commands.nameOf(name),
    commands: [commands.templateOf(name)],
    weight: 1,
    batch: { kind: 'none', size: 1 },
    watch: [],
    on_nil: null,
    connections: 0,
    script: null,
  }
}

/** Scales the weights of the reads to the given share of all; what has connections of its own stays as it is. */
function applyRatio(
  operations: readonly OperationPlan[],
  { resolved, commands, notices }: OverrideContext,
): readonly OperationPlan[] {
  const ratio = given(resolved, 'workload.read_write_ratio')
  if (ratio === undefined) return operations
  const isRead = (operation: OperationPlan): boolean =>
    operation.commands.every((command) => commands.isReadOnly(command))
  const shared = operations.filter(({ connections }) => connections === 0)
  const total = sumOfWeights(shared)
  const reads = sumOfWeights(shared.filter(isRead))
  if (reads === 0 || reads === total) {
    notices.push(`${ratio.origin}: without effect, the workload has only ${reads === 0 ? 'writes' : 'reads'}`)
    return operations
  }
  const share = Number(ratio.value)
  const readFactor = (share * total) / reads
  const writeFactor = ((1 - share) * total) / (total - reads)
  return operations.map((operation) => {
    if (operation.connections > 0) return operation
    return { ...operation, weight: operation.weight * (isRead(operation) ? readFactor : writeFactor) }
  })
}

function sumOfWeights(operations: readonly OperationPlan[]): number {
  return operations.reduce((sum, { weight }) => sum + weight, 0)
}

function given(resolved: Resolved, key: string): Sourced | undefined {
  const sourced = resolved.get(key)
  return sourced === undefined || sourced.rank === RANK.default ? undefined : sourced
}
