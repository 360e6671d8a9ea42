import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RunResult } from '../../../src/model/result.ts'
import { buildCharts } from '../../../src/reports/html/charts.ts'
import { renderHtml } from '../../../src/reports/html/render-html.ts'
import { HTML_TOOLS, STORY_BEGAN, storyResult, storySamples, storyServer } from '../../support/html-report.ts'
import { dataOf, tagsOf } from '../../support/html-page.ts'

const story = storyResult()
const page = renderHtml(story, HTML_TOOLS)

describe('the HTML report', () => {
  it('has the data of every chart', () => {
    const data = dataOf(page)
    expect(data.charts).toEqual(buildCharts(story, HTML_TOOLS))
    expect(data.start_ms).toBe(STORY_BEGAN)
    expect(data.lengths).toEqual(story.intervals.map(({ seconds }) => seconds))
    data.ends.forEach((end, index) => {
      expect(Math.abs(end * 1000 + STORY_BEGAN - story.intervals[index]!.at_ms)).toBeLessThanOrEqual(0.5)
    })
    for (const { id } of data.charts) expect(page).toContain(`data-chart="${id}"`)
  })

  it('marks phases, faults and disturbances', () => {
    expect(dataOf(page).marks).toEqual({
      phases: [
        { from: 0, to: 4, label: 'calm', title: 'phase calm' },
        { from: 4, to: 7, label: 'storm', title: 'phase storm' },
        { from: 7, to: 10, label: 'calm', title: 'phase calm' },
      ],
      disturbances: [
        {
          from: 4.25,
          to: expect.closeTo(4.65, 6) as number,
          label: '#1',
          title: 'disturbance 1: client-kill',
        },
      ],
      faults: [{ from: 4.25, to: null, label: '1', title: 'fault 1: client-kill on 127.0.0.1:6379' }],
      adjustments: [],
    })
  })

  it('marks and tells what was adjusted by hand', () => {
    const at = (seconds: number): number => STORY_BEGAN + 1000 * seconds
    const text = renderHtml(
      {
        ...story,
        adjustments: [
          { kind: 'rate', at_ms: at(2), factor: 1.1, skipped_ms: 0 },
          { kind: 'pause', at_ms: at(3), factor: 0, skipped_ms: 0 },
          { kind: 'resume', at_ms: at(4), factor: 1, skipped_ms: 0 },
          { kind: 'next_phase', at_ms: at(5), factor: 1, skipped_ms: 2000 },
        ],
      },
      HTML_TOOLS,
    )
    expect(dataOf(text).marks.adjustments).toEqual([
      { from: 2, to: null, label: '×1.1', title: 'by hand: 1.1 × what the plan asks for' },
      { from: 3, to: null, label: '‖', title: 'by hand: paused' },
      { from: 4, to: null, label: '×1', title: 'by hand: resumed, as the plan has it' },
      { from: 5, to: null, label: '»', title: 'by hand: next phase; 2.0 s of the plan left out so far' },
    ])
    expect(text).toContain('The load was adjusted by hand 4 times, first at 2.0 s')
    expect(text).toContain('What was adjusted by hand is not in them')
    expect(page).not.toContain('by hand')
  })

  it('has what the servers said, and the slowest commands with their spans', () => {
    const { trace_id: trace, span_id: span } = story.slowest_commands[0]!
    expect(page).toContain(`<code>${trace} ${span}</code>`)
    const cells = (after: string): string[] =>
      [
        ...page
          .slice(page.indexOf(after))
          .split('</tbody>')[0]!
          .matchAll(/<td class[^>]*>\s*(.*?)\s*<\/td>/g),
      ].map(([, text]) => text!.replaceAll(/<[^>]*>/g, ''))
    expect(cells('Servers over the whole run')).toEqual([
      ...['master', '10', '0', '9,876', '3,210', '0.75', '31'],
      ...['1.00 MiB → 2.00 MiB', '3.00 MiB', 'none', '21', '22', '24', '976.6 KiB', '1.91 MiB'],
    ])
  })

  it('comes in the order of an answer, and leaves out what the run did not have', () => {
    expect([...page.matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id)).toEqual([
      ...['answer', 'load', 'latency', 'operations', 'slowest', 'errors', 'disturbances', 'connections'],
      ...['server', 'generator', 'audit', 'plan'],
    ])
  })

  it('runs nothing but its own scripts, and fetches nothing', () => {
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    const element = (name: string): string[] =>
      [...page.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map(([, text]) => hash(text!))
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/
      .exec(page)![1]!
      .replaceAll('&#39;', "'")
    expect(policy).toBe(
      `default-src 'none'; script-src ${element('script').join(' ')}; style-src ${element('style').join(' ')}; base-uri 'none'; form-action 'none'`,
    )
    expect(element('script')).toHaveLength(2)
    expect(element('style')).toHaveLength(2)
    expect(
      tagsOf(page).filter((tag) =>
        /\s(?:src|style|on\w+)=|^<(?:link|img|iframe|base)\b|href="(?!#)/.test(tag),
      ),
    ).toEqual([])
  })

  it('shows hostile names and texts as text, wherever they come from', () => {
    const hostile = `"'><img src=x onerror=alert(1)></script><script>alert(2)</script><!--`
    const spoil = (value: unknown, key = ''): unknown => {
      if (typeof value === 'string')
        return ['hdr', 'kind', 'outcome', 'error_type'].includes(key) ? value : hostile
      if (Array.isArray(value)) return value.map((one) => spoil(one))
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, spoil(one, name)]))
    }
    const kept = {
      end_reason: story.end_reason,
      load_model: story.load_model,
      latency_kind: story.latency_kind,
    }
    const spoilt = { ...(spoil(story) as RunResult), ...kept, plan: story.plan }
    const text = renderHtml({ ...spoilt, error: hostile, partial: true }, HTML_TOOLS)
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(text.match(/<img|<!--|alert\(2\)<\/script/g)).toBeNull()
    expect(new Set(tagsOf(text).map((tag) => /^<\/?\w+/.exec(tag)?.[0]))).toEqual(
      new Set(
        tagsOf(renderHtml({ ...story, error: 'x', partial: true }, HTML_TOOLS)).map(
          (tag) => /^<\/?\w+/.exec(tag)?.[0],
        ),
      ),
    )
    expect(text.match(/<script/g)).toHaveLength(3)
  })

  it('is smaller than a megabyte for an hour of noisy seconds', () => {
    let state = 1
    const noise = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
    const noisy = (value: number): number => Math.round(value * (0.5 + noise()) * 10_000) / 10_000
    const hour = storyResult(3600)
    const intervals = hour.intervals.map((interval) => ({
      ...interval,
      ...Object.fromEntries(
        Object.entries(interval).flatMap(([name, value]) =>
          /_p\d+_ms$|_max_ms$|cpu_cores/.test(name) ? [[name, noisy(value as number)]] : [],
        ),
      ),
      ok: Math.round(noisy(1000)),
      latency_cells: { from: 40, counts: Array.from({ length: 45 }, () => Math.round(noise() * 60)) },
    }))
    const server = storyServer({}, 2000)
    const columns = Object.fromEntries(
      Object.entries(server.columns).map(([name, values]) => [
        name,
        values.map((value) => noisy(value ?? 0)),
      ]),
    )
    const server_samples = storySamples([{ ...server, columns }])
    // The library and the scripts of the page are 110 kB.
    expect(
      renderHtml({ ...hour, intervals, server_samples, measured_seconds: 3600 }, HTML_TOOLS).length + 110_000,
    ).toBeLessThan(1_000_000)
  })

  it('says how to run it again, without a secret', () => {
    expect(page).toContain('redis-test run --workload-profile test --config-file run.yaml')
    expect(page).toContain('workload_profile: test\n')
    expect(page).toContain('&quot;schema&quot;: &quot;redis-test/plan&quot;')
  })

  it('keeps what older results do not have out of it', () => {
    const text = renderHtml(
      { ...story, intervals: [], disturbances: { ...story.disturbances, count: 0, list: [] } },
      HTML_TOOLS,
    )
    expect(text).toContain('Nothing disturbed the load')
    expect(text).not.toContain('NaN')
    expect(page).not.toContain('NaN')
    expect(page).not.toContain('undefined')
  })
})
