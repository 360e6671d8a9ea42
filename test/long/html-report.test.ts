import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IntervalResult } from '../../src/model/interval-result.ts'
import type { RunResult } from '../../src/model/result.ts'
import { command, folder, ROOT, run } from '../e2e/support/command-line.ts'
import { measuredIntervals } from '../../src/reports/measured-intervals.ts'
import { findProgram } from '../support/find-program.ts'
import { type OpenedPage, expectAccessibleAndQuiet, openPage } from './support/pages.ts'

const CHROMIUM = findProgram('chromium')
const FIXTURES = join(ROOT, 'test/fixtures/results')
const OLDER = readdirSync(FIXTURES).filter((name) => name.endsWith('.json'))
const file = (name: string): string => join(folder, name)

/** What the page tells of its charts: see docs/html-report.md. */
interface Told {
  readonly kind: string
  readonly labels: readonly string[]
  readonly columns: readonly (readonly number[])[] | undefined
  readonly readings: readonly (readonly (number | null)[])[]
  readonly drawn: readonly (readonly (number | null)[])[]
  /** x, and the series as they were handed to the library, in its order. */
  readonly data: readonly (readonly (number | null)[])[]
  readonly x: readonly [number, number]
}

/** As much of it as is looked at in the page. */
interface Views {
  readonly redisTestCharts: Readonly<
    Record<
      string,
      Pick<Told, 'readings' | 'drawn'> & {
        readonly chart: {
          readonly kind: string
          readonly columns?: Told['columns']
          readonly series?: { label: string }[]
        }
        readonly plot: {
          readonly data: readonly [number[], ...number[][]]
          readonly cursor: { readonly idx: number }
          readonly scales: { readonly x: { readonly min: number; readonly max: number } }
          readonly ctx: { getImageData(x: number, y: number, w: number, h: number): { data: number[] } }
          valToPos(value: number, scale: string, isCanvas: boolean): number
        }
      }
    >
  >
}

let browser: Browser
let result: RunResult

beforeAll(async () => {
  if (CHROMIUM === undefined) return
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  const ended = await run([
    ...['--embedded-redis', '--workload-profile', 'reconnect-storm', '--quiet'],
    ...['--html', file('storm.html'), '--journal', file('storm.ndjson')],
  ])
  // What came after the end of the load makes no second slower.
  result = { ...ended.result, intervals: measuredIntervals(ended.result) }
}, 180_000)
afterAll(() => browser?.close())

/** Opens a report; what the console says counts as a failure of the test that asks. */
function open(name: string, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  return openPage(browser, file(name), options)
}

function chartsOf(page: Page): Promise<Record<string, Told>> {
  return page.evaluate(() => {
    const { redisTestCharts: views } = globalThis as unknown as Views
    return Object.fromEntries(
      Object.entries(views).map(([id, { chart, readings, drawn, plot }]) => [
        id,
        {
          ...{ kind: chart.kind, columns: chart.columns, readings, drawn },
          labels: (chart.series ?? []).map(({ label }: { label: string }) => label),
          data: plot.data.map((values: Iterable<number | null>) => [...values]),
          x: [plot.scales.x.min, plot.scales.x.max],
        },
      ]),
    )
  })
}

const of = (field: keyof IntervalResult): (number | null)[] =>
  result.intervals.map((interval) => interval[field] as number | null)
const perSecond = (field: keyof IntervalResult): number[] =>
  result.intervals.map((interval) => (interval[field] as number) / interval.seconds)
const positive = (values: readonly (number | null)[]): (number | null)[] =>
  values.map((value) => ((value ?? 0) > 0 ? value : null))

function expectNear(some: readonly (number | null)[], others: readonly (number | null)[]): void {
  expect(some).toHaveLength(others.length)
  some.forEach((value, index) => {
    if (value === null || others[index] === null) expect(value).toBe(others[index])
    else expect(value).toBeCloseTo(others[index]!, 9)
  })
}

describe.skipIf(CHROMIUM === undefined)('the HTML report of a reconnect storm', () => {
  it('draws what the result says', async () => {
    const { page, troubles } = await open('storm.html')
    const charts = await chartsOf(page)
    expect(Object.keys(charts)).toEqual(
      expect.arrayContaining([
        'rate',
        'response',
        'service',
        'heatmap',
        'errors',
        'connections',
        'connection-changes',
      ]),
    )
    const start = 1000 * result.run_start
    const haveOwnTimes = /^(?:server-|slow-moments)/
    for (const [id, { kind, data }] of Object.entries(charts))
      if (kind !== 'quantiles' && !haveOwnTimes.test(id))
        data[0]!.forEach((x, index) => {
          const { at_ms, seconds } = result.intervals[index]!
          expect(Math.abs(x! - (at_ms - start) / 1000 + seconds / 2)).toBeLessThan(0.001)
        })
    // The stacks, the highest first, then the target.
    const { rate } = charts
    const parts = (['ok', 'failed', 'indeterminate', 'dropped'] as const).map(perSecond)
    const heights = parts.map((_, index) =>
      parts[0]!.map((__, at) => parts.slice(0, index + 1).reduce((sum, part) => sum + part[at]!, 0)),
    )
    heights.toReversed().forEach((values, index) => expectNear(rate!.data[index + 1]!, values))
    expectNear(rate!.data[5]!, of('target_ops_per_second'))
    parts.forEach((values, index) => expectNear(rate!.readings[index]!, values))
    for (const kind of ['response', 'service'] as const) {
      const quantiles = (['max', 'p999', 'p99', 'p50'] as const).map((name) =>
        positive(of(`${kind}_${name}_ms`)),
      )
      quantiles.forEach((values, index) => expectNear(charts[kind]!.data[index + 1]!, values))
    }
    expectNear(charts['connections']!.data[1]!, of('connections_active'))
    expectNear(charts['connection-changes']!.readings[0]!, perSecond('connections_lost'))
    expectNear(charts['connection-changes']!.readings[1]!, perSecond('reconnections'))
    expectNear(charts['generator-cores']!.data[1]!, of('cpu_cores'))
    const errors = result.intervals.map(
      (one) => one.errors.reduce((sum, { count }) => sum + count, 0) / one.seconds,
    )
    expect(errors.some((count) => count > 0)).toBe(true)
    expectNear(charts['errors']!.data[1]!, errors)
    const cells = charts['heatmap']!.columns!.map(([, ...counts]) => counts)
    expect(cells).toEqual(result.intervals.map(({ latency_cells: { counts } }) => counts))
    expect(charts['response-quantiles']!.labels).toEqual(result.operations.map(({ operation }) => operation))
    const [server] = result.server_samples!.servers
    const seen = server!.at_ms.map((at, index) => (at - start) / 1000 - server!.seconds[index]! / 2)
    const fromStart = (values: readonly (number | null)[]): readonly (number | null)[] =>
      values.filter((_, index) => seen[index]! >= 0)
    for (const [id, column] of [
      ['server-ops', 'ops_per_second'],
      ['server-keys', 'keys'],
      ['server-clients', 'connected_clients'],
    ] as const) {
      expectNear(charts[id]!.data[1]!, fromStart(server!.columns[column]!))
      charts[id]!.data[0]!.forEach((x, index) =>
        expect(Math.abs(x! - fromStart(seen)[index]!)).toBeLessThan(0.001),
      )
    }
    const points = charts['slow-moments']!.data[1]!.filter((value) => value !== null)
    expect(Math.max(...points)).toBe(result.slowest_commands[0]!.service_ms)
    expect(troubles).toEqual([])
  })

  it('draws it where its numbers are', async () => {
    const { page } = await open('storm.html')
    const share = await page.evaluate(() => {
      const { rate } = (globalThis as unknown as Views).redisTestCharts
      const { plot } = rate!
      const [times, , , , ok] = plot.data
      const drawn = ok!.filter((value, index) => {
        const x = Math.round(plot.valToPos(times[index]!, 'x', true))
        const y = Math.round(plot.valToPos(value, 'y', true))
        // Below the top of the lowest stack (ok) is its colour, and not that of the panel.
        return plot.ctx.getImageData(x - 1, y + 2, 3, 3).data[0]! < 240
      })
      return drawn.length / ok!.length
    })
    expect(share).toBeGreaterThan(0.95)
  })

  it.each(['light', 'dark'] as const)('is accessible and quiet: %s', async (colorScheme) => {
    await expectAccessibleAndQuiet(browser, file('storm.html'), colorScheme)
  })

  it.each([400, 820])('needs no horizontal scrolling: %i pixels', async (width) => {
    const { page } = await open('storm.html', { viewport: { width, height: 800 } })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    const canvases = await page.locator('canvas').all()
    for (const canvas of canvases) {
      const { x, width: wide } = (await canvas.boundingBox())!
      expect(x + wide).toBeLessThanOrEqual(width)
    }
  })

  it('reads values in all charts where the pointer is, and zooms all of them', async () => {
    const { page } = await open('storm.html')
    await page.locator('[data-chart="rate"]').scrollIntoViewIfNeeded()
    const box = (await page.locator('[data-chart="rate"] .u-over').boundingBox())!
    await page.mouse.move(box.x + box.width * 0.4, box.y + 40)
    const read = await page.evaluate(() => {
      const views = (globalThis as unknown as Views).redisTestCharts
      const { plot, readings } = views['service']!
      const { idx } = plot.cursor
      return { index: idx, other: views['rate']!.plot.cursor.idx, p50: readings[3]![idx] ?? 0 }
    })
    const figure = page.locator('figure', { has: page.locator('[data-chart="service"]') })
    const text = (await figure.locator('.legend .value').nth(3).textContent())!
    expect(read.index).toBeGreaterThan(0)
    expect(read.index).toBe(read.other)
    expect(Math.abs(Number(text.replace(',', '')) - read.p50)).toBeLessThanOrEqual(0.005 * read.p50 + 0.0005)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 })
    await page.mouse.up()
    const whole = await chartsOf(page).then(({ rate }) => rate!.x)
    const zoomed = Object.values(await chartsOf(page)).filter(({ kind }) => kind !== 'quantiles')
    for (const { x } of zoomed) expect(x).toEqual(whole)
    expect(whole[1] - whole[0]).toBeCloseTo(0.2 * result.measured_seconds, 0)
    await page.keyboard.press('Escape')
    expect((await chartsOf(page))['heatmap']!.x[0]).toBe(0)
    await page.locator('.disturbance button').first().click()
    const [from, to] = (await chartsOf(page))['errors']!.x
    const began = result.disturbances.list[0]!.began_after_start_ms / 1000
    expect(from).toBeLessThan(began)
    expect(to).toBeGreaterThan(began)
    await page.click('#reset-zoom')
    expect((await chartsOf(page))['errors']!.x[0]).toBe(0)
  })

  it('can be read with the keyboard, and switches series off', async () => {
    const { page } = await open('storm.html')
    await page.focus('[data-chart="connections"]')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect(await page.textContent('#spoken')).toContain(`ready ${result.intervals[1]!.connections_active}`)
    await page.locator('.legend button', { hasText: /^ok$/ }).first().click()
    const { rate } = await chartsOf(page)
    expectNear(
      rate!.drawn[0]!,
      rate!.drawn[0]!.map(() => 0),
    )
    expectNear(rate!.drawn[1]!, perSecond('failed'))
  })

  it('has the data of a chart as a table', async () => {
    const { page } = await open('storm.html')
    const figure = page.locator('figure', { has: page.locator('[data-chart="connections"]') })
    await figure.locator('summary').click()
    const cells = await figure.locator('tbody td').allTextContents()
    expect(cells.map(Number)).toEqual(of('connections_active'))
  })

  it('is light and fits on paper', async () => {
    const { page, troubles } = await open('storm.html', { colorScheme: 'dark' })
    await page.emulateMedia({ media: 'print' })
    await page.waitForSelector('html.printing')
    expect(await page.getAttribute('html', 'data-theme')).toBe('light')
    for (const plot of await page.locator('.uplot').all())
      expect((await plot.boundingBox())!.width).toBeLessThanOrEqual(700)
    const pdf = await page.pdf({ format: 'A4' })
    expect(pdf.length).toBeGreaterThan(50_000)
    expect(troubles).toEqual([])
  })

  it('opens an hour at one second in less than two', async () => {
    const { intervals, run_start } = result
    const hour = Array.from({ length: 3600 }, (_, number) => ({
      ...intervals[number % (intervals.length - 1)]!,
      at_ms: 1000 * (run_start + number + 1),
    }))
    writeFileSync(file('hour.json'), JSON.stringify({ ...result, intervals: hour, measured_seconds: 3600 }))
    await command(['report', file('hour.json'), '--html', file('hour.html')])
    expect(statSync(file('hour.html')).size).toBeLessThan(1_000_000)
    const taken: number[] = []
    for (let attempt = 0; attempt < 3; attempt++) {
      const { page, troubles } = await open('hour.html')
      taken.push(await page.evaluate(() => performance.now()))
      expect(troubles).toEqual([])
      expect(await page.evaluate('redisTestCharts.rate.plot.data[0].length')).toBe(3600)
    }
    expect(Math.min(...taken)).toBeLessThan(2000)
  })

  it('is the same from the journal and from the result', async () => {
    writeFileSync(file('again.json'), JSON.stringify(result))
    await command(['report', file('storm.ndjson'), '--html', file('journal.html')])
    await command(['report', file('again.json'), '--html', file('result.html')])
    // The plan has the same fields, but not in the same order: those that an older version lacks are filled in.
    const read = (name: string): string =>
      readFileSync(file(name), 'utf8').replace(/The whole plan, as JSON[\s\S]*?<\/details>/, '')
    expect(read('journal.html')).toBe(read('storm.html'))
    expect(read('result.html')).toBe(read('storm.html'))
  })

  it.each(OLDER)('opens what an older version wrote: %s', async (name) => {
    await command(['report', join(FIXTURES, name), '--html', file('older.html')])
    const { page, troubles } = await open('older.html')
    expect(await page.locator('section').count()).toBeGreaterThan(7)
    expect(await page.locator('main').innerText()).not.toMatch(/NaN|undefined|Infinity/)
    expect(troubles).toEqual([])
  })

  it('shows hostile texts as text', async () => {
    const hostile = `</script></style><img src=x onerror=alert(1)><script>alert(2)</script>`
    const spoilt = { ...result, workload_name: hostile, error: hostile, instance_id: hostile }
    const operations = result.operations.map((one, index) =>
      index === 0 ? { ...one, operation: hostile } : one,
    )
    writeFileSync(file('hostile.json'), JSON.stringify({ ...spoilt, operations }))
    await command(['report', file('hostile.json'), '--html', file('hostile.html')])
    const { page, troubles } = await open('hostile.html')
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.textContent('h1')).toContain(hostile)
    expect(await page.locator('.legend button').allTextContents()).toContain(hostile)
    expect(troubles).toEqual([])
  })
})
