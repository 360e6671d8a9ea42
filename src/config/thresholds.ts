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
const EXPECTED_LIST = 'expected a list of thresholds'
const EXPECTED_ENTRY = 'expected a threshold such as "p99(GET) < 2ms", or a mapping with threshold'
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

interface Report {
  (path: readonly (string | number)[], message: string): undefined
}

/**
 * A list, as in a profile, whose entries are texts or mappings; or one text with `;` in between, as in a flag or a
 * variable. Gives the thresholds of a plan; every problem names its entry.
 */
export const thresholdsSchema = writtenAs(
  z.unknown().transform((input, context) => {
    let isValid = true
    const report: Report = (path, message) => {
      isValid = false
      context.addIssue({ code: 'custom', path: [...path], message })
      return undefined
    }
    const plans = typeof input === 'string' ? readText(input, report) : readList(input, report)
    return isValid ? plans : z.NEVER
  }),
  { type: 'array', items: { anyOf: [TEXT_FORM, MAPPING_FORM] } },
)

export function thresholds(): ValueKind {
  return {
    schema: thresholdsSchema,
    placeholder: '<expression>',
    write: (value) => written(value as ThresholdPlan[]),
  }
}

/** As a profile has them. */
function written(plans: readonly ThresholdPlan[]): unknown {
  if (plans.length === 0) return 'none'
  return plans.map(({ expression, abort_on_fail: isAborting, abort_after_ms: delayMillis }) =>
    isAborting ? { threshold: expression, abort_on_fail: true, abort_after: `${delayMillis}ms` } : expression,
  )
}

function readText(text: string, report: Report): ThresholdPlan[] {
  if (text.trim().toLowerCase() === 'none') return []
  const entries = text.split(';').filter((entry) => entry.trim() !== '')
  return entries.flatMap((entry) => readExpression(entry, [], report) ?? [])
}

function readList(input: unknown, report: Report): ThresholdPlan[] {
  if (!Array.isArray(input)) return report([], EXPECTED_LIST) ?? []
  return input.flatMap((entry: unknown, index) => readEntry(entry, index, report) ?? [])
}

function readEntry(entry: unknown, index: number, report: Report): ThresholdPlan | undefined {
  if (typeof entry === 'string') return readExpression(entry, [index], report)
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return report([index], EXPECTED_ENTRY)
  const given = new Map(Object.entries(entry))
  for (const key of given.keys())
    if (!KEYS.includes(key))
      report([index, key], `unknown key (${suggest(key, KEYS) ?? `known here: ${KEYS.join(', ')}`})`)
  const text = given.get('threshold')
  const plan =
    typeof text === 'string'
      ? readExpression(text, [index, 'threshold'], report)
      : report([index, 'threshold'], EXPECTED_ENTRY)
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
  path: readonly (string | number)[],
  report: Report,
): ThresholdPlan | undefined {
  const text = given.trim()
  const abort = ABORT.exec(text)
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
