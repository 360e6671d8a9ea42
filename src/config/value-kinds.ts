import { z } from 'zod'
import type { MillisRange } from '../model/plan.ts'
import { LARGEST_VALUE_BYTES, parseValueSizes } from '../model/value-sizes.ts'
import { DURATION_PATTERN, parseDuration } from './duration.ts'
import { type InputForm, writtenAs } from './input-form.ts'

/** How a setting is written, in a profile (YAML types), in a flag or in a variable (text), and how it is checked. */
export interface ValueKind {
  /** Accepts what a person may write; gives the value for the plan. */
  readonly schema: z.ZodType
  /** Placeholder in `--help`; empty for a switch. */
  readonly placeholder: string
  /** Every accepted value, where there are only a few. */
  readonly choices?: readonly string[]
  readonly isPath?: true
  /** The value of a plan as it would be written in a file; as it is unless the plan has another unit. */
  readonly write?: (value: unknown) => unknown
}

interface Range {
  readonly min?: number
  readonly max?: number
}

const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'expected a single value' })

/**
 * A value that needs more than a type: `parse` gives `undefined` for what it does not accept. `form` says how a profile
 * writes it; flags and variables are texts, so `parse` takes those too.
 */
export function checked(
  placeholder: string,
  expected: string,
  form: InputForm,
  parse: (input: string | number | boolean) => unknown,
): ValueKind {
  const schema = scalar.transform((input, context) => {
    const value = parse(input)
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: `expected ${expected}, got ${JSON.stringify(input)}` })
    return z.NEVER
  })
  return { schema: writtenAs(schema, form), placeholder }
}

const ANY_SCALAR = ['string', 'number', 'boolean']

/** Bounds of a number, as JSON Schema has them; `unit` is how many of the bounds' make one that a person writes. */
function bounds({ min, max }: Range, unit = 1): InputForm {
  return {
    ...(min === undefined ? {} : { minimum: min / unit }),
    ...(max === undefined ? {} : { maximum: max / unit }),
  }
}

function durationForm(range: Range, pattern = DURATION_PATTERN): InputForm {
  return { type: ['string', 'number'], ...bounds({ min: 0, ...range }, 1000), pattern: `^${pattern}$` }
}

function toNumber(input: string | number | boolean): number | undefined {
  if (typeof input === 'number') return Number.isFinite(input) ? input : undefined
  if (typeof input === 'boolean' || input.trim() === '') return undefined
  const value = Number(input)
  return Number.isFinite(value) ? value : undefined
}

function within(value: number | undefined, { min = -Infinity, max = Infinity }: Range): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined
}

function describeRange({ min, max }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max === undefined ? '' : ` of at most ${max}`
}

export function integer(range: Range): ValueKind {
  const form = { type: 'integer', ...bounds(range) }
  return checked('<n>', `a whole number${describeRange(range)}`, form, (input) => {
    const value = within(toNumber(input), range)
    return Number.isInteger(value) ? value : undefined
  })
}

export function decimal(range: Range): ValueKind {
  const form = { type: 'number', ...bounds(range) }
  return checked('<n>', `a number${describeRange(range)}`, form, (input) => within(toNumber(input), range))
}

/** A share: `0.25` or `25%`. */
export function ratio(): ValueKind {
  const form = { type: ['number', 'string'], minimum: 0, maximum: 1, pattern: '^\\d+(?:\\.\\d+)?%$' }
  return checked('<share>', 'a share from 0 to 1, or a percentage', form, (input) => {
    if (typeof input === 'string' && input.trim().endsWith('%')) {
      const percent = within(toNumber(input.trim().slice(0, -1)), { min: 0, max: 100 })
      return percent === undefined ? undefined : percent / 100
    }
    return within(toNumber(input), { min: 0, max: 1 })
  })
}

/** Bounds are milliseconds. A bare number is seconds. */
export function duration(range: Range = {}): ValueKind {
  const kind = checked(
    '<time>',
    `a duration such as 30, 30s, 500ms, 5m or PT1M${describeDurations(range)}`,
    durationForm(range),
    (input) => (typeof input === 'boolean' ? undefined : within(parseDuration(input), { min: 0, ...range })),
  )
  return { ...kind, write: (millis) => `${Number(millis)}ms` }
}

/** One duration, or a range of them (`5ms..20ms`), as `{ min_ms, max_ms }`. */
export function durationRange(range: Range = {}): ValueKind {
  const expected = `a duration such as 60s, or a range such as 30s..90s${describeDurations(range)}`
  const form = durationForm(range, `${DURATION_PATTERN}(?:\\.\\.${DURATION_PATTERN})?`)
  const kind = checked('<time>', expected, form, (input) => {
    const limits = { min: 0, ...range }
    const ends = typeof input === 'string' ? input.split('..') : [input]
    const millis = ends.map((end) =>
      typeof end === 'boolean' ? undefined : within(parseDuration(end), limits),
    )
    return ends.length <= 2 ? rangeBetween(millis[0], millis.at(-1)) : undefined
  })
  const write = (value: unknown): string => {
    const { min_ms, max_ms } = value as MillisRange
    return min_ms === max_ms ? `${min_ms}ms` : `${min_ms}ms..${max_ms}ms`
  }
  return { ...kind, write }
}

function rangeBetween(min: number | undefined, max: number | undefined): MillisRange | undefined {
  return min !== undefined && max !== undefined && min <= max ? { min_ms: min, max_ms: max } : undefined
}

const NAME = /^[\w.:-]{1,64}$/

/** Names, as a list or with commas in between; a number n stands for `<stem>1` to `<stem>n`. */
export function names(stem: string): ValueKind {
  const expected = 'a number up to 100000, or names from A-Z a-z 0-9 _ . : - with commas in between'
  const schema = z
    .union([scalar, z.array(z.string())], { error: `expected ${expected}` })
    .transform((input, context) => {
      const list = namesOf(input, stem)
      if (list !== undefined) return list
      context.addIssue({ code: 'custom', message: `expected ${expected}, got ${JSON.stringify(input)}` })
      return z.NEVER
    })
  const form = {
    type: ['integer', 'string', 'array'],
    minimum: 1,
    maximum: 100_000,
    items: { type: 'string' },
  }
  return { schema: writtenAs(schema, form), placeholder: '<n|names>' }
}

type NamesInput = string | number | boolean | readonly string[]

function namesOf(input: NamesInput, stem: string): readonly string[] | undefined {
  if (typeof input === 'object') return listOf(input)
  const count = toNumber(input)
  if (count === undefined) return listOf(String(input).split(','))
  if (!Number.isInteger(count) || count < 1 || count > 100_000) return undefined
  return Array.from({ length: count }, (_, index) => `${stem}${index + 1}`)
}

function listOf(given: readonly string[]): readonly string[] | undefined {
  const trimmed = given.map((name) => name.trim())
  return trimmed.length > 0 && trimmed.every((name) => NAME.test(name)) ? [...new Set(trimmed)] : undefined
}

/** As {@link duration}, but a bare number is milliseconds, as OpenTelemetry's variables have it. */
export function durationInMillis(range: Range): ValueKind {
  const expected = `milliseconds, or a duration such as 5s${describeDurations(range)}`
  const form = { ...durationForm(range), ...bounds({ min: 0, ...range }) }
  return checked('<ms>', expected, form, (input) => {
    if (typeof input === 'boolean') return undefined
    const millis = toNumber(input) ?? parseDuration(input)
    return within(millis, { min: 0, ...range })
  })
}

function describeDurations({ min, max }: Range): string {
  const least = min === undefined ? '' : `, at least ${min}ms`
  return max === undefined ? least : `${least}, at most ${max / 1000}s`
}

/** Operations per second; `max` means as fast as possible (closed loop). */
export function rate(): ValueKind {
  const range = { min: 0.001, max: 10_000_000 }
  const form = { type: ['number', 'string'], ...bounds(range), pattern: '^max$' }
  const kind = checked('<n>', 'operations per second above 0, or max', form, (input) => {
    if (input === 'max') return null
    return within(toNumber(input), range)
  })
  return { ...kind, write: (value) => value ?? 'max' }
}

export function text(pattern?: { readonly matching: RegExp; readonly expected: string }): ValueKind {
  const form = { type: ANY_SCALAR, ...(pattern === undefined ? {} : { pattern: pattern.matching.source }) }
  return checked('<text>', pattern?.expected ?? 'a text', form, (input) => {
    const value = String(input)
    return pattern === undefined || pattern.matching.test(value) ? value : undefined
  })
}

/**
 * Where telemetry is sent. Never with a user or a password: the plan, the result and the journal show it. What is wrong
 * is not shown either.
 */
export function endpoint(credentialsGoTo: string, { isHttp }: { readonly isHttp: boolean }): ValueKind {
  const pattern = isHttp ? /^https?:\/\/[^/]/ : /./
  const expected = isHttp ? 'a URL with http:// or https://, ' : 'a URL '
  const schema = scalar.transform((input, context) => {
    const value = String(input)
    if (pattern.test(value) && !/@/.test(value.replace(/^\w+:\/\//, '').split('/')[0]!)) return value
    const message = `expected ${expected}without user and password; those belong into ${credentialsGoTo}`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  return { schema: writtenAs(schema, { type: 'string' }), placeholder: '<url>' }
}

/** Sizes of values; the text is kept, as a person can read it. */
export function valueSizes(): ValueKind {
  const expected = `bytes up to ${LARGEST_VALUE_BYTES}: a size (100), a range (64..1024), or both with weights (64:90, 1024..4096:10)`
  const form = {
    type: ['integer', 'string'],
    minimum: 0,
    maximum: LARGEST_VALUE_BYTES,
    pattern: '^[\\d.:, ]+$',
  }
  return checked('<bytes>', expected, form, (input) => {
    const value = String(input)
    return parseValueSizes(value) === undefined ? undefined : value
  })
}

export function file(): ValueKind {
  const kind = checked('<path>', 'a path', { type: 'string', minLength: 1 }, (input) =>
    String(input) === '' ? undefined : String(input),
  )
  return { ...kind, isPath: true }
}

/** `synonyms` are accepted, not shown. */
export function choice(
  values: readonly (string | number)[],
  synonyms: Readonly<Record<string, string>> = {},
): ValueKind {
  const form = { enum: values }
  const kind = checked(`<${values.join('|')}>`, `one of ${values.join(', ')}`, form, (input) => {
    const word = String(input).toLowerCase()
    return values.find((value) => String(value) === (synonyms[word] ?? word))
  })
  return { ...kind, choices: values.map(String) }
}

const TRUE_WORDS = new Set(['true', '1', 'yes', 'on'])
const FALSE_WORDS = new Set(['false', '0', 'no', 'off'])

export function toggle(): ValueKind {
  return checked('', 'true or false', { type: 'boolean' }, (input) => {
    if (typeof input === 'boolean') return input
    const word = String(input).toLowerCase()
    if (TRUE_WORDS.has(word)) return true
    return FALSE_WORDS.has(word) ? false : undefined
  })
}
