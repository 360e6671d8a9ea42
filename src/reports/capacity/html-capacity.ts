import type { CapacityResult, CapacityStep } from '../../model/capacity-result.ts'
import { formatCount, formatMillis } from '../format.ts'
import { type Content, html, type Markup } from '../html/markup.ts'
import { CAPACITY_STYLE } from './capacity-style.ts'
import { svgCurve } from './svg-curve.ts'
import { answerInWords, boundsInWords, earlyEndInWords, formatSpan, whyItFailed } from './text-capacity.ts'
import { calibrationText } from './text-calibration.ts'

/**
 * A search as one page: no script and nothing from elsewhere, so that it opens from disk and prints; each point of the
 * drawing says its values, and the tables have them all.
 */
export function renderHtmlCapacity(result: CapacityResult): string {
  const title = `capacity of ${result.workload_name}`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · redis-test</title>
        <style>
          ${CAPACITY_STYLE}
        </style>
      </head>
      <body>
        <main>
          ${headline(result, title)}${curve(result)}${rates(result)}${steps(result)}${repeat(result)}
        </main>
      </body>
    </html> `.text
}

function headline(result: CapacityResult, title: string): Markup {
  const { limit, knee, server, plan, search } = result
  const early = earlyEndInWords(result)
  const bounds = boundsInWords(result)
  const began = new Date(1000 * result.search_start).toISOString().slice(0, 19).replace('T', ' ')
  const who = [server['name'], server['version'], server['mode']].filter((part) => part !== undefined)
  return html`<header>
      <h1>${title}</h1>
      <p class="faint">
        ${began} UTC · ${formatSpan(1000 * (result.search_end - result.search_start))} ·
        ${formatCount(result.steps.length)} steps of ${search.step_seconds} s after ${search.warmup_seconds} s
        warm-up · ${who.join(' ')} · ${formatCount(plan.load.clients)} connections,
        ${formatCount(plan.load.threads)} load thread${plan.load.threads === 1 ? '' : 's'}
      </p>
    </header>
    <section aria-label="Answer">
      ${early !== null && html`<p class="bad">Not finished: ${early}</p>`}
      <p class="answer ${result.capacity_ops_per_second === null ? 'bad' : 'good'}">
        ${answerInWords(result)}
      </p>
      ${bounds !== null && html`<p>The border lies at ${bounds}.</p>`}
      ${limit !== null && html`<p><strong>Limited by: ${limit.by}.</strong> ${limit.evidence.join('; ')}.</p>`}
      ${
        knee !== null &&
        html`<p>
          Knee at ${formatCount(knee.ops_per_second)} commands a second, mean ${formatMillis(knee.mean_ms)}
          ms: more load costs more time than it brings.
        </p>`
      }
      <p>Calibration: ${calibrationText(result.calibration, plan, result.search_end)}.</p>
    </section>`
}

function curve(result: CapacityResult): Markup | undefined {
  const drawing = svgCurve(result)
  return (
    drawing &&
    html`<section aria-labelledby="curve">
      <h2 id="curve">Response time against rate</h2>
      <p class="faint">
        Medians of the steps of each rate, from the instant a command was due. Hollow points failed.
      </p>
      ${drawing}
    </section>`
  )
}

function rates({ curve: points }: CapacityResult): Markup {
  const rows = points.map((point) => [
    formatCount(point.target_ops_per_second),
    formatCount(point.answered_per_second),
    ...[point.mean_ms, point.p50_ms, point.p95_ms, point.p99_ms].map(formatMillis),
    formatCount(point.steps_held),
    formatCount(point.steps_failed),
    formatCount(point.steps_disturbed),
  ])
  const head = ['rate', 'answered/s', 'mean ms', 'p50 ms', 'p95 ms', 'p99 ms', 'held', 'failed', 'disturbed']
  return html`<section aria-labelledby="rates">
    <h2 id="rates">Rates</h2>
    ${table('Every rate that was tried', head, rows)}
  </section>`
}

function steps({ steps: all }: CapacityResult): Markup {
  const head = ['step', 'rate', 'p50 ms', 'p99 ms', 'generator cores', 'server core', 'verdict']
  const rows = all.map((step) => [
    formatCount(step.index),
    formatCount(step.target_ops_per_second),
    formatMillis(step.latency.p50_ms),
    formatMillis(step.latency.p99_ms),
    step.generator.cpu_cores.toFixed(2),
    busyShare(step),
    step.held ? 'held' : `${step.disturbed ? 'disturbed, does not count' : 'failed'}: ${whyItFailed(step)}`,
  ])
  return html`<section aria-labelledby="steps">
    <h2 id="steps">Steps</h2>
    ${table('Every step in its order', head, rows, head.length - 1)}
  </section>`
}

function busyShare({ server_cpu: cpu }: CapacityStep): string {
  return cpu === null ? '-' : (cpu.main_thread ?? cpu.process).toFixed(2)
}

function repeat({ plan, promise, search, precision, tool_version }: CapacityResult): Markup {
  return html`<section aria-labelledby="repeat">
    <h2 id="repeat">Search</h2>
    <p>
      Promise: ${promise.join(' and ')}. Profile ${plan.profile.name}, seed ${plan.load.seed}, first rate
      ${formatCount(search.from_ops_per_second)}, precision ${100 * precision.asked} %, ${search.repeats}
      repeats. redis-test ${tool_version}.
    </p>
  </section>`
}

/** The first cell of each row is its heading; `text`: the column that is no number. */
function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  text?: number,
): Markup {
  const classOf = (index: number): Content => (index === text ? 'text' : '')
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <thead>
        <tr>
          ${head.map((cell, index) => html`<th scope="col" class="${classOf(index)}">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...others]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${others.map((cell, index) => html`<td class="${classOf(index + 1)}">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
