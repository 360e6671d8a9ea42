/** `12,345`; fractions only where they matter. */
export function formatCount(value: number): string {
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Milliseconds with three or four significant digits: `0.123`, `1.234`, `12.35`, `1,234`. */
export function formatMillis(millis: number): string {
  if (millis === 0) return '0'
  if (millis < 10) return millis.toFixed(3)
  return millis < 100
    ? millis.toFixed(2)
    : millis < 1000
      ? millis.toFixed(1)
      : formatCount(Math.round(millis))
}

/** `512 B`, `1.5 KiB`, `2.25 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return `${unit === 0 ? Math.round(value) : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]!}`
}

/** Columns padded to their widest cell; the first is left-aligned, the others right-aligned. */
export function alignColumns(rows: readonly (readonly string[])[], leftColumns = 1): string[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < leftColumns ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  )
}

/** Width of what goes before the text of a labelled line. */
export const MARGIN = ' '.repeat(14)
/** What fits on most terminals, and into most logs. */
export const WIDEST = 100

/** Breaks a labelled line that is too long: after a ` ·` if that leaves half a line, else at a space. */
export function wrapLine(line: string, widest = WIDEST): string[] {
  if (line.length <= widest) return [line]
  const margin = line.startsWith(MARGIN) ? `${MARGIN}  ` : MARGIN
  const part = line.lastIndexOf(' · ', widest - 2) + 2
  const end = part > widest / 2 ? part : line.lastIndexOf(' ', widest)
  if (end <= margin.length) return [line]
  return [line.slice(0, end), ...wrapRest(line.slice(end + 1), margin, widest)]
}

function wrapRest(rest: string, margin: string, widest: number): string[] {
  const [first = '', ...others] = wrapLine(margin + rest, widest)
  return [first, ...others.map((line) => margin + line.trimStart())]
}
