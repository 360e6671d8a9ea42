import type { RunResult } from '../../model/result.ts'
import { describeLoad } from '../text-phases.ts'
import { formatCount } from '../format.ts'
import { measuredIntervals } from '../measured-intervals.ts'
import type { PageData } from './chart-data.ts'
import { buildCharts } from './charts.ts'
import type { HtmlTools } from './html-tools.ts'
import { marksOf } from './marks.ts'
import { html, type Markup } from './markup.ts'
import { type PageVerdict, renderFrame } from './page-frame.ts'
import { SECTIONS, type SectionContext } from './sections.ts'
import { type Verdict, verdictOf, type VerdictWord } from '../verdict.ts'

/** A result as one page, which needs nothing but itself. */
export function renderHtml(whole: RunResult, tools: HtmlTools): string {
  const result = { ...whole, intervals: measuredIntervals(whole) }
  const charts = buildCharts(result, tools)
  const context: SectionContext = { tools, charts: new Map(charts.map((chart) => [chart.id, chart])) }
  const verdict = verdictOf(result)
  const sections = Object.entries(SECTIONS).flatMap(([id, { title, render }]) => {
    const contents = render(result, context)
    return contents === undefined ? [] : [{ id, title, contents }]
  })
  return renderFrame(
    {
      title: `${verdict.word}: ${result.workload_name} · redis-test`,
      name: result.workload_name,
      verdict: { word: verdict.word, kind: VERDICT_CLASSES[verdict.word] },
      headline: headline(result, verdict, tools),
      sections,
      footer: `redis-test ${result.tool_version} · run ${result.run_id}`,
      data: { ...frameOf(result), charts },
    },
    tools.parts,
  )
}

/** Of the style sheet. */
const VERDICT_CLASSES: Readonly<Record<VerdictWord, PageVerdict['kind']>> = {
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
