const HARMFUL =
  // oxlint-disable-next-line no-control-regex -- what others chose is shown as text, never carried out by a terminal
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/**
 * A text that others chose (a name in a profile, the answer of a server) as one that can be shown in a line: without line
 * breaks, control characters, and characters that are not seen or turn the direction of writing. They become `\u001b`.
 */
export function harmlessText(text: string): string {
  return text.replaceAll(
    HARMFUL,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The same for every text in a value. */
export function harmless<Value>(value: Value): Value {
  if (typeof value === 'string') return harmlessText(value) as Value
  if (Array.isArray(value)) return value.map(harmless) as Value
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, part]) => [harmlessText(name), harmless(part)])
  return Object.fromEntries(entries) as Value
}
