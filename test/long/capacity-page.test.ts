import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderHtmlCapacity } from '../../src/reports/capacity/html-capacity.ts'
import { folder } from '../e2e/support/command-line.ts'
import { sampleCapacity } from '../support/capacity-result.ts'
import { findProgram } from '../support/find-program.ts'
import { violationsOf } from './support/pages.ts'

interface Box {
  readonly width: number
  readonly left: number
  readonly right: number
}

const CHROMIUM = findProgram('chromium')
const page = join(folder, 'capacity.html')
let browser: Browser
beforeAll(async () => {
  if (CHROMIUM === undefined) return
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  writeFileSync(page, renderHtmlCapacity(sampleCapacity()))
})
afterAll(() => browser?.close())

describe.skipIf(CHROMIUM === undefined)('the page of a search in Chromium', () => {
  it.each(['light', 'dark'] as const)(
    'opens from disk, %s, says nothing on the console and is accessible',
    async (colorScheme) => {
      const context = await browser.newContext({
        colorScheme,
        bypassCSP: true,
        viewport: { width: 1100, height: 900 },
      })
      const tab = await context.newPage()
      const said: string[] = []
      tab.on('console', (message) => said.push(message.text()))
      tab.on('pageerror', (error) => said.push(String(error)))
      tab.on('request', (request) => {
        if (!request.url().startsWith('file:')) said.push(request.url())
      })
      await tab.goto(pathToFileURL(page).href)
      // Every point is drawn where it is seen, and none on top of the names of the lines.
      const boxes = await tab
        .locator('svg circle')
        .evaluateAll((dots) => dots.map((dot) => dot.getBoundingClientRect().toJSON() as Box))
      expect(boxes).toHaveLength(4 * sampleCapacity().curve.length)
      for (const { width, left, right } of boxes) {
        expect(width).toBeGreaterThan(4)
        expect(left).toBeGreaterThan(0)
        expect(right).toBeLessThan(1100)
      }
      expect(await violationsOf(tab)).toEqual([])
      expect(said).toEqual([])
      await context.close()
    },
  )
})
