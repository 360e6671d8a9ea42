import { z } from 'zod'
import type { CommandBook } from '../model/command-book.ts'
import { faultsSchema, type ParsedFault } from './fault-schema.ts'
import { annotated } from './input-form.ts'
import { operationsSchema } from './operation-schema.ts'
import type { ParsedOperation } from './parsed-operation.ts'
import { SETTINGS, type Setting } from './settings.ts'
import { stagesSchema } from './stages.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const NAME_EXPECTED = 'expected 1 to 64 characters from A-Z a-z 0-9 . _ -'
// oxlint-disable-next-line no-control-regex -- it goes to terminals
const DESCRIPTION = /^[^\u0000-\u001f\u007f-\u009f]{0,500}$/

/**
 * What a profile holds besides settings, by dotted path; a section that is a list of its own kind is planted here.
 * `operations` is the one that must be there.
 */
const SECTIONS: Readonly<Record<string, z.ZodType>> = {
  $schema: annotated(z.string({ error: 'expected a text' }), { description: 'For editors; ignored' }),
  extends: annotated(z.string({ error: 'expected a name or a path' }).min(1), {
    description: 'Profile that this one inherits from: a name, or a path from the folder of this file',
  }),
  description: annotated(
    z
      .string({ error: 'expected a text' })
      .regex(DESCRIPTION, { error: 'expected one line of at most 500 characters' }),
    { description: 'What it imitates, in one line' },
  ),
  faults: annotated(faultsSchema, {
    description: 'What to break, and when: after the warm-up, in waves',
  }),
}

const LOAD_STAGES = annotated(stagesSchema.optional(), {
  description: 'How the load changes: parts of the measured time, each with a rate or a concurrency',
})

/** Nested shape made of dotted keys. */
interface Tree {
  [name: string]: z.ZodType | Tree
}

function plant(tree: Tree, path: readonly string[], schema: z.ZodType): void {
  const [name, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) tree[name] = schema
  else {
    const branch = tree[name] ?? {}
    tree[name] = branch
    plant(branch as Tree, rest, schema)
  }
}

function toSchema(tree: Tree): z.ZodType {
  const shape = Object.fromEntries(
    Object.entries(tree).map(([name, entry]) => [
      name,
      entry instanceof z.ZodType ? entry : toSchema(entry).optional(),
    ]),
  )
  return z.strictObject(shape, { error: 'expected a mapping' })
}

const made = new WeakMap<CommandBook, z.ZodType>()

/** The schema of a profile file; see {@link makeSchema}. */
export function profileSchema(book: CommandBook): z.ZodType {
  const schema = made.get(book) ?? makeSchema(book)
  made.set(book, schema)
  return schema
}

/**
 * The schema of a profile file: every setting that a profile may make, plus what only a profile has. Unknown keys are
 * problems. The book knows the commands that the workload can build.
 */
function makeSchema(book: CommandBook): z.ZodType {
  const tree: Tree = {
    name: annotated(z.string({ error: NAME_EXPECTED }).regex(NAME, { error: NAME_EXPECTED }), {
      description: 'What it is called in results',
    }),
    operations: annotated(operationsSchema(book), { description: 'The commands to send' }),
  }
  for (const [path, schema] of Object.entries(SECTIONS)) plant(tree, path.split('.'), schema.optional())
  for (const setting of SETTINGS)
    if (setting.inProfile) plant(tree, setting.key.split('.'), describedSetting(setting))
  // On the command line they are one line of text.
  plant(tree, ['load', 'stages'], LOAD_STAGES)
  return toSchema(tree)
}

function describedSetting(setting: Setting): z.ZodType {
  const usual = defaultAsWritten(setting)
  return annotated(setting.kind.schema.optional(), {
    description: setting.help,
    ...(usual === undefined ? {} : { default: usual }),
  })
}

/** The default as one would write it: the plan may have another unit. */
function defaultAsWritten({ default: value, kind }: Setting): unknown {
  if (value === null) return undefined
  const seconds = `${Number(value) / 1000}s`
  return [value, seconds].find((written) => {
    const parsed = kind.schema.safeParse(written)
    return parsed.success && JSON.stringify(parsed.data) === JSON.stringify(value)
  })
}

/** A profile as the schema gives it: values in the unit of the plan, absent where the file is silent. */
export interface ParsedProfile {
  readonly name: string
  readonly description?: string
  readonly operations: readonly ParsedOperation[]
  readonly faults?: readonly ParsedFault[]
  readonly [section: string]: unknown
}
