import type { CommandBook } from '../model/command-book.ts'
import { labelOf, ownBatch, ownCommands, type ParsedOperation, scriptCommand } from './parsed-operation.ts'

/** Where zod wants what a refinement finds. */
interface Complaints {
  addIssue(issue: {
    readonly code: 'custom'
    readonly path: (string | number)[]
    readonly message: string
  }): void
}

interface Rule {
  /** The key to change. */
  readonly at: keyof ParsedOperation
  isBroken(operation: ParsedOperation, book: CommandBook): boolean
  readonly message: string
}

const KINDS = ['command', 'commands', 'script', 'function'] as const
/** What an operation of which nobody knows the sha1 is checked with. */
const ANY_SHA = '0'.repeat(40)

/** What must be true of the keys of one operation together. */
const RULES: readonly Rule[] = [
  {
    at: 'command',
    isBroken: (operation) => kindsOf(operation).length === 0,
    message: 'an operation needs a command, commands, a script or a function',
  },
  {
    at: 'commands',
    isBroken: (operation) =>
      (operation.commands?.length ?? 0) > 1 && ownBatch(operation).kind === 'none' && !isBoth(operation),
    message: 'several commands need transaction: true or pipeline: true',
  },
  {
    at: 'name',
    isBroken: (operation, book) =>
      operation.name !== undefined &&
      [...book.names, 'WATCH', 'XACK', 'XREADGROUP'].includes(operation.name.toUpperCase()) &&
      ownCommands(operation).some((command) => book.nameOf(command) !== operation.name?.toUpperCase()),
    message: 'is the name of another command: results could not tell the two apart',
  },
  {
    at: 'name',
    isBroken: ({ commands = [], name }, book) =>
      name === undefined && new Set(commands.map((command) => book.nameOf(command))).size > 1,
    message: 'several commands need a name for the results',
  },
  {
    at: 'name',
    isBroken: ({ name }) => /^(?:PIPELINE|MULTI)(?: |$)/.test(name ?? ''),
    message: 'PIPELINE and MULTI name batches; choose another',
  },
  { at: 'transaction', isBroken: isBoth, message: 'a batch is a pipeline or a transaction, not both' },
  {
    at: 'call',
    isBroken: (operation) => operation.function !== undefined && operation.call === undefined,
    message: 'which function of the library to call',
  },
  {
    at: 'call',
    isBroken: ({ call, function: library }) => call !== undefined && library === undefined,
    message: 'goes with function: only',
  },
  {
    at: 'call',
    isBroken: ({ call }) => call !== undefined && !call.includes('__RUN__'),
    message: 'must hold __RUN__, as in hit___RUN__: functions of several runs can be in one server',
  },
  ...(['keys', 'args'] as const).map((at) => ({
    at,
    isBroken: (operation: ParsedOperation) =>
      operation[at] !== undefined && operation.script === undefined && operation.function === undefined,
    message: 'goes with script: or function: only; other commands hold their arguments',
  })),
  {
    at: 'watch',
    isBroken: (operation) => operation.watch !== undefined && ownBatch(operation).kind !== 'transaction',
    message: 'needs a transaction of its own (transaction: true)',
  },
  {
    at: 'connections',
    isBroken: ({ watch, connections }) => watch !== undefined && connections === undefined,
    message: 'WATCH needs connections of its own (connections: 4)',
  },
  {
    at: 'connections',
    isBroken: (operation, book) =>
      operation.connections === undefined &&
      [...ownCommands(operation), operation.on_nil ?? ''].some((command) => book.isBlocking(command)),
    message: 'a command that waits on the server needs connections of its own (connections: 4)',
  },
  ...(['weight', 'target_ops_per_second'] as const).map((at) => ({
    at,
    isBroken: (operation: ParsedOperation) =>
      operation.connections !== undefined && operation[at] !== undefined,
    message: 'an operation with connections of its own is not drawn: leave one of the two out',
  })),
  {
    at: 'target_ops_per_second',
    isBroken: ({ weight, target_ops_per_second: target }) => weight !== undefined && target !== undefined,
    message: 'stands for a weight: leave one of the two out',
  },
  {
    at: 'on_nil',
    isBroken: (operation) =>
      operation.on_nil !== undefined &&
      (operation.commands !== undefined || ownBatch(operation).kind !== 'none'),
    message: 'goes with a single command, not with a pipeline or transaction',
  },
]

/** Adds every rule that an operation breaks. */
export function checkOperation(operation: ParsedOperation, book: CommandBook, context: Complaints): void {
  const complain = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path, message })
  }
  for (const extra of kindsOf(operation).slice(1))
    complain(
      [extra],
      `an operation is one of ${KINDS.join(', ')}; this one has ${kindsOf(operation)[0]!} too`,
    )
  for (const rule of RULES) if (rule.isBroken(operation, book)) complain([rule.at], rule.message)
  for (const { path, command, after } of templatesOf(operation)) {
    const problem = book.problemWith(command, {
      allowDangerous: true,
      ...(after === undefined ? {} : { after }),
    })
    if (problem !== undefined) complain(path, problem)
  }
}

interface Tried {
  readonly path: (string | number)[]
  readonly command: string
  readonly after?: string
}

/** Templates that only the whole operation can be asked about, as the commands in which they are sent. */
function templatesOf(operation: ParsedOperation): Tried[] {
  const { watch = [], keys = [], args = [], on_nil: onNil } = operation
  const inScript = (argument: string): string => scriptCommand('EVALSHA', [ANY_SHA, '1', argument])
  const tried: Tried[] = [
    ...commandsInTurn(operation),
    ...watch.map((key, index) => ({ path: ['watch', index], command: scriptCommand('EXISTS', [key]) })),
    ...keys.map((key, index) => ({ path: ['keys', index], command: inScript(key) })),
    ...args.map((argument, index) => ({ path: ['args', index], command: inScript(argument) })),
  ]
  if (onNil === undefined) return tried
  const after =
    operation.command ?? scriptCommand('EVALSHA', [ANY_SHA, String(keys.length), ...keys, ...args])
  return [...tried, { path: ['on_nil'], command: onNil, after }]
}

/** The commands, each with the one that {same} would refer to: one that is watched, or one before it. */
function commandsInTurn({ command, commands, watch = [] }: ParsedOperation): Tried[] {
  let after = watch.length === 0 ? undefined : scriptCommand('EXISTS', watch.map(String))
  const own = commands ?? (command === undefined ? [] : [command])
  return own.map((one, index) => {
    const tried: Tried = {
      path: commands === undefined ? ['command'] : ['commands', index],
      command: one,
      ...(after === undefined ? {} : { after }),
    }
    if (/\{(?:key|stream)\b/.test(one)) after = one
    return tried
  })
}

/** Adds what is wrong with the operations of a profile as a whole. */
export function checkTogether(
  operations: readonly ParsedOperation[],
  book: CommandBook,
  context: Complaints,
): void {
  const complain = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path, message })
  }
  const firstOf = new Map<string, number>()
  operations.forEach((operation, index) => {
    const label = labelOf(operation, book)
    const first = firstOf.get(label)
    if (first === undefined) firstOf.set(label, index)
    else complain([index, 'name'], `operation ${first} is called ${label} too: give each a name of its own`)
  })
  const drawn = operations.flatMap((operation, index) => (operation.connections === undefined ? [index] : []))
  const withTarget = drawn.filter((index) => operations[index]!.target_ops_per_second !== undefined)
  if (withTarget.length > 0)
    for (const index of drawn.filter((candidate) => !withTarget.includes(candidate)))
      complain(
        [index, 'target_ops_per_second'],
        'another operation has a target of its own, so each needs one that is drawn',
      )
  if (drawn.length === 0) complain([], 'at least one operation must be without connections of its own')
  else if (drawn.every((index) => operations[index]!.weight === 0))
    complain([], 'all weights are 0: give at least one operation a weight above 0')
}

function kindsOf(operation: ParsedOperation): (typeof KINDS)[number][] {
  return KINDS.filter((kind) => operation[kind] !== undefined)
}

function isBoth({ pipeline = false, transaction = false }: ParsedOperation): boolean {
  return pipeline !== false && transaction !== false
}
