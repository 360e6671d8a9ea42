import type { FaultRow } from '../live-view/live-state.ts'
import type { Scrape } from './scrape.ts'

const FAULTS_KEPT = 20

/** The faults of a run that is seen from outside: when their counts grew, and when none of their kind was at work any more. */
export class WatchedFaults {
  #rows: FaultRow[] = []
  /** By kind: at work, and not counted as injected yet. */
  readonly #begun = new Map<string, number>()

  /** The newest last. */
  get rows(): readonly FaultRow[] {
    return this.#rows
  }

  add(before: Scrape, { faults, atMillis }: Scrape): void {
    for (const [kind, { injected, active }] of faults) {
      const known = before.faults.get(kind) ?? { injected: 0, active: 0 }
      const counted = injected - known.injected
      const begun = this.#begun.get(kind) ?? 0
      const more = counted > 0 ? counted > begun : active > known.active
      if (more) this.#rows.push({ atMillis, text: kind, state: active > 0 ? 'at work' : 'over' })
      this.#begun.set(kind, active === 0 ? 0 : Math.max(0, begun + (more && counted === 0 ? 1 : -counted)))
      if (active === 0) this.#rows = this.#rows.map((row) => (row.text === kind ? over(row) : row))
    }
    this.#rows = this.#rows.slice(-FAULTS_KEPT)
  }

  /** Another run has begun. */
  endAll(): void {
    this.#begun.clear()
    this.#rows = this.#rows.map(over)
  }
}

function over(row: FaultRow): FaultRow {
  return row.state === 'at work' ? { ...row, state: 'over' } : row
}
