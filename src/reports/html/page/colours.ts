const found = new Map<string, string>()

/** A colour of the style sheet, for canvases. */
export function colourOf(name: string): string {
  const known = found.get(name)
  if (known !== undefined) return known
  const colour = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
  found.set(name, colour)
  return colour
}

/** The theme is another one. */
export function forgetColours(): void {
  found.clear()
}

/** `#rrggbb` as numbers from 0 to 255. */
export function channelsOf(colour: string): readonly [red: number, green: number, blue: number] {
  const value = Number.parseInt(colour.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}
