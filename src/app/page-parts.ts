import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { PageParts } from '../reports/html/html-tools.ts'

/** What every page has: what the build has made of src/reports/html/page/, and the library, wherever npm has put it. */
export function readPageParts(): PageParts {
  const require = createRequire(import.meta.url)
  const library = (file: string): string => readFileSync(require.resolve(`uplot/dist/${file}`), 'utf8')
  const own = (file: string): string =>
    readFileSync(new URL(`../reports/html/page/${file}`, import.meta.url), 'utf8')
  return {
    chartScript: library('uPlot.iife.min.js'),
    chartStyle: library('uPlot.min.css'),
    script: own('page.js'),
    style: own('style.css'),
  }
}
