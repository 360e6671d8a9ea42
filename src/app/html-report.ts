import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { settingsOfPlan } from '../config/settings-of-plan.ts'
import { decodeHdr } from '../ledger/hdr.ts'
import type { RunResult } from '../model/result.ts'
import { describePreset } from '../redis/client-options.ts'
import { describeTarget } from '../redis/connect-failure.ts'
import type { PageParts } from '../reports/html/html-tools.ts'
import { renderHtml } from '../reports/html/render-html.ts'

/** A result as one page that opens from disk: see docs/html-report.md. */
export function htmlReport(result: RunResult): string {
  const { plan } = result
  return renderHtml(result, {
    parts: readParts(),
    decodeHdr,
    renderSettings: settingsOfPlan,
    target: describeTarget(plan.target),
    preset: describePreset(plan.client),
  })
}

/** What the build has made of src/reports/html/page/, and the library, wherever npm has put it. */
function readParts(): PageParts {
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
