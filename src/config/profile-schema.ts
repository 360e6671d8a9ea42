import { z } from 'zod'
import { FAULT_KINDS } from '../model/plan.ts'
import { SETTINGS } from './settings.ts'
import { choice, decimal, duration, ratio } from './value-kinds.ts'

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Nested shape made of dotted keys. */
interface Tree {
  [name: string]: z.ZodType | Tree
}

function plant(tree: Tree, path: readonly string[], schema: z.ZodType): void {
  const [name, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) tree[name] = schema.optional()
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

const fault = z.strictObject(
  {
    kind: choice(FAULT_KINDS).schema,
    at: duration().schema.optional(),
    every: duration({ min: 100 }).schema.optional(),
    jitter: duration().schema.optional(),
    share: ratio().schema.optional(),
  },
  { error: 'expected a mapping' },
)

/**
 * The schema of a profile file: every setting that a profile may make, plus what only a profile has. Unknown keys are
 * problems. `operationNames` are the commands that the workload can build.
 */
export function profileSchema(operationNames: readonly string[]): z.ZodType {
  const tree: Tree = {
    name: z
      .string({ error: 'expected 1 to 64 characters from A-Z a-z 0-9 . _ -' })
      .regex(NAME, { error: 'expected 1 to 64 characters from A-Z a-z 0-9 . _ -' }),
    description: z.string({ error: 'expected a text' }).optional(),
    operations: z
      .array(
        z.strictObject(
          {
            command: z
              .string({ error: 'expected the name of a command' })
              .transform((name) => name.toUpperCase())
              .pipe(
                z.enum(operationNames as [string, ...string[]], {
                  error: ({ input }) =>
                    `no such command: ${String(input)}; known are ${operationNames.join(', ')}`,
                }),
              ),
            weight: decimal({ min: 0, max: 1e9 }).schema.optional(),
          },
          { error: 'expected a mapping with command and weight' },
        ),
        { error: 'expected a list of commands with weights' },
      )
      .min(1, { error: 'expected at least one operation' }),
    faults: z.array(fault, { error: 'expected a list of faults' }).optional(),
  }
  for (const setting of SETTINGS)
    if (setting.inProfile) plant(tree, setting.key.split('.'), setting.kind.schema)
  return toSchema(tree)
}

/** A profile as the schema gives it: values in the unit of the plan, absent where the file is silent. */
export interface ParsedProfile {
  readonly name: string
  readonly description?: string
  readonly operations: readonly { readonly command: string; readonly weight?: number }[]
  readonly faults?: readonly {
    readonly kind: (typeof FAULT_KINDS)[number]
    readonly at?: number
    readonly every?: number
    readonly jitter?: number
    readonly share?: number
  }[]
  readonly [section: string]: unknown
}
