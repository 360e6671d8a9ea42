import { describe, expect, it } from 'vitest'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { MEASURE, type SeriesInfo, type ThreadCounter, WARMUP } from '../../src/model/ledger.ts'
import { INDETERMINATE, OK } from '../../src/model/outcome.ts'
import type { RunEnd, RunRecord } from '../../src/model/run-record.ts'
import type { StreamBacklogRecord } from '../../src/model/stream-backlog.ts'
import { messagingChecks } from '../../src/reports/audit-messaging.ts'
import { describePubsub, describeStreams } from '../../src/reports/describe-messaging.ts'
import { messagingLines } from '../../src/reports/text-messaging.ts'
import { createLedger } from '../support/ledger.ts'
import { operationOf } from '../support/operation.ts'
import { planOf } from '../support/plan.ts'
import { sampleRecord } from '../support/snapshot.ts'

const TOOLS = { encodeHdr: (): string => 'hdr' }
const { plan } = planOf({
  'pubsub.subscribers': '2',
  'pubsub.channels': '3',
  'streams.consumers': '2',
  'streams.count': '4',
})
const SERIES: readonly SeriesInfo[] = [
  { operation: 'NEWS', shape: 'single', command: 'publish' },
  { operation: 'XADD', shape: 'pipeline' },
  { operation: 'PIPELINE XADD', shape: 'batch' },
]
const QUIET: Partial<Record<ThreadCounter, number>> = {
  pubsub_published: 10,
  pubsub_promised: 20,
  pubsub_received: 20,
  stream_added: 100,
  stream_read: 90,
  stream_acknowledged: 90,
}
const BACKLOG: StreamBacklogRecord = { lag: 10, pending: 0, length: 100, lag_max: 25, pending_max: 7 }

function record(
  counters: Partial<Record<ThreadCounter, number>> = {},
  options: { unknown?: number; end?: Partial<RunEnd> } = {},
): RunRecord {
  const { ledger, read } = createLedger(SERIES)
  for (const [name, count] of Object.entries({ ...QUIET, ...counters }))
    ledger.count(name as ThreadCounter, count)
  ledger.record(MEASURE, 0, OK, 0, 1, 1)
  for (let time = 0; time < (options.unknown ?? 0); time++)
    for (const [phase, series] of [
      [WARMUP, 0],
      [MEASURE, 1],
      [MEASURE, 2],
    ] as const)
      ledger.record(phase, series, INDETERMINATE, errorCodeIndex('closed'), 1, 1)
  ledger.recordThread('pubsub_delivery', 250)
  ledger.recordThread('stream_delivery', 500)
  const base = sampleRecord(plan)
  return {
    ...base,
    total: read(),
    end: { ...base.end!, streams: BACKLOG, ...options.end },
  }
}

const failing = (one: RunRecord): string[] =>
  messagingChecks(one).flatMap(({ ok, detail }) => (ok ? [] : [detail]))

describe('what became of messages', () => {
  it('is not told when nobody listened', () => {
    const silent = sampleRecord(planOf().plan)
    expect(describePubsub(silent, TOOLS)).toBeNull()
    expect(describeStreams(silent, TOOLS)).toBeNull()
    expect(messagingChecks(silent)).toEqual([])
    expect([...messagingLines({ pubsub: null, streams: null })]).toEqual([])
  })

  it('adds up in a quiet run', () => {
    expect(describePubsub(record(), TOOLS)).toMatchObject({
      mode: 'channel',
      channels: 3,
      subscribers: 2,
      published: 10,
      promised: 20,
      missed: 0,
      received: 20,
      lost: 0,
      lost_at_most: 0,
      delivery: { count: 1, p99_ms: 0.25, hdr: 'hdr' },
    })
    expect(describeStreams(record(), TOOLS)).toMatchObject({
      streams: 4,
      added: 100,
      read: 90,
      lag_at_end: 10,
      lag_max: 25,
      lost: 0,
      delivery: { count: 1, p99_ms: 0.5 },
    })
    expect(messagingChecks(record()).map(({ ok, detail }) => [ok, detail])).toEqual([
      [true, '10 × 2 = 20'],
      [true, '20 = 20 + 0'],
      [true, '100 = 90 + 10'],
    ])
  })

  it('has bounds when publishes were not answered', () => {
    const unknown = record({ pubsub_promised: 17, pubsub_received: 16, outages: 1 }, { unknown: 3 })
    expect(describePubsub(unknown, TOOLS)).toMatchObject({
      unknown_publishes: 3,
      missed: 3,
      missed_at_most: 9,
      lost: 1,
      lost_at_most: 7,
    })
    // The pipeline is no addition, its commands are.
    expect(describeStreams(unknown, TOOLS)!.unknown_additions).toBe(3)
    // Those that were not answered may have arrived.
    const more = record({ pubsub_received: 22, outages: 1 }, { unknown: 3 })
    expect(describePubsub(more, TOOLS)).toMatchObject({ lost: 0, lost_at_most: 4 })
    expect(failing(more)).toEqual([])
    expect(failing(record({ pubsub_received: 27, outages: 1 }, { unknown: 3 }))).toEqual(['27 ≤ 20 + 3 × 2'])
  })

  it('has bounds for what was in flight at the end and what was sent again', () => {
    const one = record({ resent_commands: 2 }, { end: { inFlight: 1 } })
    expect(describePubsub(one, TOOLS)!.unknown_publishes).toBe(3)
    expect(messagingChecks(one).map(({ name }) => name)).toEqual([
      'pub/sub: received ≤ promised + what unanswered publishes may have sent',
      'streams: read + backlog ≤ added + what unanswered additions may have added',
    ])
  })
})

describe('the audit of messages', () => {
  it.each([
    [{ pubsub_received: 19 }, ['20 = 19 + 0']],
    [{ pubsub_received: 19, pubsub_damaged: 1 }, []],
    [{ pubsub_promised: 19, pubsub_received: 19 }, ['10 × 2 = 19']],
    [{ stream_read: 89 }, ['100 = 89 + 10']],
    [{ stream_read: 91 }, ['100 = 91 + 10']],
  ])('wants equality in a run without faults: %j', (counters, details) => {
    expect(failing(record(counters))).toEqual(details)
  })

  it('puts up with losses after faults, but with nothing that nobody sent', () => {
    expect(failing(record({ outages: 1, pubsub_received: 5, stream_read: 5 }))).toEqual([])
    expect(failing(record({ outages: 1, pubsub_received: 21 }))).toEqual(['21 ≤ 20 + 0 × 2'])
    expect(failing(record({ outages: 1, stream_read: 91 }))).toEqual(['91 + 10 ≤ 100 + 0'])
  })

  it('knows that streams are trimmed', () => {
    const trimmed = record({ stream_read: 50 }, { end: { streams: { ...BACKLOG, length: 60 } } })
    expect(failing(trimmed)).toEqual([])
    expect(describeStreams(trimmed, TOOLS)!.lost).toBe(40)
  })

  it('does not judge what the server does not say, nor what scripts send', () => {
    const unsaid = record({}, { end: { streams: { ...BACKLOG, lag: null } } })
    expect(messagingChecks(unsaid)).toHaveLength(2)
    expect(describeStreams(unsaid, TOOLS)).toMatchObject({ lag_at_end: null, lost: null })
    const script = { file: 'x.lua', engine: 'script' as const, text: "redis.call('PUBLISH', 'a', 'b')" }
    const scripted = { ...record(), plan: { ...plan, operations: [operationOf('EVAL', 1, { script })] } }
    expect(messagingChecks(scripted)).toHaveLength(1)
  })
})

describe('the lines about messages', () => {
  const lines = (one: RunRecord): string[] => [
    ...messagingLines({ pubsub: describePubsub(one, TOOLS), streams: describeStreams(one, TOOLS) }),
  ]

  it('read like this in a quiet run', () => {
    expect(lines(record())).toEqual([
      'pub/sub       10 published × 2 subscribers = 20 promised + 0 missed · 20 received, 0 lost',
      'delivery      p50 0.250 p95 0.250 p99 0.250 max 0.250 ms',
      'streams       100 added · 90 read by 2 consumers, 10 behind at the end (at most 25) · 90 acknowledged',
      'delivery      p50 0.500 p95 0.500 p99 0.500 max 0.500 ms',
    ])
  })

  it('name what should not be', () => {
    const odd = record(
      {
        pubsub_received: 15,
        pubsub_damaged: 2,
        pubsub_out_of_order: 3,
        pubsub_duplicates: 4,
        pubsub_foreign_receivers: 5,
        stream_read: 60,
        stream_redelivered: 6,
        stream_damaged: 7,
      },
      { unknown: 1, end: { streams: { ...BACKLOG, pending: 8 } } },
    )
    expect(lines(odd)).toEqual([
      'pub/sub       10 published × 2 subscribers = 20 promised + 0 missed · 15 received, 3 lost · 4 repeated · 3 out of order · 2 damaged or not ours',
      '              1 publishes of unknown outcome: missed at most 2, lost at most 5',
      '              others listened too: 5 receivers were not ours',
      'delivery      p50 0.250 p95 0.250 p99 0.250 max 0.250 ms',
      'streams       100 added · 60 read by 2 consumers, 10 behind at the end (at most 25) · 90 acknowledged, 8 pending · 6 repeated · 7 damaged or not ours',
      '              1 additions of unknown outcome',
      '              22 entries gone before they were read: trimmed away, or lost by the server',
      'delivery      p50 0.500 p95 0.500 p99 0.500 max 0.500 ms',
    ])
  })
})
