/** Where a value lies on an axis, and what stands at it. */
export interface Axis {
  /** 0 at its beginning, 1 at its end. */
  readonly at: (value: number) => number
  readonly ticks: readonly number[]
}

/** Rounded to 1, 2 or 5 times a power of ten, about `count` steps. */
export function linearAxis(least: number, most: number, count = 5): Axis {
  const span = most > least ? most - least : Math.abs(most) || 1
  const raw = span / count
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power
  const [low, high] = [Math.floor(least / step) * step, Math.ceil((least + span) / step) * step]
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) =>
    Number((low + index * step).toPrecision(12)),
  )
  return { at: (value) => (value - low) / (high - low), ticks }
}

/** From a power of ten to another; `least` above 0. */
export function logAxis(least: number, most: number): Axis {
  const low = Math.floor(Math.log10(least) + 1e-9)
  const high = Math.max(low + 1, Math.ceil(Math.log10(most) - 1e-9))
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index))
  return { at: (value) => (Math.log10(Math.max(value, 1e-12)) - low) / (high - low), ticks }
}
