import { z } from 'zod'

/** How a value is written in a profile, in JSON Schema. */
export type InputForm = Readonly<Record<string, unknown>>

/**
 * What replaces, or is added to, what zod can say about a schema. Most of our schemas turn what a person writes into
 * what the plan holds; zod knows only that it is some scalar.
 */
export const inputForms: z.core.$ZodRegistry<{
  readonly form: InputForm
  readonly mode: 'replace' | 'add'
}> = z.registry()

/** The schema, described by a form of its own. */
export function writtenAs<Schema extends z.ZodType>(schema: Schema, form: InputForm): Schema {
  inputForms.add(schema, { form, mode: 'replace' })
  return schema
}

/** The schema, with keywords in addition to those it has. */
export function annotated<Schema extends z.ZodType>(schema: Schema, form: InputForm): Schema {
  inputForms.add(schema, { form, mode: 'add' })
  return schema
}
