import { describe, expect, it } from 'vitest'
import { MoveTotals } from '../../src/app/move-totals.ts'
import type { Outage } from '../../src/model/connection-event.ts'

const OUTAGE: Outage = {
  thread: 0,
  connection: 0,
  server: null,
  lost_at_ms: 1000,
  duration_ms: 50,
  finished: true,
  end: 'reconnected',
  cause: 'closed',
  detection_ms: 0,
  backoff_ms: 0,
  attempts: 1,
  from: 'a:1',
  to: 'b:1',
}

describe('MoveTotals', () => {
  it('adds up the connections that came back to another server, with the first loss and the last return', () => {
    const moves = new MoveTotals()
    for (const change of [
      { lost_at_ms: 5000, from: 'b:1', to: 'a:1' },
      {},
      { lost_at_ms: 900, duration_ms: 300 },
      { lost_at_ms: 1100, duration_ms: 10 },
    ])
      moves.add({ ...OUTAGE, ...change })
    expect(moves.toArray()).toEqual([
      { from: 'a:1', to: 'b:1', connections: 3, first_lost_at_ms: 900, last_ready_at_ms: 1200 },
      { from: 'b:1', to: 'a:1', connections: 1, first_lost_at_ms: 5000, last_ready_at_ms: 5050 },
    ])
  })

  it('leaves out what stayed, what is still away, and what has no address', () => {
    const moves = new MoveTotals()
    for (const change of [{ to: 'a:1' }, { finished: false }, { from: null }, { to: null }])
      moves.add({ ...OUTAGE, ...change })
    expect(moves.toArray()).toEqual([])
  })

  it('is bounded', () => {
    const moves = new MoveTotals()
    for (let port = 1; port <= 3000; port++) moves.add({ ...OUTAGE, to: `c:${port}` })
    expect(moves.toArray()).toHaveLength(1000)
  })
})
