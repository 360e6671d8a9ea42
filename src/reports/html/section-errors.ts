import type { RunResult } from '../../model/result.ts'
import { formatCount } from '../format.ts'
import { figuresAt } from './figures.ts'
import { html, type Markup } from './markup.ts'
import { labelsOf } from './operation-labels.ts'
import type { SectionContext } from './sections.ts'
import { numbers, table, words } from './table.ts'

const ROWS = 200

/** What went wrong, when, and with which commands. */
export function errorsSection(result: RunResult, context: SectionContext): Markup {
  const labels = labelsOf(result.operations)
  const rows = result.operations.flatMap(({ errors, count: all }, index) =>
    errors.map(({ outcome, error_type, code, count }) => ({
      label: labels[index]!,
      outcome,
      error_type,
      code,
      count,
      all,
    })),
  )
  const verification = verified(result)
  if (rows.length === 0)
    return html`<p class="nothing">No command failed.</p>
      ${verification}`
  return html`${figuresAt('errors', context)}${table({
    caption: `Errors by operation; unknown: sent, and the answer never came${rows.length > ROWS ? `; the ${ROWS} most frequent of ${formatCount(rows.length)}` : ''}`,
    showCaption: true,
    columns: [...words('Operation', 'type', 'code', 'outcome'), ...numbers('count', 'share')],
    rows: rows
      .toSorted((a, b) => b.count - a.count)
      .slice(0, ROWS)
      .map(({ label, outcome, error_type, code, count, all }) => [
        label,
        error_type,
        html`<code>${code}</code>`,
        outcome === 'failed' ? 'failed' : 'unknown',
        formatCount(count),
        `${Number(((100 * count) / Math.max(1, all)).toPrecision(3))} %`,
      ]),
  })}${verification}`
}

function verified({ verification }: RunResult): Markup | undefined {
  if (verification === null) return undefined
  const { ok, wrong, stale, missing, unjudged, findings, missing_unjudged_because: why } = verification
  const bad = wrong + stale + missing
  return html`<h3>Verified reads</h3>
    <p class="${bad === 0 ? '' : 'bad'}">
      ${formatCount(ok)} right · ${formatCount(wrong)} wrong · ${formatCount(stale)} stale ·
      ${formatCount(missing)} missing · ${formatCount(unjudged)} could not be
      judged${why === null ? '' : ` (${why})`}
    </p>
    ${
      findings.length > 0 &&
      table({
        caption: 'The first reads that went wrong',
        columns: words('Key', 'verdict', 'got', 'expected'),
        rows: findings.map(({ key, verdict, got, at_least }) => [
          html`<code>${key}</code>`,
          verdict,
          got,
          `sequence ${at_least} or later`,
        ]),
      })
    }`
}
