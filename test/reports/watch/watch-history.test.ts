import { describe, expect, it } from 'vitest'
import { createToolCounters } from '../../../src/model/run-view.ts'
import { bucketsOf, bucketsSince, quantileMillis } from '../../../src/reports/watch/bucket-counts.ts'
import { readExposition } from '../../../src/reports/watch/read-exposition.ts'
import { readScrape, type Scrape } from '../../../src/reports/watch/scrape.ts'
import { WatchHistory } from '../../../src/reports/watch/watch-history.ts'
import { renderWatchLine } from '../../../src/reports/watch/watch-line.ts'
import { COMMAND_BOUNDS_SECONDS } from '../../../src/model/bounds.ts'
import { errorCodeIndex } from '../../../src/model/error-codes.ts'
import { MEASURE } from '../../../src/model/ledger.ts'
import { FAILED, OK } from '../../../src/model/outcome.ts'
import { ExemplarStore } from '../../../src/telemetry/exemplars.ts'
import { PrometheusExposition } from '../../../src/telemetry/prometheus.ts'
import { createLedger } from '../../support/ledger.ts'
import { planOf } from '../../support/plan.ts'

const AT = 1_700_000_000_000
const SHOWN = { target: 'here:8000', notice: null, keys: 'watch', isHelpShown: false, messages: [] } as const

/** A run whose numbers the test makes, seen as others see it. */
function createRun(flags: Record<string, string> = { 'load.target_ops_per_second': '100' }): {
  ledger: ReturnType<typeof createLedger>['ledger']
  tool: ReturnType<typeof createToolCounters>
  scrape: (atMillis: number) => Promise<Scrape>
} {
  const { plan } = planOf({ 'identity.run_id': 'run-1', ...flags })
  const { ledger, read } = createLedger()
  const tool = createToolCounters(['pause'])
  const exposition = new PrometheusExposition(
    () => ({ plan, phase: 'measure', snapshot: read(AT), targetOpsPerSecond: 100, tool }),
    new ExemplarStore(COMMAND_BOUNDS_SECONDS),
  )
  return {
    ledger,
    tool,
    scrape: async (atMillis) => readScrape(await exposition.render('text'), atMillis)!,
  }
}

describe('WatchHistory', () => {
  it('shows the differences between two scrapes of a real exposition', async () => {
    const { ledger, tool, scrape } = createRun()
    const history = new WatchHistory()
    for (let index = 0; index < 500; index++) ledger.record(MEASURE, 0, OK, 0, 900_000, 900_000)
    ledger.record(MEASURE, 0, FAILED, errorCodeIndex('OOM'), 100, 100)
    ledger.gauge('cpu_micros', 5e6)
    expect(history.add(await scrape(AT))).toBeUndefined()
    for (let index = 0; index < 98; index++) ledger.record(MEASURE, index % 2, OK, 0, 90, 400)
    ledger.record(MEASURE, 0, FAILED, errorCodeIndex('OOM'), 100, 100)
    ledger.countPhase(MEASURE, 'scheduled', 700)
    ledger.countPhase(MEASURE, 'dropped_max_in_flight', 7)
    ledger.countDrop(errorCodeIndex('closed'))
    ledger.gauge('in_flight', 3)
    ledger.gauge('connections_active', 9)
    ledger.gauge('connections_down', 1)
    ledger.gauge('cpu_micros', 5.5e6)
    tool.faults.set('pause', { ...tool.faults.get('pause')!, injected: 1, active: 1 })
    history.add(await scrape(AT + 2000))
    const state = history.state(AT + 2500, SHOWN)
    expect(state.rate).toMatchObject({
      ...{ perSecond: 49.5, target: 100, history: [49.5], targets: [100] },
      ...{ inFlight: 3, dropped: 7, droppedTotal: 7, scheduled: 700 },
    })
    const [response, service, failed] = state.latency.rows
    // Spread over the bucket from 250 to 500 µs, and from 0 to 100 µs.
    expect(response!.now).toMatchObject({ p50: 0.375, p99: 0.4975, max: null })
    expect(service!.now.p50).toBe(0.05)
    expect(failed).toMatchObject({ name: 'failed', isFailed: true })
    expect(state.errors.rows).toEqual([expect.objectContaining({ code: 'OOM', now: 1, total: 2 })])
    expect(state.connections).toMatchObject({
      active: 9,
      down: 1,
      lost: 1,
      lostNow: 1,
      disturbedSinceMillis: AT + 2000,
    })
    expect(state.generator.cpuCores).toBe(0.25)
    expect(state.faults).toEqual([{ atMillis: AT + 2000, text: 'pause', state: 'at work' }])
    expect(renderWatchLine(state)).toBe(
      'measure ·        50 ops/s of 100 · response p50 ~0.375 p99 ~0.497 ms · 3 in flight · 9 connections · 1 DOWN · 1 errors · 7 dropped · FAULT pause',
    )
    tool.faults.set('pause', { ...tool.faults.get('pause')!, active: 0 })
    ledger.gauge('connections_down', 0)
    history.add(await scrape(AT + 3000))
    const after = history.state(AT + 3000, SHOWN)
    expect(after.faults).toEqual([{ atMillis: AT + 2000, text: 'pause', state: 'over' }])
    expect(after.connections.disturbedSinceMillis).toBeNull()
    expect(after.rate.history).toEqual([49.5, 0])
  })

  it('begins anew when the run does, and never shows a rate below nothing', async () => {
    const first = createRun()
    const history = new WatchHistory()
    for (let index = 0; index < 50; index++) first.ledger.record(MEASURE, 0, OK, 0, 90, 90)
    history.add(await first.scrape(AT))
    history.addGap()
    const second = createRun()
    second.ledger.record(MEASURE, 0, OK, 0, 90, 90)
    expect(history.add(await second.scrape(AT + 2000))).toBe('another run, or it was started again')
    expect(history.state(AT + 2000, SHOWN).rate.perSecond).toBe(0)
    second.ledger.record(MEASURE, 0, OK, 0, 90, 90)
    history.add(await second.scrape(AT + 3000))
    expect(history.state(AT + 3000, SHOWN).rate).toMatchObject({ perSecond: 1, history: [null, 1] })
    const third = createRun({ 'load.target_ops_per_second': '100', 'identity.run_id': 'run-2' })
    for (let index = 0; index < 9; index++) third.ledger.record(MEASURE, 0, OK, 0, 90, 90)
    expect(history.add(await third.scrape(AT + 4000))).toBe('another run, or it was started again')
    expect(history.state(AT + 4000, SHOWN).title).toBe('test · run run-2')
  })

  it('shows no target and no response time of a closed loop', async () => {
    const { ledger, scrape } = createRun({})
    const history = new WatchHistory()
    history.add(await scrape(AT))
    ledger.record(MEASURE, 0, OK, 0, 90, -1)
    history.add(await scrape(AT + 1000))
    const { rate, latency } = history.state(AT + 1000, SHOWN)
    expect(rate.target).toBeNull()
    expect(latency.rows.map(({ name }) => name)).toEqual(['service ok'])
  })

  it('is nobody’s run where redis_test_run_info is missing', () => {
    expect(readScrape('up 1\n', AT)).toBeUndefined()
  })
})

describe('readExposition', () => {
  it('reads names, labels with escapes, and values; comments and what is no sample are left out', () => {
    const text =
      '# HELP a b\na{x="1",y="q\\"\\n\\\\"} 2.5\na 3 1700000000\nb{le="+Inf"} +Inf\nc NaN\nnonsense\n'
    expect([...readExposition(text)]).toEqual([
      [
        'a',
        [
          { labels: { x: '1', y: 'q"\n\\' }, value: 2.5 },
          { labels: {}, value: 3 },
        ],
      ],
      ['b', [{ labels: { le: '+Inf' }, value: Number.POSITIVE_INFINITY }]],
    ])
  })
})

describe('buckets', () => {
  const samples = [
    { labels: { le: '0.001', status: 'success' }, value: 10 },
    { labels: { le: '0.01', status: 'success' }, value: 30 },
    { labels: { le: '+Inf', status: 'success' }, value: 40 },
    { labels: { le: '+Inf', status: 'error' }, value: 5 },
  ]

  it('interpolates within a bucket, and stays at the last bound', () => {
    const buckets = bucketsOf(samples, { status: 'success' })
    expect([0, 0.125, 0.5, 0.9].map((quantile) => quantileMillis(buckets, quantile))).toEqual([
      0, 0.5, 5.5, 10,
    ])
    expect(quantileMillis(new Map(), 0.5)).toBeNull()
  })

  it('subtracts, bucket by bucket', () => {
    const later = new Map([
      [0.001, 10],
      [0.01, 34],
      [Number.POSITIVE_INFINITY, 44],
    ])
    const since = bucketsSince(bucketsOf(samples, { status: 'success' }), later)
    expect([...since.values()]).toEqual([0, 4, 4])
    expect(quantileMillis(since, 1)).toBe(10)
  })
})
