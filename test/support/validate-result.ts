import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

/** Compiled when they are first asked for. */
const validators = new Map<string, ValidateFunction>()

/** What is wrong with a result by its published schema; nothing may be in it that the schema does not name. */
export function problemsOfResult(value: unknown): string[] {
  return problemsBy('result', value)
}

/** The same of one line of a journal. */
export function problemsOfJournalLine(value: unknown): string[] {
  return problemsBy('journal', value)
}

/** The same of the result of a search for a capacity. */
export function problemsOfCapacity(value: unknown): string[] {
  return problemsBy('capacity', value)
}

/** The same of a comparison. */
export function problemsOfComparison(value: unknown): string[] {
  return problemsBy('comparison', value)
}

function problemsBy(name: 'result' | 'journal' | 'capacity' | 'comparison', value: unknown): string[] {
  let validate = validators.get(name)
  if (validate === undefined) {
    const file = new URL(`../../schemas/${name}.schema.json`, import.meta.url)
    const schema = closed(JSON.parse(readFileSync(file, 'utf8'))) as object
    validate = new Ajv2020({
      allErrors: true,
      allowUnionTypes: true,
      strictTypes: false,
      strictTuples: false,
    }).compile(schema)
    validators.set(name, validate)
  }
  if (validate(value)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  )
}

/** The published schema allows fields that it does not name, for later versions; a test must not. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const parts = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]))
  const isOpen = parts['type'] === 'object' && 'properties' in parts && !('additionalProperties' in parts)
  return isOpen ? { ...parts, additionalProperties: false } : parts
}
