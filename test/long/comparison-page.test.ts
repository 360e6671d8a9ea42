import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/model/random.ts'
import type { RunResult } from '../../src/model/result.ts'
import { keepResult } from '../../src/app/results-index.ts'
import { command, folder } from '../e2e/support/command-line.ts'
import { findProgram } from '../support/find-program.ts'
import { simulatedResult } from '../support/simulated-result.ts'
import { simulateRun, USUAL } from '../support/simulated-runs.ts'
import { drawnCharts, openPage, expectAccessibleAndQuiet } from './support/pages.ts'

const CHROMIUM = findProgram('chromium')
const SMALL = { ...USUAL, seconds: 40, opsPerSecond: 100 }
const OVERLAY = join(folder, 'overlay.html')
const TREND = join(folder, 'trend.html')
const random = createRandom(77)
const RESULTS = [1, 1, 1.15, 1.15, 1.15, 3].map((factor, number): RunResult => {
  const result = simulatedResult(simulateRun(SMALL, random, factor), {
    run_id: `run-${number}`,
    run_start: 1_700_000_000 + 3600 * number,
    p99_latency_ms: [1, 1.1, 0.9, 1, 1.05, 9][number]!,
    version: number < 2 ? 'v1' : 'v2',
  })
  // Each second has numbers of its own, as a real one.
  const intervals = result.intervals.map((one, second) => ({
    ...one,
    response_p50_ms: factor * (0.2 + second / 1e4 + number / 1e5),
    response_p99_ms: factor * (0.9 + second / 1e4 + number / 1e5),
    response_p999_ms: factor * (2 + second / 1e4 + number / 1e5),
    ok: one.ok - second,
    failed: number > 2 ? second % 3 : 0,
  }))
  const failed = intervals.reduce((sum, one) => sum + one.failed, 0)
  return { ...result, intervals, totals: { ...result.totals, failed } }
})

let browser: Browser
beforeAll(async () => {
  if (CHROMIUM === undefined) return
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  const kept = join(folder, 'kept')
  mkdirSync(kept)
  const files = RESULTS.map((result, number) => {
    const file = join(folder, `r${number}.json`)
    writeFileSync(file, JSON.stringify(result))
    keepResult(result, kept)
    return file
  })
  const [a, b, c, d, e] = files
  const sides = [`old=${a},${b}`, `new=${c},${d}`, `newer=${e}`]
  const compared = await command(['compare', ...sides, '--html', OVERLAY, '--fail-if', 'p50 > +50%'])
  expect(compared).toMatchObject({ code: 0, stderr: '' })
  const followed = await command(['history', '--results-dir', kept, '--trend', 'p99', '--html', TREND])
  expect(followed).toMatchObject({ code: 0, stderr: '' })
}, 60_000)
afterAll(() => browser?.close())

const mean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)

describe.skipIf(CHROMIUM === undefined)('the page of a comparison in Chromium', () => {
  it('draws what the results say, each side averaged over its runs', async () => {
    const { page, troubles } = await openPage(browser, OVERLAY)
    const charts = await drawnCharts(page)
    expect(Object.keys(charts)).toEqual([
      ...['p50', 'p99', 'p999', 'rate', 'errors'],
      ...['quantiles-0', 'quantiles-1', 'quantiles-2'],
    ])
    const sides = [RESULTS.slice(0, 2), RESULTS.slice(2, 4), RESULTS.slice(4, 5)]
    for (const [id, field] of [
      ['p50', 'response_p50_ms'],
      ['p99', 'response_p99_ms'],
      ['p999', 'response_p999_ms'],
    ] as const) {
      const { labels, data } = charts[id]!
      expect(labels).toEqual(['old', 'new', 'newer'])
      expect(data[0]).toEqual(Array.from({ length: 40 }, (_, second) => second + 0.5))
      for (const [index, side] of sides.entries())
        data[index + 1]!.forEach((value, second) => {
          const expected = mean(side.map(({ intervals }) => intervals[second]![field]!))
          expect(Math.abs(value! / expected - 1)).toBeLessThan(1e-5)
        })
    }
    for (const [index, side] of sides.entries()) {
      const { ok } = side[0]!.intervals[7]!
      expect(charts['rate']!.data[index + 1]![7]).toBeCloseTo(ok, 6)
      const failed = side.map(({ intervals }) => intervals[8]!.failed).reduce((sum, one) => sum + one, 0)
      const settled = side.reduce((sum, { intervals }) => sum + intervals[8]!.ok, failed)
      expect(charts['errors']!.data[index + 1]![8]).toBeCloseTo(failed / settled, 9)
    }
    expect(troubles).toEqual([])
  })

  it('reads all charts where the pointer is, zooms all of them, and switches a side off', async () => {
    const { page, troubles } = await openPage(browser, OVERLAY)
    await page.locator('[data-chart="p50"]').scrollIntoViewIfNeeded()
    const box = (await page.locator('[data-chart="p50"] .u-over').boundingBox())!
    await page.mouse.move(box.x + box.width * 0.4, box.y + 40)
    const { p50, rate, errors } = await drawnCharts(page)
    expect(p50!.index).toBeGreaterThan(10)
    expect([rate!.index, errors!.index]).toEqual([p50!.index, p50!.index])
    const figure = page.locator('figure', { has: page.locator('[data-chart="rate"]') })
    const shown = await figure.locator('.legend .value').allTextContents()
    expect(shown.map(Number)).toEqual(rate!.data.slice(1).map((values) => values[p50!.index!]))
    expect(await figure.locator('.where').textContent()).toMatch(/^0:\d\d\.\d $/)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 })
    await page.mouse.up()
    const zoomed = await drawnCharts(page)
    for (const id of ['p50', 'p99', 'p999', 'rate', 'errors']) {
      expect(zoomed[id]!.x).toEqual(zoomed['p50']!.x)
      expect(zoomed[id]!.x[1] - zoomed[id]!.x[0]).toBeCloseTo(8, 0)
    }
    await page.keyboard.press('Escape')
    expect((await drawnCharts(page))['rate']!.x).toEqual([0, 40])
    await figure.locator('.legend button').first().click()
    expect(new Set((await drawnCharts(page))['rate']!.data[1])).toEqual(new Set([null]))
    await page.focus('[data-chart="p99"]')
    await page.keyboard.press('ArrowRight')
    expect(await page.textContent('#spoken')).toMatch(/^0:00\.5: old 0\.9\d*, new 1\.0\d*, newer 1\.0\d*$/)
    expect(troubles).toEqual([])
  })
})

describe.skipIf(CHROMIUM === undefined)('the page of a history in Chromium', () => {
  it('draws a metric over runs, which have names', async () => {
    const { page, troubles } = await openPage(browser, TREND)
    const { trend } = await drawnCharts(page)
    expect(trend!.labels).toEqual(['p99', 'median', 'stands out'])
    expect(trend!.data).toEqual([
      [1, 2, 3, 4, 5, 6],
      [1, 1.1, 0.9, 1, 1.05, 9],
      Array.from({ length: 6 }, () => 1.025),
      [null, null, null, null, null, 9],
    ])
    await page.focus('[data-chart="trend"]')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('End')
    const where = 'run 6: 2023-11-15 03:13 UTC, v2'
    expect(await page.textContent('#spoken')).toBe(`${where}: p99 9, median 1.025, stands out 9`)
    expect(await page.textContent('.where')).toContain(where)
    await page.keyboard.press('+')
    expect(await page.textContent('#reset-zoom')).toBe('runs 4 – 6 · show all')
    await page.locator('summary').first().click()
    expect(await page.locator('.data tbody tr').count()).toBe(3)
    expect(await page.locator('.data tbody th').last().textContent()).toBe(where)
    expect(troubles).toEqual([])
  })
})

describe.skipIf(CHROMIUM === undefined).each([
  ['a comparison', OVERLAY],
  ['a history', TREND],
])('the page of %s', (_, path) => {
  it.each(['light', 'dark'] as const)('is accessible and quiet: %s', async (colorScheme) => {
    await expectAccessibleAndQuiet(browser, path, colorScheme)
  })

  it.each([400, 820])('needs no horizontal scrolling: %i pixels', async (width) => {
    const { page } = await openPage(browser, path, { viewport: { width, height: 800 } })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
  })

  it('is light and fits on paper', async () => {
    const { page, troubles } = await openPage(browser, path, { colorScheme: 'dark' })
    await page.emulateMedia({ media: 'print' })
    await page.waitForSelector('html.printing')
    expect(await page.getAttribute('html', 'data-theme')).toBe('light')
    for (const plot of await page.locator('.uplot').all())
      expect((await plot.boundingBox())!.width).toBeLessThanOrEqual(700)
    for (const table of await page.locator('table').all())
      expect((await table.boundingBox())!.width).toBeLessThanOrEqual(700)
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(20_000)
    expect(troubles).toEqual([])
  })

  it('is one file that asks for nothing', () => {
    expect(readFileSync(path, 'utf8')).not.toMatch(/(?:src|href)="(?!#)/)
    expect(readFileSync(path).length).toBeLessThan(200_000)
  })
})
