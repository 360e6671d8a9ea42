import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addInterval } from '../../src/ledger/add-interval.ts'
import { encodeInterval } from '../../src/ledger/encode-interval.ts'
import { intervalBetween, type LedgerSnapshot, withoutMeasure } from '../../src/ledger/ledger-snapshot.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { MEASURE, WARMUP } from '../../src/model/ledger.ts'
import { FAILED, INDETERMINATE, OK, type Outcome } from '../../src/model/outcome.ts'
import { createLedger, createLedgers } from '../support/ledger.ts'

const OOM = errorCodeIndex('OOM')
const CLOSED = errorCodeIndex('closed')

interface Entry {
  readonly thread: number
  readonly phase: number
  readonly series: number
  readonly outcome: Outcome
  readonly micros: number
}

const entries = fc.array(
  fc.record({
    thread: fc.integer({ min: 0, max: 2 }),
    phase: fc.constantFrom(WARMUP, MEASURE),
    series: fc.integer({ min: 0, max: 1 }),
    outcome: fc.constantFrom<Outcome>(OK, FAILED, INDETERMINATE),
    micros: fc.integer({ min: 1, max: 20_000_000 }),
  }),
  { maxLength: 120 },
)

const codeOf = (outcome: Outcome): number => (outcome === OK ? 0 : outcome === FAILED ? OOM : CLOSED)

function record(
  ledgers: ReturnType<typeof createLedgers>,
  { thread, phase, series, outcome, micros }: Entry,
): void {
  const writer = ledgers.writers[thread]!
  writer.countPhase(phase, 'issued', 1)
  writer.record(phase, series, outcome, codeOf(outcome), micros, 2 * micros)
  writer.recordThread('reconnection', micros)
  writer.count('outages', 1)
  if (outcome !== OK) writer.countDrop(codeOf(outcome))
}

function countOf(snapshot: LedgerSnapshot, phase: 'warmup' | 'measure'): number {
  return snapshot[phase].series.flatMap(({ outcomes }) => outcomes).reduce((sum, { count }) => sum + count, 0)
}

/** Everything in a snapshot that can be compared by value. */
function plain(snapshot: LedgerSnapshot): unknown {
  return JSON.parse(
    JSON.stringify(snapshot, (_, value: unknown) => {
      if (value instanceof Map)
        return [...(value as Map<unknown, unknown>)].toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
      if (typeof value === 'object' && value !== null && 'buckets' in value)
        return {
          buckets: [...(value as { buckets: () => Iterable<unknown> }).buckets()],
          ...(value as object),
        }
      return value
    }),
  )
}

describe('ledger', () => {
  it('adds up what several threads wrote, phase by phase', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const ledgers = createLedgers(3)
        for (const entry of all) record(ledgers, entry)
        const snapshot = ledgers.read()
        for (const [phase, name] of [
          [WARMUP, 'warmup'],
          [MEASURE, 'measure'],
        ] as const) {
          const mine = all.filter((entry) => entry.phase === phase)
          expect(snapshot[name].counters.issued).toBe(mine.length)
          expect(countOf(snapshot, name)).toBe(mine.length)
          for (const series of [0, 1]) {
            const ok = mine.filter((entry) => entry.series === series && entry.outcome === OK)
            const histogram = snapshot[name].series[series]!.serviceSuccess
            expect(histogram.count).toBe(ok.length)
            expect(histogram.sumMicros).toBe(ok.reduce((sum, { micros }) => sum + micros, 0))
            expect(histogram.maxMicros).toBe(Math.max(0, ...ok.map(({ micros }) => micros)))
          }
        }
        expect(snapshot.counters.outages).toBe(all.length)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps errors apart by code, with their own bucket counts', () => {
    const { ledger, read } = createLedger()
    ledger.record(MEASURE, 0, FAILED, OOM, 100, 100)
    ledger.record(MEASURE, 0, FAILED, OOM, 300, 300)
    ledger.record(MEASURE, 0, INDETERMINATE, CLOSED, 20_000_000, 20_000_000)
    const [get] = read().measure.series
    expect(get!.outcomes).toEqual([
      { outcome: 'failed', code: OOM, count: 2 },
      { outcome: 'indeterminate', code: CLOSED, count: 1 },
    ])
    expect(get!.serviceError.count).toBe(3)
    const oom = get!.errorsByCode.get(OOM)!
    expect(oom).toMatchObject({ count: 2, sumMicros: 400 })
    expect(oom.cumulative.slice(0, 3)).toEqual([1, 1, 2])
    // Above the last bound: in the count only.
    expect(get!.errorsByCode.get(CLOSED)!.cumulative.at(-1)).toBe(0)
    expect(get!.errorsByCode.get(CLOSED)!.count).toBe(1)
  })

  it('records no response time without a due instant', () => {
    const { ledger, read } = createLedger()
    ledger.record(MEASURE, 1, OK, 0, 50, -1)
    const set = read().measure.series[1]!
    expect(set.serviceSuccess.count).toBe(1)
    expect(set.responseSuccess.count).toBe(0)
  })

  it('makes intervals that add up to the total, through JSON, to the last bit', () => {
    fc.assert(
      fc.property(fc.array(entries, { minLength: 1, maxLength: 6 }), (seconds) => {
        const ledgers = createLedgers(3)
        let last = ledgers.read(0)
        let rebuilt: LedgerSnapshot | undefined
        for (const [second, happened] of seconds.entries()) {
          for (const entry of happened) record(ledgers, entry)
          const now = ledgers.read(1000 * (second + 1))
          const line = JSON.stringify(encodeInterval(intervalBetween(last, now), now))
          rebuilt = addInterval(rebuilt, JSON.parse(line) as Parameters<typeof addInterval>[1])
          last = now
        }
        expect(plain(rebuilt!)).toEqual(plain(last))
      }),
      { numRuns: 40 },
    )
  })

  it('can forget the measured phase and nothing else', () => {
    const { ledger, read } = createLedger()
    ledger.record(WARMUP, 0, OK, 0, 10, 10)
    ledger.record(MEASURE, 0, OK, 0, 10, 10)
    ledger.countPhase(MEASURE, 'issued', 1)
    const forgotten = withoutMeasure(read())
    expect(countOf(forgotten, 'warmup')).toBe(1)
    expect(countOf(forgotten, 'measure')).toBe(0)
    expect(forgotten.measure.counters.issued).toBe(0)
  })
})
