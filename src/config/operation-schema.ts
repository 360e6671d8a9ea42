import { z } from 'zod'
import type { CommandBook } from '../model/command-book.ts'
import { annotated, inputForms, writtenAs } from './input-form.ts'
import { checkOperation, checkTogether } from './operation-rules.ts'
import type { ParsedOperation } from './parsed-operation.ts'
import { suggest } from './suggest.ts'
import { decimal, integer, text } from './value-kinds.ts'

const MOST_OPERATIONS = 100
const MOST_COMMANDS = 1000
const LABEL = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/

/** The schema of `operations:`. */
export function operationsSchema(book: CommandBook): z.ZodType {
  const operation = z
    .strictObject(operationShape(book), { error: 'expected a mapping with a command' })
    .superRefine((parsed, context) => checkOperation(parsed, book, context))
  const oneKind = { oneOf: ['command', 'commands', 'script', 'function'].map((key) => ({ required: [key] })) }
  return z
    .array(annotated(operation, oneKind), { error: 'expected a list of operations' })
    .min(1, { error: 'expected at least one operation' })
    .max(MOST_OPERATIONS, { error: `expected at most ${MOST_OPERATIONS} operations` })
    .superRefine((parsed, context) => checkTogether(parsed, book, context))
}

function operationShape(book: CommandBook): Record<string, z.ZodType> {
  const label = text({ matching: LABEL, expected: '1 to 64 characters from A-Z 0-9 blank . _ -' })
  const path = z.string({ error: 'expected a path' }).min(1, { error: 'expected a path' })
  const functionName = z
    .string({ error: 'expected the name of a function' })
    .regex(/^\w{1,128}$/, { error: 'expected the name of a function: A-Z a-z 0-9 _' })
  const keys = {
    name: label.schema.transform((name) => String(name).toUpperCase()),
    command: commandSchema(book),
    commands: listOf(commandSchema(book), 'expected a list of commands').min(1, {
      error: 'expected at least one command',
    }),
    script: path,
    function: path,
    call: functionName,
    keys: listOf(argumentSchema(), 'expected a list of keys'),
    args: listOf(argumentSchema(), 'expected a list of arguments'),
    weight: decimal({ min: 0, max: 1e9 }).schema,
    target_ops_per_second: decimal({ min: 0.001, max: 10_000_000 }).schema,
    pipeline: repeats(),
    transaction: repeats(),
    watch: listOf(argumentSchema(), 'expected a list of keys').min(1, { error: 'expected at least one key' }),
    connections: integer({ min: 1, max: 100_000 }).schema,
    on_nil: writtenCommand(book),
  } satisfies Record<keyof ParsedOperation, z.ZodType>
  return Object.fromEntries(
    Object.entries(keys).map(([key, schema]) => [
      key,
      annotated(schema.optional(), { description: HELP[key as keyof ParsedOperation] }),
    ]),
  )
}

const HELP: Readonly<Record<keyof ParsedOperation, string>> = {
  name: 'Label in the results; default from the command',
  command: 'A command by name, or with its arguments: ZADD board:{key} {int 0..1000} {member}',
  commands: 'Several commands, sent together in a pipeline or transaction',
  script: 'Path of a Lua script, from the folder of this file; called by EVALSHA',
  function:
    'Path of a library of Redis functions, from the folder of this file; it names itself with __RUN__',
  call: 'Function of the library to call',
  keys: 'Keys for the script or function',
  args: 'Arguments for the script or function, after its keys',
  weight: 'How often it is drawn, in relation to the others; default 1',
  target_ops_per_second: 'Its own rate, in commands per second; weights and the target of the load follow',
  pipeline: 'A pipeline of its own: how many times its commands; true for once',
  transaction: 'A transaction of its own: how many times its commands; true for once',
  watch: 'Keys to WATCH before the transaction',
  connections: 'Connections of its own, each always with one unit in flight, instead of a weight',
  on_nil: 'Sent after a nil reply; {same} is the key that missed',
}

/** Any command; `on_nil` can only be checked together with the command before it. */
function writtenCommand(book: CommandBook): z.ZodString {
  const error = 'expected a command, such as GET or "INCRBY {key} 5"'
  const form = { anyOf: [{ enum: book.names }, { type: 'string', minLength: 1 }] }
  return writtenAs(z.string({ error }).regex(/\S/, { error }), form)
}

/** What {same} refers to is asked of the whole operation. */
const ANY_KEY = 'GET {key}'

function commandSchema(book: CommandBook): z.ZodType {
  const schema = writtenCommand(book)
  const checked = schema.superRefine((command, context) => {
    const problem = book.problemWith(command, { allowDangerous: true, after: ANY_KEY })
    if (problem === undefined) return
    const hint = /\s/.test(command.trim()) ? undefined : suggest(command.trim(), book.names)
    const message = hint === undefined ? problem : `${problem}; ${hint}`
    // No rule needs to look at a command that cannot be read.
    context.addIssue({ code: 'custom', message, continue: false })
  })
  return writtenAs(checked, inputForms.get(schema)!.form)
}

function listOf<Item extends z.ZodType>(item: Item, error: string): z.ZodArray<Item> {
  return z.array(item, { error }).max(MOST_COMMANDS, { error: `expected at most ${MOST_COMMANDS} of them` })
}

/** One argument, as a template. */
function argumentSchema(): z.ZodType {
  const schema = z
    .union([z.string(), z.number()], { error: 'expected a text or a number' })
    .transform((argument) => String(argument))
  return writtenAs(schema, { type: ['string', 'number'] })
}

function repeats(): z.ZodType {
  const error = 'expected how many times, from 1 to 10000, or true for once'
  const schema = z.union([z.boolean(), z.int({ error }).min(1, { error }).max(10_000, { error })], { error })
  return writtenAs(schema, { type: ['integer', 'boolean'], minimum: 1, maximum: 10_000 })
}
