import type { ToxicValue } from '../model/toxic.ts'
import { badRequest } from './api-error.ts'

/** What an attribute of a toxic may be, and what it is when it is not given. */
export type AttributeRule =
  | { readonly kind: 'integer'; readonly default: number }
  | { readonly kind: 'share'; readonly default: number }
  | { readonly kind: 'boolean'; readonly default: boolean }
  | { readonly kind: 'text'; readonly default: string; readonly words?: readonly string[] }
  | { readonly kind: 'texts'; readonly default: readonly string[] }
  | { readonly kind: 'values'; readonly default: readonly ToxicValue[] }

export type AttributeRules = Readonly<Record<string, AttributeRule>>

export const integer = (value = 0): AttributeRule => ({ kind: 'integer', default: value })
export const share = (value: number): AttributeRule => ({ kind: 'share', default: value })
export const boolean = (value = false): AttributeRule => ({ kind: 'boolean', default: value })
export const text = (value: string): AttributeRule => ({ kind: 'text', default: value })
export const texts = (): AttributeRule => ({ kind: 'texts', default: [] })
export const values = (): AttributeRule => ({ kind: 'values', default: [] })
export const oneOf = (words: readonly [string, ...string[]]): AttributeRule => ({
  kind: 'text',
  default: words[0],
  words,
})

const DEEPEST = 8
const MOST_VALUES = 1000

/**
 * Reads the attributes of a toxic: what is given, over what was there before. Unknown ones are left out, as Toxiproxy
 * does. Throws an {@link badRequest} for the wrong type.
 */
export function readAttributes(
  rules: AttributeRules,
  given: unknown,
  before: Readonly<Record<string, ToxicValue>> = {},
): Record<string, ToxicValue> {
  if (given !== undefined && given !== null && (typeof given !== 'object' || Array.isArray(given)))
    throw badRequest('attributes must be an object')
  const source = new Map(Object.entries((given ?? {}) as Record<string, unknown>))
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => {
      const value = source.get(name) ?? before[name] ?? rule.default
      if (!isOfRule(rule, value)) throw badRequest(`attribute ${name} must be ${describeRule(rule)}`)
      return [name, value as ToxicValue]
    }),
  )
}

function isOfRule(rule: AttributeRule, value: unknown): boolean {
  if (rule.kind === 'text' && rule.words !== undefined)
    return (rule.words as readonly unknown[]).includes(value)
  return CHECKS[rule.kind](value)
}

const CHECKS: Readonly<Record<AttributeRule['kind'], (value: unknown) => boolean>> = {
  integer: Number.isSafeInteger,
  share: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  boolean: (value) => typeof value === 'boolean',
  text: (value) => typeof value === 'string',
  texts: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  values: (value) =>
    Array.isArray(value) && value.length <= MOST_VALUES && value.every((item) => isValue(item, 1)),
}

/** What can be said in RESP. */
function isValue(value: unknown, depth: number): boolean {
  if (Array.isArray(value))
    return depth < DEEPEST && value.length <= MOST_VALUES && value.every((item) => isValue(item, depth + 1))
  if (typeof value === 'number') return Number.isFinite(value)
  return value === null || typeof value === 'string' || typeof value === 'boolean'
}

function describeRule(rule: AttributeRule): string {
  if (rule.kind === 'text' && rule.words !== undefined) return `one of ${rule.words.join(', ')}`
  return {
    integer: 'a whole number',
    share: 'a number from 0 to 1',
    boolean: 'true or false',
    text: 'a text',
    texts: 'a list of texts',
    values: 'a list of texts, numbers, booleans, nulls and lists',
  }[rule.kind]
}
