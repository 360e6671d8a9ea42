import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'

/** The data source that the reader chose. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const

export interface Query {
  readonly expr: string
  /** `{{label}}` is replaced by the label's value. */
  readonly legend: string
  /** Show the traces that stand for points of this query. Only service times have any. */
  readonly exemplars?: boolean
}

export function query(expr: string, legend: string): Query {
  return { expr, legend }
}

/** A query whose points lead to traces. */
export function traced(expr: string, legend: string): Query {
  return { expr, legend, exemplars: true }
}

/** One query over the time range of the dashboard. */
export function rangeQuery(refId: string, { expr, legend, exemplars = false }: Query): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(refId)
    .datasource(DATASOURCE)
    .expr(expr)
    .legendFormat(legend)
    .range()
    .exemplar(exemplars)
}

/** One query at the end of the range; its labels and its value are the columns `…` and `Value #<refId>`. */
export function tableQuery(refId: string, expr: string): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(refId)
    .datasource(DATASOURCE)
    .expr(expr)
    .instant()
    .format(PromQueryFormat.Table)
}

/** A, B, C, … */
export function refIdAt(index: number): string {
  return String.fromCodePoint('A'.codePointAt(0)! + index)
}
