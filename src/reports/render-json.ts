const NUMBERS = /\[\n\s+(-?[\d.eE+-]+(?:,\n\s+-?[\d.eE+-]+)*)\n\s*\]/g

/** JSON for people and programs: indented, but lists of numbers on one line. Ends with a line break. */
export function renderJson(value: unknown): string {
  // A line break within a string would be escaped, so that brackets before line breaks are those of lists.
  const indented = JSON.stringify(value, undefined, 2)
  return `${indented.replaceAll(NUMBERS, (_, numbers: string) => `[${numbers.replaceAll(/\n\s+/g, ' ')}]`)}\n`
}
