import { settingsOfPlan } from '../config/settings-of-plan.ts'
import { decodeHdr } from '../ledger/hdr.ts'
import type { RunResult } from '../model/result.ts'
import { describePreset } from '../redis/client-options.ts'
import { describeTarget } from '../redis/connect-failure.ts'
import { renderHtml } from '../reports/html/render-html.ts'
import { readPageParts } from './page-parts.ts'

/** A result as one page that opens from disk: see docs/html-report.md. */
export function htmlReport(result: RunResult): string {
  const { plan } = result
  return renderHtml(result, {
    parts: readPageParts(),
    decodeHdr,
    renderSettings: settingsOfPlan,
    target: describeTarget(plan.target),
    preset: describePreset(plan.client),
  })
}
