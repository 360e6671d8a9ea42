import type { Outage } from '../model/connection-event.ts'

/** The longest outages, in the order in which they began. */
export function longestOutages(outages: readonly Outage[], limit: number): Outage[] {
  return outages
    .toSorted((a, b) => b.duration_ms - a.duration_ms)
    .slice(0, limit)
    .toSorted((a, b) => a.lost_at_ms - b.lost_at_ms)
}
