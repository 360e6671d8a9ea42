import { harmlessText } from './harmless.ts'

/** Everything that Markdown or HTML could take for more than a letter. */
const SPECIAL = /[^\p{L}\p{N} .,;=/%()+?·×–…✓✗\n-]/gu

/**
 * A text that others chose, as text: nothing in it is a link, a mention, an image, a tag or an emphasis. Every character
 * that could be a sign becomes an entity; an at sign, and what looks like a reference, do not even look like one.
 */
export function plain(text: string): string {
  return harmlessText(text)
    .replaceAll(SPECIAL, (character) =>
      character === '@' ? '&#64;&#8203;' : `&#${String(character.codePointAt(0))};`,
    )
    .replaceAll(/\b(https?|www)(?=&#58;|\.)/gi, '$1&#8203;')
    .replaceAll(/(^|\n)([-+=]|\d+[.)](?=\s|$))/g, '$1&#8203;$2')
}

/** The same in a fixed pitch. */
export function code(text: string): string {
  return `<code>${plain(text)}</code>`
}

/** A table; the first `leftColumns` are aligned left, the others right. Cells are Markdown. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  leftColumns = 1,
): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(header),
    line(header.map((_, index) => (index < leftColumns ? ':---' : '---:'))),
    ...rows.map(line),
  ]
}

/** A part that is shown when it is opened. */
export function fold(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  return ['<details>', `<summary>${title}</summary>`, '', ...lines, '', '</details>']
}

/** Lines as they are, whatever they hold. */
export function verbatim(lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const text = lines.map(harmlessText)
  const longest = Math.max(
    2,
    ...text.flatMap((line) => [...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)),
  )
  const fence = '`'.repeat(longest + 1)
  return [`${fence}text`, ...text, fence]
}
