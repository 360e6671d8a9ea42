import { describe, expect, it } from 'vitest'
import type { RunResult } from '../../../src/model/result.ts'
import { CHART_COLUMNS, type ServerSeriesResult } from '../../../src/model/server-samples.ts'
import type { TimeChart } from '../../../src/reports/html/chart-data.ts'
import { SERVER_CHARTS } from '../../../src/reports/html/server-charts.ts'
import { SERVER_CHART_TABLE, type ServerChart } from '../../../src/reports/html/server-chart-table.ts'
import { decodeHdr } from '../../../src/ledger/hdr.ts'
import { STORY_BEGAN, storyResult, storySamples, storyServer } from '../../support/html-report.ts'

const story = storyResult()
const table = Object.entries<ServerChart>(SERVER_CHART_TABLE)

function chartOf(id: string, result: RunResult = story): TimeChart | undefined {
  return SERVER_CHARTS[id]!.build(result, { decodeHdr }) as TimeChart | undefined
}

function resultOf(...servers: ServerSeriesResult[]): RunResult {
  return { ...story, server_samples: storySamples(servers) }
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
  ...{ 'B/s': 1, 'KiB/s': 1024, 'MiB/s': 1024 ** 2, 'GiB/s': 1024 ** 3, '%': 0.01 },
}

function expectValues(
  values: readonly (number | null)[],
  unit: string,
  of: readonly (number | null)[],
): void {
  expect(values).toHaveLength(of.length)
  for (const [index, value] of values.entries())
    if (of[index] === null) expect(value).toBeNull()
    else expect((value! * (UNITS[unit] ?? 1)) / of[index]!).toBeCloseTo(1, 4)
}

describe('charts of servers', () => {
  it('have a place for every column', () => {
    const drawn = table.flatMap(([, { lines }]) => lines.map(({ column }) => column))
    expect(drawn.toSorted()).toEqual([...CHART_COLUMNS].toSorted())
  })

  it.each(table)('of one server have its numbers, with their unit: %s', (name, { lines }) => {
    const chart = chartOf(`server-${name}`)!
    expect(chart.series.map(({ label }) => label)).toEqual(lines.map(({ label }) => label))
    for (const [index, { column }] of lines.entries())
      expectValues(
        chart.series[index]!.values,
        chart.unit,
        story.server_samples!.servers[0]!.columns[column]!,
      )
    expect(chart.times).toEqual(Array.from({ length: 10 }, (_, number) => number + 0.54))
  })

  it('of several servers are one for each column, at common moments', () => {
    const [first, other] = [
      storyServer(),
      storyServer({ server: 'b:1', roles: [{ at_ms: 0, role: 'replica' }] }),
    ]
    const late = { ...other, at_ms: other.at_ms.slice(0, 4).map((at) => at + 300), seconds: [1, 1, 1, 1] }
    const result = resultOf(late, first)
    expect(chartOf('server-memory', result)).toBeUndefined()
    const chart = chartOf('servers-memory_rss_bytes', result)!
    expect(chart.title).toBe('Memory: resident')
    expect(chart.series.map(({ label }) => label)).toEqual(['127.0.0.1:6379', 'b:1 (replica)'])
    const column = first.columns.memory_rss_bytes!
    expectValues(chart.series[0]!.values, chart.unit, column)
    // It fell silent after the fourth look.
    const known = [...column.slice(0, 4), column[3]!, null, null, null, null, null]
    expectValues(chart.series[1]!.values, chart.unit, known)
    expect(chartOf('servers-memory_rss_bytes')).toBeUndefined()
  })

  it('leave out what did not happen, and a limit that is not set', () => {
    const zeros = Array.from({ length: 10 }, () => 0)
    const ones = zeros.map(() => 1)
    const { columns } = storyServer()
    const quiet = storyServer({
      columns: {
        ...columns,
        ...{ memory_max_bytes: zeros, expired_keys_per_second: zeros, evicted_keys_per_second: zeros },
        ...{ connected_replicas: ones, master_link_up: ones },
      },
    })
    const result = resultOf(quiet)
    expect(chartOf('server-memory', result)!.series.map(({ label }) => label)).toEqual(['used', 'resident'])
    expect(chartOf('server-removed', result)).toBeUndefined()
    expect(chartOf('server-replicas', result)).toBeUndefined()
  })

  it('begin with the measured time', () => {
    const { at_ms } = storyServer()
    const result = resultOf(storyServer({ at_ms: at_ms.map((at) => at - 3000) }))
    expect(chartOf('server-keys', result)!.times).toEqual([0.54, 1.54, 2.54, 3.54, 4.54, 5.54, 6.54])
    const { keys } = storyServer().columns
    expect(chartOf('server-keys', result)!.series[0]!.values).toEqual(keys!.slice(3))
  })

  it('are none where nobody looked', () => {
    const none = { ...story, server_samples: null }
    for (const { build } of Object.values(SERVER_CHARTS)) expect(build(none, { decodeHdr })).toBeUndefined()
  })
})

describe('slow moments', () => {
  it('are points, where somebody was slow', async () => {
    const { slowMoments } = await import('../../../src/reports/html/slow-moments.ts')
    const event = (name: string, at: number): RunResult['latency_events'][number] => ({
      ...{ server: 'a:1', event: name, at_ms: STORY_BEGAN + at, latency_ms: at / 100 },
    })
    const result = {
      ...story,
      latency_events: [event('fork', 2000), event('command', 5100), event('fork', 90_000)],
    }
    const chart = slowMoments(result)!
    expect(chart.times).toEqual([2, 5, 5.1])
    expect(chart.series.map(({ label, values }) => [label, values])).toEqual([
      ['our slowest commands (service time)', [null, null, 42]],
      ['slow log, ours', [null, 40, null]],
      ['monitor: fork', [20, null, null]],
      ['monitor: command', [null, null, 51]],
    ])
    expect(slowMoments({ ...story, slowest_commands: [], slowlog: [] })).toBeUndefined()
  })
})
