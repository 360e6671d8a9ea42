import { z } from 'zod'
import type { ValueKind } from './value-kinds.ts'

const LARGEST_WEIGHT = 1e9

/** Operations by name: a list, or text with commas in between. A bare word is a command, whatever its case. */
export function operationList(): ValueKind {
  const expected = 'operations with commas in between, such as SET,GET'
  const schema = z
    .union([z.string(), z.array(z.string())], { error: `expected ${expected}` })
    .transform((input, context) => {
      const given = (typeof input === 'string' ? input.split(',') : input).map(normalize)
      if (given.every((name) => name !== '') && new Set(given).size === given.length) return given
      const message = given.includes('')
        ? `expected ${expected}, got ${JSON.stringify(input)}`
        : `an operation is named twice in ${JSON.stringify(input)}`
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
  return { schema, placeholder: '<names>' }
}

/** Weights by operation: a mapping, or one as JSON. */
export function operationWeights(): ValueKind {
  const expected = 'weights as JSON, such as {"SET": 0.4, "GET": 0.6}, not all of them 0'
  const schema = z
    .union([z.string(), z.record(z.string(), z.unknown())], { error: `expected ${expected}` })
    .transform((input, context) => {
      const weights = weightsOf(typeof input === 'string' ? parseJson(input) : input)
      if (weights !== undefined) return weights
      context.addIssue({ code: 'custom', message: `expected ${expected}, got ${JSON.stringify(input)}` })
      return z.NEVER
    })
  return { schema, placeholder: '<json>' }
}

function weightsOf(input: unknown): Record<string, unknown> | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined
  const entries = Object.entries(input).map(([name, weight]) => [normalize(name), weight] as const)
  const isGood = entries.every(
    ([name, weight]) => name !== '' && typeof weight === 'number' && weight >= 0 && weight <= LARGEST_WEIGHT,
  )
  const isUnique = new Set(entries.map(([name]) => name)).size === entries.length
  const isSomething = entries.some(([, weight]) => Number(weight) > 0)
  return isGood && isUnique && isSomething ? Object.fromEntries(entries) : undefined
}

function normalize(name: string): string {
  const trimmed = name.trim()
  return /^[\w.-]+$/.test(trimmed) ? trimmed.toUpperCase() : trimmed
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
