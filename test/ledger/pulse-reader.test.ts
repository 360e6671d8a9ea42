import { describe, expect, it } from 'vitest'
import { allocateLedger, layOutLedger } from '../../src/ledger/layout.ts'
import { PulseReader } from '../../src/ledger/pulse-reader.ts'
import { SharedLedgerWriter } from '../../src/ledger/writer.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { MEASURE, type SeriesInfo, WARMUP } from '../../src/model/ledger.ts'
import { FAILED, INDETERMINATE, OK } from '../../src/model/outcome.ts'

const SERIES: readonly SeriesInfo[] = [
  { operation: 'GET', shape: 'single' },
  { operation: 'BLPOP', shape: 'single', waits: true },
  { operation: 'PIPELINE', shape: 'batch' },
]

function open(threads = 1, isOpenLoop = true): { writers: SharedLedgerWriter[]; reader: PulseReader } {
  const layout = layOutLedger(SERIES)
  const buffers = Array.from({ length: threads }, () => allocateLedger(layout))
  return {
    writers: buffers.map((buffer) => new SharedLedgerWriter(buffer, layout)),
    reader: new PulseReader(buffers, layout, isOpenLoop),
  }
}

const QUIET = { scheduled: 0, ok: 0, failed: 0, indeterminate: 0, dropped: 0, delayed: 0, errors: [] }

describe('PulseReader', () => {
  it('counts single commands of the measured phase since the last pulse, over all threads', () => {
    const { writers, reader } = open(2)
    const [one, other] = writers as [SharedLedgerWriter, SharedLedgerWriter]
    one.record(WARMUP, 0, OK, 0, 10, 10)
    for (const writer of [one, other]) {
      writer.countPhase(MEASURE, 'scheduled', 4)
      writer.countPhase(MEASURE, 'dropped_max_in_flight', 1)
      writer.record(MEASURE, 0, OK, 0, 500, 1000)
      writer.record(MEASURE, 2, OK, 0, 9, 9)
    }
    other.countPhase(MEASURE, 'dropped_generator_late', 2)
    one.record(MEASURE, 0, FAILED, errorCodeIndex('OOM'), 100, 100)
    other.record(MEASURE, 1, INDETERMINATE, errorCodeIndex('closed'), 100, 100)
    other.gauge('connections_down', 3)
    expect(reader.take(1000.123, 0.999)).toEqual({
      at_ms: 1000.12,
      scheduled: 8,
      ok: 2,
      failed: 1,
      indeterminate: 1,
      dropped: 4,
      delayed: 2,
      down: 3,
      // The middle of the bucket that holds 1 ms.
      p50_ms: 0.9995,
      p99_ms: 0.9995,
      p999_ms: 0.9995,
      errors: [
        ['failed', 'OOM', 1],
        ['indeterminate', 'closed', 1],
      ],
    })
    expect(reader.take(1100, 0)).toMatchObject({ ...QUIET, down: 3 })
  })

  it('has the quantiles of the last second, without what waits, and none of what is over', () => {
    const { writers, reader } = open()
    const [writer] = writers as [SharedLedgerWriter]
    writer.record(MEASURE, 1, OK, 0, 5_000_000, 5_000_000)
    for (let micros = 1000; micros < 2000; micros += 10) writer.record(MEASURE, 0, OK, 0, 1, micros)
    const pulses = Array.from({ length: 11 }, (_, index) =>
      reader.take(100 * index, Number.POSITIVE_INFINITY),
    )
    expect(pulses[0]).toMatchObject({ p50_ms: 1.485, p99_ms: 1.975, p999_ms: 1.985, delayed: 0 })
    expect(pulses[9]).toMatchObject({ p50_ms: 1.485, p99_ms: 1.975, ok: 0 })
    expect(pulses[10]).toMatchObject({ p50_ms: 0, p99_ms: 0, p999_ms: 0 })
  })

  it('knows only service times in a closed loop', () => {
    const { writers, reader } = open(1, false)
    writers[0]!.record(MEASURE, 0, OK, 0, 2000, -1)
    expect(reader.take(0, 1)).toMatchObject({ ok: 1, delayed: 1, p99_ms: 1.995 })
  })
})
