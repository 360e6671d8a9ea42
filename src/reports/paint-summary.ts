const RED = '\u001b[31m'
const GREEN = '\u001b[32m'
const YELLOW = '\u001b[33m'
const BOLD = '\u001b[1m'
const PLAIN = '\u001b[0m'

/** What is coloured, and how: the first rule that a line matches counts. What matches in the parentheses gets the colour. */
const RULES: readonly (readonly [pattern: RegExp, colour: string])[] = [
  [/^(PASS)\b/, BOLD + GREEN],
  [/^(FAIL)\b/, BOLD + RED],
  [/^(CUT SHORT)\b/, BOLD + YELLOW],
  [/^(DONE)\b/, BOLD],
  [/^ +(✓)/, GREEN],
  [/^ +(✗ .*)/, RED],
  [/^(?:thresholds|expected) +(\d+ OF \d+ NOT MET)/, RED],
  [/^(?:limited by|reports)? +((?:THE GENERATOR|NOT WRITTEN)\b)/, YELLOW],
  [/^(warning)(?= )/, YELLOW],
  // Alarms begin with words in capitals.
  [/^ *((?:[A-Z]{2,} )*[A-Z]{2,}:.*)/, RED],
  [/^((?:operation|phase|errors|commands\/s|node) {2,}.*)/, BOLD],
]

/** Colours for a terminal. What a summary says does not depend on them. */
export function paintSummary(text: string): string {
  return text.split('\n').map(paint).join('\n')
}

function paint(line: string): string {
  for (const [pattern, colour] of RULES) {
    const match = pattern.exec(line)
    if (match === null) continue
    const [whole, part = ''] = match
    const start = whole.length - part.length
    return `${line.slice(0, start)}${colour}${part}${PLAIN}${line.slice(start + part.length)}`
  }
  return line
}
