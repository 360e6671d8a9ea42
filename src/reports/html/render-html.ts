import { gzipSync } from 'node:zlib'
import type { RunResult } from '../../model/result.ts'
import { describeLoad } from '../text-phases.ts'
import { formatCount } from '../format.ts'
import type { PageData } from './chart-data.ts'
import { buildCharts } from './charts.ts'
import type { HtmlTools } from './html-tools.ts'
import { marksOf } from './marks.ts'
import { html, type Markup } from './markup.ts'
import { pageHead } from './page-head.ts'
import { SECTIONS, type SectionContext } from './sections.ts'
import { type Verdict, verdictOf, type VerdictWord } from '../verdict.ts'

/**
 * A result as one page: nothing outside of it is needed, and nothing in it comes from outside but as text. What the charts
 * draw is compressed into it; scripts and style sheets are those whose hashes its policy names, and no others run.
 */
export function renderHtml(result: RunResult, tools: HtmlTools): string {
  const charts = buildCharts(result, tools)
  const context: SectionContext = { tools, charts: new Map(charts.map((chart) => [chart.id, chart])) }
  const verdict = verdictOf(result)
  const page = html`<!doctype html>
    <html lang="en">
      ${pageHead(`${verdict.word}: ${result.workload_name} · redis-test`, tools.parts)}
      <body>
        ${body(result, verdict, context)}
        <div id="spoken" class="hidden" aria-live="polite"></div>
        <script type="application/octet-stream" id="data">
          ${packed({ ...frameOf(result), charts })}
        </script>
      </body>
    </html> `
  return page.text
}

function body(result: RunResult, verdict: Verdict, context: SectionContext): Markup {
  const sections = Object.entries(SECTIONS).flatMap(([id, { title, render }]) => {
    const contents = render(result, context)
    return contents === undefined ? [] : [{ id, title, contents }]
  })
  return html`<a class="skip" href="#main">Skip to the report</a>
    <header class="top">
      <p class="brand">
        <span class="verdict ${VERDICT_CLASSES[verdict.word]}">${verdict.word}</span>
        <span class="run">${result.workload_name}</span>
      </p>
      <nav aria-label="Sections">
        <ul>
          ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
        </ul>
      </nav>
      <p class="controls">
        <button type="button" id="reset-zoom" hidden>show all</button>
        <button type="button" id="theme" aria-pressed="false">Dark</button>
      </p>
    </header>
    <main id="main" tabindex="-1">
      ${headline(result, verdict, context.tools)}
      <noscript><p class="warnings">The charts need JavaScript; the tables do not.</p></noscript>
      ${sections.map(
        ({ id, title, contents }) =>
          html`<section id="${id}" aria-labelledby="${id}-title">
            <h2 id="${id}-title">${title}</h2>
            ${contents}
          </section> `,
      )}
    </main>
    <footer>
      <p>redis-test ${result.tool_version} · run ${result.run_id} · drawn with uPlot</p>
      <p>
        Drag over a chart to zoom, double-click or Escape to see all. Arrow keys read the values of a chart
        that has the focus.
      </p>
    </footer>`
}

/** Of the style sheet. */
const VERDICT_CLASSES: Readonly<Record<VerdictWord, string>> = {
  PASS: 'passed',
  FAIL: 'failed',
  DONE: 'none',
  'CUT SHORT': 'cut',
}

function headline(result: RunResult, verdict: Verdict, { target, preset }: HtmlTools): Markup {
  const { plan, server, run_start, measured_seconds } = result
  const who = [server['name'], server['version'], server['mode']]
    .filter((part) => (part ?? '') !== '')
    .join(' ')
  const began = new Date(1000 * run_start)
  const facts = [
    describeLoad(plan.load),
    `${formatCount(Number(measured_seconds.toFixed(1)))} s measured${plan.load.warmup_ms > 0 ? ` after ${plan.load.warmup_ms / 1000} s warm-up` : ''}`,
    `${formatCount(plan.load.clients)} connections`,
    `${target}${who === '' ? '' : ` (${who})`}`,
    `RESP${plan.target.protocol}`,
    `client ${result.version}`,
    preset,
  ]
  return html`<header class="headline ${VERDICT_CLASSES[verdict.word]}">
    <h1>
      ${result.workload_name} <span class="verdict ${VERDICT_CLASSES[verdict.word]}">${verdict.word}</span>
    </h1>
    ${result.partial && html`<p class="bad">Partial: rebuilt from a journal whose end is missing.</p>`}
    <p class="reasons">${verdict.reasons.join(' · ')}</p>
    ${result.error !== null && !verdict.reasons.includes(result.error) && html`<p class="bad">${result.error}</p>`}
    <p class="facts-line">${plan.profile.description}</p>
    <p class="facts-line">${facts.join(' · ')}</p>
    <p class="facts-line">
      <time datetime="${began.toISOString()}">${began.toISOString().slice(0, 19).replace('T', ' ')} UTC</time>
      · ${result.app_name} · ${result.instance_id}
    </p>
  </header>`
}

function frameOf(result: RunResult): Omit<PageData, 'charts'> {
  const start = 1000 * result.run_start
  return {
    start_ms: start,
    ends: result.intervals.map(({ at_ms }) => Math.round(at_ms - start) / 1000),
    lengths: result.intervals.map(({ seconds }) => seconds),
    marks: marksOf(result),
  }
}

/** Base64 has no character that HTML knows. */
function packed(data: PageData): string {
  return gzipSync(JSON.stringify(data), { level: 9 }).toString('base64')
}
