import type { Outage } from '../model/connection-event.ts'
import type { DisturbanceResult } from '../model/disturbance.ts'
import { DurationSummary, type DurationTools } from './duration-summary.ts'

const EXAMPLES = 20

/** The connections that a disturbance cost, in bounded memory, and how long they were away. */
export class DisturbedConnections {
  readonly #causes = new Map<string, number>()
  readonly #durations: DurationSummary
  readonly #unfinished: Outage[] = []
  #outageMillis = 0
  #backoffMillis = 0
  #handshakeMillis = 0
  #stillDown = 0
  #superseded = 0
  /** The loss that was first, and for how long commands had waited on that connection. */
  first: { readonly atMillis: number; readonly silentMillis: number } | undefined
  lastReconnectedMillis = Number.NEGATIVE_INFINITY

  constructor(tools: DurationTools) {
    this.#durations = new DurationSummary(tools)
  }

  add(outage: Outage): void {
    const { lost_at_ms, duration_ms, finished, cause, detection_ms } = outage
    if (this.first === undefined || lost_at_ms < this.first.atMillis)
      this.first = { atMillis: lost_at_ms, silentMillis: detection_ms }
    this.#causes.set(cause, (this.#causes.get(cause) ?? 0) + 1)
    if (!finished) {
      this.#stillDown++
      if (this.#unfinished.length < EXAMPLES) this.#unfinished.push(outage)
      return
    }
    this.lastReconnectedMillis = Math.max(this.lastReconnectedMillis, lost_at_ms + duration_ms)
    if (outage.end === 'superseded') {
      this.#superseded++
      return
    }
    this.#durations.add(duration_ms)
    this.#outageMillis += duration_ms
    this.#backoffMillis += outage.backoff_ms
    this.#handshakeMillis += outage.handshake_ms ?? 0
  }

  /** `down`: how many are down, when nobody was left to tell which. */
  describe(
    down: number | undefined,
  ): Pick<DisturbanceResult, 'connections' | 'reconnection' | 'backoff_share' | 'handshake_share'> {
    const reconnection = this.#durations.result
    const stillDown = down ?? this.#stillDown
    const shareOf = (millis: number): number | null =>
      this.#outageMillis === 0 ? null : millis / this.#outageMillis
    return {
      connections: {
        lost: reconnection.count + this.#superseded + stillDown,
        reconnected: reconnection.count,
        superseded: this.#superseded,
        still_down: stillDown,
        causes: [...this.#causes]
          .map(([code, count]) => ({ code, count }))
          .toSorted((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)),
        unfinished: this.#unfinished,
      },
      reconnection,
      backoff_share: shareOf(this.#backoffMillis),
      handshake_share: shareOf(this.#handshakeMillis),
    }
  }
}
