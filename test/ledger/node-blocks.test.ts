import { describe, expect, it } from 'vitest'
import { addInterval } from '../../src/ledger/add-interval.ts'
import { encodeInterval } from '../../src/ledger/encode-interval.ts'
import { allocateLedger, layOutLedger } from '../../src/ledger/layout.ts'
import { intervalBetween, type LedgerSnapshot } from '../../src/ledger/ledger-snapshot.ts'
import { readLedgers } from '../../src/ledger/reader.ts'
import { SharedLedgerWriter } from '../../src/ledger/writer.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { MEASURE } from '../../src/model/ledger.ts'
import { FAILED, OK } from '../../src/model/outcome.ts'
import { GET_AND_SET } from '../support/ledger.ts'

const MOVED = errorCodeIndex('MOVED')
/** Each thread came to know the servers in an order of its own. */
const NAMES = [
  ['a:1', 'b:2'],
  ['b:2', 'c:3'],
]

function setUp(): { writers: SharedLedgerWriter[]; read: (atMillis: number) => LedgerSnapshot } {
  const layout = layOutLedger(GET_AND_SET, 2)
  const buffers = [allocateLedger(layout), allocateLedger(layout)]
  return {
    writers: buffers.map((buffer) => new SharedLedgerWriter(buffer, layout)),
    read: (atMillis) => readLedgers(buffers, layout, atMillis, NAMES),
  }
}

function brief({ nodes }: LedgerSnapshot): unknown[] {
  return nodes.map(({ address, outcomes, serviceSuccess, serviceError, counters, active }) => [
    address,
    outcomes.map(({ outcome, code, count }) => `${outcome} ${code} ${count}`).join(', '),
    serviceSuccess.count,
    serviceSuccess.count === 0 ? null : serviceSuccess.maxMicros,
    serviceError.count,
    counters.MOVED,
    counters.dials,
    active,
  ])
}

describe('numbers of single servers', () => {
  it('are added over the threads by address', () => {
    const { writers, read } = setUp()
    const [first, second] = writers as [SharedLedgerWriter, SharedLedgerWriter]
    first.recordNode(0, OK, 0, 100)
    first.recordNode(1, OK, 0, 200)
    second.recordNode(0, OK, 0, 300)
    second.recordNode(0, FAILED, MOVED, 400)
    second.recordNode(1, OK, 0, 500)
    first.countNode(1, 'MOVED')
    second.countNode(0, 'MOVED')
    first.countNode(0, 'dials')
    first.gaugeNode(1, 3)
    second.gaugeNode(0, 4)
    expect(brief(read(1))).toEqual([
      ['a:1', 'ok 0 1', 1, 100, 0, 0, 1, 0],
      ['b:2', `ok 0 2, failed ${MOVED} 1`, 2, 300, 1, 2, 0, 7],
      ['c:3', 'ok 0 1', 1, 500, 0, 0, 0, 0],
    ])
  })

  it('do not reach beyond their places', () => {
    const { writers, read } = setUp()
    for (const node of [-1, 2, 64]) {
      writers[0]!.recordNode(node, OK, 0, 100)
      writers[0]!.countNode(node, 'dials')
      writers[0]!.gaugeNode(node, 1)
    }
    const { nodes, counters } = read(1)
    expect(nodes.flatMap(({ outcomes }) => outcomes)).toEqual([])
    expect(counters.dials).toBe(0)
  })

  it('are in intervals and in what a journal rebuilds', () => {
    const { writers, read } = setUp()
    const blank = read(0)
    writers[0]!.recordNode(0, OK, 0, 100)
    const first = read(1000)
    writers[0]!.recordNode(0, OK, 0, 700)
    writers[1]!.recordNode(1, FAILED, MOVED, 50)
    writers[1]!.countRedirected(MEASURE, 0)
    const second = read(2000)
    const interval = intervalBetween(first, second)
    expect(brief(interval)[0]).toEqual(['a:1', 'ok 0 1', 1, 700, 0, 0, 0, 0])
    expect(interval.measure.series[0]!.redirected).toBe(1)
    const lines = [
      encodeInterval(intervalBetween(blank, first), first),
      encodeInterval(interval, second),
    ].map((line) => JSON.parse(JSON.stringify(line)) as typeof line)
    let total: LedgerSnapshot | undefined
    for (const line of lines) total = addInterval(total, line)
    expect(brief(total!)).toEqual(brief(second))
    expect(total!.measure.series[0]!.redirected).toBe(1)
  })

  it('are none where one server gets all the load', () => {
    const layout = layOutLedger(GET_AND_SET)
    const read = readLedgers([allocateLedger(layout)], layout, 0)
    expect(read.nodes).toEqual([])
    expect(encodeInterval(read, read)).not.toHaveProperty('nodes')
  })
})
