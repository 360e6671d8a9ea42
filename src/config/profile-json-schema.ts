import { z } from 'zod'
import type { CommandBook } from '../model/command-book.ts'
import { inputForms } from './input-form.ts'
import { profileSchema } from './profile-schema.ts'

/**
 * What a profile may hold, as JSON Schema, for editors. It describes how values are best written, so it is a little
 * stricter than the tool (`clients: "10"` works), and it knows nothing of what ties keys together.
 */
export function profileJsonSchema(book: CommandBook): Record<string, unknown> {
  const generated = z.toJSONSchema(profileSchema(book), {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const known = inputForms.get(zodSchema)
      if (known === undefined) return
      const target = jsonSchema as Record<string, unknown>
      if (known.mode === 'replace') for (const key of Object.keys(target)) delete target[key]
      Object.assign(target, known.form)
    },
  })
  const { $schema, ...rest } = generated as Record<string, unknown>
  // A file that extends another may leave the operations to it.
  const required = { required: ['name'], anyOf: [{ required: ['operations'] }, { required: ['extends'] }] }
  return { $schema, title: 'Workload profile of redis-test', ...rest, ...required }
}
