import type { LatencySummary } from '../../model/latency-summary.ts'
import type { OperationResult, RunResult } from '../../model/result.ts'
import { formatCount } from '../format.ts'
import { figuresAt } from './figures.ts'
import { LATENCY_TITLES, latencyCells } from './latency-columns.ts'
import { html, type Content, type Markup } from './markup.ts'
import { labelsOf } from './operation-labels.ts'
import type { SectionContext } from './sections.ts'
import { numbers, type Row, table, words } from './table.ts'

/** Each operation: counts and latencies, successes and errors apart, and the whole distributions. */
export function operationsSection(result: RunResult, context: SectionContext): Markup | undefined {
  const { operations } = result
  if (operations.length === 0) return undefined
  const labels = labelsOf(operations)
  return html`${table({
    caption: 'Operations; latencies in milliseconds',
    columns: [
      ...words('Operation'),
      ...numbers('count', 'ops/s', 'ok', 'failed', 'unknown', 'nil'),
      ...words('time'),
      ...numbers(...LATENCY_TITLES),
    ],
    rows: operations.flatMap((operation, index) => rowsOf(operation, labels[index]!)),
  })}${figuresAt('operations', context)}`
}

function rowsOf(operation: OperationResult, label: string): Row[] {
  const { service, response, count, ops_per_second, ok, failed, indeterminate, nil } = operation
  const counts = [count, Math.round(ops_per_second), ok, failed, indeterminate, nil].map((value) =>
    formatCount(value),
  )
  const blank = counts.map(() => '')
  const kinds: (readonly [string, LatencySummary])[] = [
    ...(response === null ? [] : [['response', response.success] as const]),
    ['service', service.success],
    ...(response !== null && response.error.count > 0 ? [['response, errors', response.error] as const] : []),
    ...(service.error.count > 0 ? [['service, errors', service.error] as const] : []),
  ]
  return kinds.map(([kind, latency], index): Content[] => [
    index === 0 ? label : html`<span class="again">${label}</span>`,
    ...(index === 0 ? counts : blank),
    kind,
    ...latencyCells(latency),
  ])
}
