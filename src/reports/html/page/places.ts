import type { PageData } from '../chart-data.ts'
import { clockText, timeText } from './numbers-as-text.ts'

/** What a place on the horizontal axis of charts over time is called: a moment, or a run. */
export function placeName({ runs }: PageData, place: number): string {
  return runs === undefined ? timeText(place, 1) : (runs[Math.round(place) - 1] ?? '')
}

/** The same with the time of day, where it is known. */
export function placeAndClock(data: PageData, place: number): string {
  const name = placeName(data, place)
  return data.start_ms === null ? name : `${name} · ${clockText(data.start_ms + 1000 * place)}`
}

/** From one place to another. */
export function spanName({ runs }: PageData, from: number, to: number): string {
  if (runs === undefined) return `${timeText(from, 1)} – ${timeText(to, 1)}`
  const [first, last] = [Math.max(1, Math.ceil(from)), Math.min(runs.length, Math.floor(to))]
  return first >= last ? `run ${last}` : `runs ${first} – ${last}`
}
