import type { Outage } from '../model/connection-event.ts'
import type { ConnectionMoves } from '../model/connections-result.ts'

/** Pairs of servers that are told apart; more come only of a list of addresses that changes all the time. */
const PAIRS_KEPT = 1000

/** Which connections came back to another server than the one they were lost from, and when. In bounded memory. */
export class MoveTotals {
  readonly #moves = new Map<string, ConnectionMoves>()

  add({ from, to, lost_at_ms, duration_ms, finished }: Outage): void {
    if (!finished || from === null || to === null || from === to) return
    const key = `${from} ${to}`
    const before = this.#moves.get(key)
    if (before === undefined && this.#moves.size >= PAIRS_KEPT) return
    const at = lost_at_ms + duration_ms
    this.#moves.set(key, {
      from,
      to,
      connections: (before?.connections ?? 0) + 1,
      first_lost_at_ms: Math.min(before?.first_lost_at_ms ?? lost_at_ms, lost_at_ms),
      last_ready_at_ms: Math.max(before?.last_ready_at_ms ?? at, at),
    })
  }

  toArray(): readonly ConnectionMoves[] {
    return [...this.#moves.values()].toSorted((a, b) => a.first_lost_at_ms - b.first_lost_at_ms)
  }
}
