import { expect, it } from 'vitest'
import { histogramOf } from '../../src/ledger/decimal-histogram.ts'
import { decodeHdr, encodeHdr } from '../../src/ledger/hdr.ts'
import { mergeHistograms } from '../../src/ledger/merge.ts'
import type { SeriesInfo } from '../../src/model/ledger.ts'
import type { SeriesSnapshot, Snapshot } from '../../src/model/snapshot.ts'
import { intervalLogLines } from '../../src/reports/interval-log.ts'

const none = histogramOf([])
const series = (info: SeriesInfo, micros: number): SeriesSnapshot =>
  ({
    ...{ info, serviceSuccess: histogramOf([micros]), serviceError: none },
    ...{ responseSuccess: histogramOf([2 * micros]), responseError: none },
  }) as unknown as SeriesSnapshot

const interval = {
  measure: {
    series: [
      series({ operation: 'GET', shape: 'single' }, 1000),
      series({ operation: 'PIPELINE', shape: 'batch' }, 50_000),
      series({ operation: 'BLPOP', shape: 'single', waits: true }, 900_000),
    ],
  },
} as unknown as Snapshot

/** Tag, largest in milliseconds as it is written, and how many. */
function linesOf(isOpenLoop: boolean): (readonly [tag: string, maxMillis: string, count: number])[] {
  const times = { sinceMillis: 2000, lengthMillis: 1000 }
  return intervalLogLines(interval, times, { encodeHdr, mergeHistograms }, isOpenLoop)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, tag = '', max, hdr] = /^(?:Tag=([^,]*),)?2\.000,1\.000,([\d.]+),(\S+)$/.exec(line)!
      return [tag, max!, decodeHdr(hdr!).count]
    })
}

it('has batches, and what waits by itself, on lines of their own and not among all operations', () => {
  expect(linesOf(true)).toEqual([
    ['', '2.000', 1],
    ['GET', '2.000', 1],
    ['GET:service', '1.000', 1],
    ['PIPELINE', '100.000', 1],
    ['PIPELINE:service', '50.000', 1],
    ['BLPOP', '1800.000', 1],
    ['BLPOP:service', '900.000', 1],
  ])
  expect(linesOf(false)).toEqual([
    ['', '1.000', 1],
    ['GET', '1.000', 1],
    ['PIPELINE', '50.000', 1],
    ['BLPOP', '900.000', 1],
  ])
})
