import { allocateLedger, layOutLedger } from '../../src/ledger/layout.ts'
import type { LedgerSnapshot } from '../../src/ledger/ledger-snapshot.ts'
import { readLedgers } from '../../src/ledger/reader.ts'
import { SharedLedgerWriter } from '../../src/ledger/writer.ts'
import type { SeriesInfo } from '../../src/model/ledger.ts'

export const GET_AND_SET: readonly SeriesInfo[] = [
  { operation: 'GET', shape: 'single' },
  { operation: 'SET', shape: 'single' },
]

/** Real ledgers, one for each thread, and a way to read them. */
export function createLedgers(
  threads = 1,
  series: readonly SeriesInfo[] = GET_AND_SET,
): { writers: SharedLedgerWriter[]; read: (atMillis?: number) => LedgerSnapshot } {
  const layout = layOutLedger(series)
  const buffers = Array.from({ length: threads }, () => allocateLedger(layout))
  return {
    writers: buffers.map((buffer) => new SharedLedgerWriter(buffer, layout)),
    read: (atMillis = 0) => readLedgers(buffers, layout, atMillis),
  }
}

/** A single ledger, for tests that need no threads. */
export function createLedger(series: readonly SeriesInfo[] = GET_AND_SET): {
  ledger: SharedLedgerWriter
  read: (atMillis?: number) => LedgerSnapshot
} {
  const { writers, read } = createLedgers(1, series)
  return { ledger: writers[0]!, read }
}
