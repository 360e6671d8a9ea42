import { z } from 'zod'
import type { ThresholdPlan } from '../model/plan.ts'
import { formatThreshold, parseThreshold, type ThresholdError } from '../model/threshold.ts'
import { parseDuration } from './duration.ts'
import { writtenAs } from './input-form.ts'
import { suggest } from './suggest.ts'
import { toggle, type ValueKind } from './value-kinds.ts'

/** `… abort`, `… abort after 10s`: the short form of `abort_on_fail` and `abort_after`. */
const ABORT = /\s+abort(?:\s+after\s+(\S+))?\s*$/i
const KEYS = ['threshold', 'abort_on_fail', 'abort_after']
const LONGEST_DELAY_MILLIS = 31_536_000_000
/** `recovered_within: 5s`: at most that. Expectations only; a flag has it as text, a profile as a mapping of one entry. */
const AT_MOST = /^([^:<>=!]+):\s*([^:<>=!]+)$/

/** The two lists of sentences about results. */
interface Kind {
  readonly expectedList: string
  readonly expectedEntry: string
  readonly isExpectation: boolean
}
const THRESHOLDS: Kind = {
  expectedList: 'expected a list of thresholds',
  expectedEntry: 'expected a threshold such as "p99(GET) < 2ms", or a mapping with threshold',
  isExpectation: false,
}
const EXPECTATIONS: Kind = {
  expectedList: 'expected a list of expectations',
  expectedEntry: 'expected a sentence such as "reconnection.p95 < 2s", or recovered_within: 5s',
  isExpectation: true,
}
const EXPECTED_DELAY = 'expected a duration such as 10s'

const TEXT_FORM = {
  type: 'string',
  examples: ['p99(GET) < 2ms', 'error_rate < 0.1% abort after 10s', 'p99 < 5ms in steady'],
}
const MAPPING_FORM = {
  type: 'object',
  properties: {
    threshold: { type: 'string' },
    abort_on_fail: { type: 'boolean' },
    abort_after: { type: ['string', 'number'] },
  },
  required: ['threshold'],
  additionalProperties: false,
}

const EXPECTED_TEXT_FORM = {
  type: 'string',
  examples: ['reconnection.p95 < 2s', 'fault(client-kill).recovered_within < 5s', 'errors.after(60s) == 0'],
}
const AT_MOST_FORM = {
  type: 'object',
  additionalProperties: { type: ['string', 'number'] },
  minProperties: 1,
  maxProperties: 1,
}

interface Report {
  (path: readonly (string | number)[], message: string): undefined
}

const thresholdsSchema = schemaOf(THRESHOLDS, [TEXT_FORM, MAPPING_FORM])
const expectationsSchema = schemaOf(EXPECTATIONS, [EXPECTED_TEXT_FORM, AT_MOST_FORM])

/**
 * A list, as in a profile, whose entries are texts or mappings; or one text with `;` in between, as in a flag or a
 * variable. Gives the thresholds of a plan; every problem names its entry.
 */
function schemaOf(kind: Kind, forms: readonly object[]): z.ZodType {
  const schema = z.unknown().transform((input, context) => {
    let isValid = true
    const report: Report = (path, message) => {
      isValid = false
      context.addIssue({ code: 'custom', path: [...path], message })
      return undefined
    }
    const plans = typeof input === 'string' ? readText(input, kind, report) : readList(input, kind, report)
    return isValid ? plans : z.NEVER
  })
  return writtenAs(schema, { type: 'array', items: { anyOf: forms } })
}

export function thresholds(): ValueKind {
  return kindOf(thresholdsSchema)
}

export function expectations(): ValueKind {
  return kindOf(expectationsSchema)
}

function kindOf(schema: z.ZodType): ValueKind {
  return { schema, placeholder: '<expression>', write: (value) => written(value as ThresholdPlan[]) }
}

/** As a profile has them. */
function written(plans: readonly ThresholdPlan[]): unknown {
  if (plans.length === 0) return 'none'
  return plans.map(({ expression, abort_on_fail: isAborting, abort_after_ms: delayMillis }) =>
    isAborting ? { threshold: expression, abort_on_fail: true, abort_after: `${delayMillis}ms` } : expression,
  )
}

function readText(text: string, kind: Kind, report: Report): ThresholdPlan[] {
  if (text.trim().toLowerCase() === 'none') return []
  const entries = text.split(';').filter((entry) => entry.trim() !== '')
  return entries.flatMap((entry) => readExpression(entry, kind, [], report) ?? [])
}

function readList(input: unknown, kind: Kind, report: Report): ThresholdPlan[] {
  if (!Array.isArray(input)) return report([], kind.expectedList) ?? []
  return input.flatMap((entry: unknown, index) => readEntry(entry, kind, index, report) ?? [])
}

function readEntry(entry: unknown, kind: Kind, index: number, report: Report): ThresholdPlan | undefined {
  if (typeof entry === 'string') return readExpression(entry, kind, [index], report)
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return report([index], kind.expectedEntry)
  return kind.isExpectation ? readAtMost(entry, index, report) : readMapping(entry, index, report)
}

/** `recovered_within: 5s`, as YAML reads it. */
function readAtMost(entry: object, index: number, report: Report): ThresholdPlan | undefined {
  const [first, ...others] = Object.entries(entry)
  const limit: unknown = first?.[1]
  if (first === undefined || others.length > 0 || (typeof limit !== 'string' && typeof limit !== 'number'))
    return report([index], EXPECTATIONS.expectedEntry)
  return readExpression(`${first[0]}: ${limit}`, EXPECTATIONS, [index], report)
}

function readMapping(entry: object, index: number, report: Report): ThresholdPlan | undefined {
  const given = new Map(Object.entries(entry))
  for (const key of given.keys())
    if (!KEYS.includes(key))
      report([index, key], `unknown key (${suggest(key, KEYS) ?? `known here: ${KEYS.join(', ')}`})`)
  const text = given.get('threshold')
  const plan =
    typeof text === 'string'
      ? readExpression(text, THRESHOLDS, [index, 'threshold'], report)
      : report([index, 'threshold'], THRESHOLDS.expectedEntry)
  const abort_after_ms = readDelay(given.get('abort_after'), [index, 'abort_after'], report)
  const abort_on_fail = readToggle(given.get('abort_on_fail'), [index, 'abort_on_fail'], report)
  if (plan === undefined) return undefined
  return {
    expression: plan.expression,
    abort_on_fail: abort_on_fail ?? (abort_after_ms !== undefined || plan.abort_on_fail),
    abort_after_ms: abort_after_ms ?? plan.abort_after_ms,
  }
}

function readExpression(
  given: string,
  { isExpectation }: Kind,
  path: readonly (string | number)[],
  report: Report,
): ThresholdPlan | undefined {
  const text = isExpectation ? given.trim().replace(AT_MOST, '$1 <= $2') : given.trim()
  const abort = ABORT.exec(text)
  if (abort !== null && isExpectation)
    return report(path, `${JSON.stringify(text)}: an expectation is judged at the end; a threshold may abort`)
  const parsed = parseThreshold(abort === null ? text : text.slice(0, abort.index))
  if ('error' in parsed) return report(path, describe(text, parsed.error))
  const delay = readDelay(abort?.[1], path, report)
  return {
    expression: formatThreshold(parsed.threshold),
    abort_on_fail: abort !== null,
    abort_after_ms: delay ?? 0,
  }
}

function describe(text: string, { position, message, unknown }: ThresholdError): string {
  const hint = unknown === undefined ? undefined : suggest(unknown.word, unknown.known)
  const advice = unknown === undefined ? '' : ` (${hint ?? `known are ${unknown.known.join(', ')}`})`
  return `${JSON.stringify(text)}, character ${position}: ${message}${advice}`
}

function readDelay(input: unknown, path: readonly (string | number)[], report: Report): number | undefined {
  if (input === undefined) return undefined
  const millis = typeof input === 'string' || typeof input === 'number' ? parseDuration(input) : undefined
  if (millis === undefined || millis > LONGEST_DELAY_MILLIS)
    return report(path, `${EXPECTED_DELAY}, got ${JSON.stringify(input)}`)
  return millis
}

function readToggle(input: unknown, path: readonly (string | number)[], report: Report): boolean | undefined {
  if (input === undefined) return undefined
  const result = toggle().schema.safeParse(input)
  return result.success
    ? (result.data as boolean)
    : report(path, `expected true or false, got ${JSON.stringify(input)}`)
}
