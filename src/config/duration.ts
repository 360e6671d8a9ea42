const UNIT_MILLIS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const SIMPLE = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/
const COMPOUND = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/
const ISO_8601 = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** What {@link parseDuration} accepts as a text, for JSON Schema. */
export const DURATION_PATTERN =
  '(?:\\d+(?:\\.\\d+)?|(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+|P(?=.)(?:\\d+D)?(?:T(?=.)(?:\\d+H)?(?:\\d+M)?(?:\\d+(?:\\.\\d+)?S)?)?)'

/**
 * Milliseconds of a duration: `30` (seconds), `30s`, `500ms`, `5m`, `1h30m`, or ISO 8601 as in `PT1M30S`.
 * `undefined` when it is none of these.
 */
export function parseDuration(input: string | number): number | undefined {
  if (typeof input === 'number') return Number.isFinite(input) && input >= 0 ? input * 1000 : undefined
  const text = input.trim()
  const simple = SIMPLE.exec(text)
  if (simple !== null) return Number(simple[1]) * UNIT_MILLIS[simple[2] ?? 's']!
  if (COMPOUND.test(text)) {
    let millis = 0
    for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
      millis += Number(amount) * UNIT_MILLIS[unit!]!
    return millis
  }
  return parseIsoDuration(text)
}

function parseIsoDuration(text: string): number | undefined {
  const parts = ISO_8601.exec(text.toUpperCase())
  if (parts === null || text.length < 3 || text.toUpperCase().endsWith('T')) return undefined
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0))
  return ((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000
}
