/**
 * What has to be written to a terminal that shows the lines of before, so that it shows those of now: only lines that are
 * different, each erased before it is written: behind a line that is as wide as the terminal, its last cell would be
 * erased. Without those of before, everything.
 */
export function screenChanges(before: readonly string[] | undefined, now: readonly string[]): string {
  const changed = now.flatMap((line, row) =>
    before?.[row] === line ? [] : [`\u001b[${row + 1};1H\u001b[2K${line}`],
  )
  return before === undefined ? `\u001b[2J${changed.join('')}` : changed.join('')
}
