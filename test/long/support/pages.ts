import { pathToFileURL } from 'node:url'
import { source as AXE } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'

/** A page in a tab, and everything that it said or asked for besides itself. */
export interface OpenedPage {
  readonly page: Page
  readonly troubles: string[]
}

/** Opens a page as from a file manager, and waits until its charts are drawn. */
export async function openPage(
  browser: Browser,
  path: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(message.text())
  })
  page.on('pageerror', ({ message }) => troubles.push(message))
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(path).href) troubles.push(`asks for ${request.url()}`)
  })
  page.on('dialog', (dialog) => {
    troubles.push(`says ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(pathToFileURL(path).href)
  await page.waitForSelector('html[data-ready]')
  return { page, troubles }
}

/** A chart, as the page tells of it: see docs/html-report.md. */
export interface DrawnChart {
  readonly labels: readonly string[]
  /** x, and the series as they were handed to the library. */
  readonly data: readonly (readonly (number | null)[])[]
  /** What part of x is shown. */
  readonly x: readonly [number, number]
  /** Where the cursor is. */
  readonly index: number | null
}

interface Views {
  readonly redisTestCharts: Readonly<
    Record<
      string,
      {
        readonly chart: { readonly series: readonly { readonly label: string }[] }
        readonly plot: {
          readonly data: readonly Iterable<number | null>[]
          readonly cursor: { readonly idx?: number | null }
          readonly scales: { readonly x: { readonly min: number; readonly max: number } }
        }
      }
    >
  >
}

export function drawnCharts(page: Page): Promise<Record<string, DrawnChart>> {
  return page.evaluate(() =>
    Object.fromEntries(
      Object.entries((globalThis as unknown as Views).redisTestCharts).map(([id, { chart, plot }]) => [
        id,
        {
          labels: chart.series.map(({ label }) => label),
          data: plot.data.map((values) => [...values]),
          x: [plot.scales.x.min, plot.scales.x.max] as const,
          index: plot.cursor.idx ?? null,
        },
      ]),
    ),
  )
}

/** In one theme and the other, with a table of data open: nothing for axe to find, nothing on the console. */
export async function expectAccessibleAndQuiet(
  browser: Browser,
  path: string,
  colorScheme: 'light' | 'dark',
): Promise<void> {
  const { page, troubles } = await openPage(browser, path, { colorScheme })
  expect(await page.getAttribute('html', 'data-theme')).toBe(colorScheme)
  await page.locator('summary').first().click()
  expect(await violationsOf(page)).toEqual([])
  await page.click('#theme')
  expect(await page.getAttribute('html', 'data-theme')).not.toBe(colorScheme)
  expect(troubles).toEqual([])
}

/** What axe finds wrong: rules, and the elements that break them. */
export async function violationsOf(page: Page): Promise<(readonly [rule: string, html: string[]])[]> {
  await page.evaluate(AXE)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    const { violations } = await axe.run()
    return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)] as const)
  })
}
