import {
  type Dashboard,
  type Panel,
  type RowPanel,
  VariableType,
} from '@grafana/grafana-foundation-sdk/dashboard'

/** One PromQL expression of a dashboard, with Grafana's variables still in it. */
export interface DashboardQuery {
  /** uid. */
  readonly dashboard: string
  /** Title of the panel; `annotation: …` and `variable: …` for those. */
  readonly panel: string
  readonly expr: string
  /** `label_values` is no PromQL: see {@link parseLabelValues}. */
  readonly format: 'time_series' | 'table' | 'heatmap' | 'annotation' | 'label_values'
}

type Json = Readonly<Record<string, unknown>>

/** Grafana's own variables, as a dashboard of fifteen minutes with a data source of 5 s would have them. */
const BUILT_IN: Readonly<Record<string, string>> = {
  __rate_interval: '20s',
  __interval: '5s',
  __interval_ms: '5000',
  __range: '15m',
  __range_s: '900',
}

/** `$name`, `${name}` and `${name:format}`. */
const VARIABLE = /\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g

/** Every query a dashboard sends to Prometheus: of its panels, annotations and variables. */
export function queriesOf(dashboard: Dashboard): DashboardQuery[] {
  const { uid = '', annotations, templating } = dashboard
  return [
    ...panelsOf(dashboard).flatMap((panel) =>
      (panel.targets ?? []).map((target): DashboardQuery => {
        const { expr, format } = target as unknown as { expr: string; format?: DashboardQuery['format'] }
        return { dashboard: uid, panel: panel.title ?? '', expr, format: format ?? 'time_series' }
      }),
    ),
    ...(annotations.list ?? []).map(({ name, target }): DashboardQuery => {
      const { expr } = target as unknown as { expr: string }
      return { dashboard: uid, panel: `annotation: ${name}`, expr, format: 'annotation' }
    }),
    ...(templating.list ?? [])
      .filter(({ type }) => type === VariableType.Query)
      .map(({ name, query }): DashboardQuery => {
        const { query: expr } = query as Json as { query: string }
        return { dashboard: uid, panel: `variable: ${name}`, expr, format: 'label_values' }
      }),
  ]
}

/** Panels without the headings, also those inside of folded rows. */
export function panelsOf({ panels = [] }: Dashboard): Panel[] {
  return panels.flatMap((panel) => (isRow(panel) ? panel.panels : [panel]))
}

export function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return panel.type === 'row'
}

/** What each variable of a dashboard stands for when it is opened: its first choice, or all. */
export function defaultsOf({ templating }: Dashboard): Record<string, string> {
  return Object.fromEntries(
    (templating.list ?? []).map(({ name, allValue, current }) => {
      const value = [current?.value ?? ''].flat()
      return [name, value[0] === '$__all' ? (allValue ?? '.*') : regexOf(value)]
    }),
  )
}

/** Several values of a variable, as Grafana writes them into a regular expression. */
function regexOf(values: readonly string[]): string {
  return values.length === 1 ? values[0]! : `(${values.join('|')})`
}

/** The expression with values in the place of variables. A variable without a value is a mistake. */
export function interpolate(expr: string, values: Readonly<Record<string, string>> = {}): string {
  return expr.replaceAll(VARIABLE, (text, braced?: string, plain?: string) => {
    const name = braced ?? plain ?? ''
    const value = values[name] ?? BUILT_IN[name]
    if (value === undefined) throw new Error(`no value for ${text} in ${expr}`)
    return value
  })
}

/** The parts of `label_values(selector, label)`: `/api/v1/label/<label>/values?match[]=<selector>` answers it. */
export function parseLabelValues(expr: string): { selector: string; label: string } {
  const match = /^label_values\((.+),\s*(\w+)\)$/.exec(expr)
  if (match === null) throw new Error(`not label_values(selector, label): ${expr}`)
  return { selector: match[1]!, label: match[2]! }
}
