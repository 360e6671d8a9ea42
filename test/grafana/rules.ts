import { type Dashboard, type Panel, VariableType } from '@grafana/grafana-foundation-sdk/dashboard'
import * as units from '@grafana/grafana-foundation-sdk/units'
import {
  defaultsOf,
  interpolate,
  panelsOf,
  parseLabelValues,
  queriesOf,
} from '../../grafana/src/queries-of.ts'
import { IDENTITY_LABELS } from '../../src/model/catalogue.ts'
import { KNOWN } from './metrics.ts'
import { groupingsOf, type Selector, selectorsOf, syntaxErrors } from './promql.ts'

export interface Violation {
  readonly rule: string
  readonly dashboard: string
  /** Title of the panel, `annotation: …`, `variable: …`, or `` for the dashboard itself. */
  readonly panel: string
  readonly message: string
}

interface LintQuery {
  readonly panel: string
  /** As written: with variables. */
  readonly written: Selector[]
  /** PromQL. */
  readonly expr: string
}

/**
 * Stand-ins that are easy to find again in parsed PromQL. Durations must be durations: these are lengths that no
 * query would have of its own accord.
 */
const RATE_INTERVAL = '7d1h'
const RANGE = '7d2h'

const PARSED = new WeakMap<Dashboard, readonly LintQuery[]>()

/** Every query of a dashboard, once for each choice of a variable that stands for a label. */
function lintQueries(dashboard: Dashboard): readonly LintQuery[] {
  const parsed = PARSED.get(dashboard) ?? parseQueries(dashboard)
  PARSED.set(dashboard, parsed)
  return parsed
}

function parseQueries(dashboard: Dashboard): LintQuery[] {
  const choices = customChoices(dashboard)
  return queriesOf(dashboard).flatMap(({ panel, expr, format }) =>
    choices.map((choice) => {
      const kept = Object.fromEntries(Object.keys(defaultsOf(dashboard)).map((name) => [name, `$${name}`]))
      const values = { ...kept, ...choice, __rate_interval: RATE_INTERVAL, __range: RANGE }
      const promql = interpolate(format === 'label_values' ? parseLabelValues(expr).selector : expr, values)
      return { panel, expr: promql, written: selectorsOf(promql) }
    }),
  )
}

function customChoices({ templating }: Dashboard): Record<string, string>[] {
  const custom = (templating.list ?? []).find(({ type }) => type === VariableType.Custom)
  if (custom === undefined) return [{}]
  return (custom.options ?? []).map(({ value }) => ({ [custom.name]: String(value) }))
}

type Report = (panel: string, message: string) => void

function eachSelector(dashboard: Dashboard, visit: (selector: Selector, panel: string) => void): void {
  for (const { panel, written } of lintQueries(dashboard)) for (const one of written) visit(one, panel)
}

function isApp(selector: Selector): boolean {
  return selector.metrics.some((name) => ['app', 'rule'].includes(KNOWN.get(name)?.source ?? ''))
}

function matcherOf(selector: Selector, label: string): string | undefined {
  const found = selector.matchers.find((matcher) => matcher.label === label)
  return found === undefined ? undefined : `${found.operator}"${found.value}"`
}

const RATES = new Set(['rate', 'irate', 'increase'])
const UNITS: ReadonlySet<unknown> = new Set(Object.values(units))
/** Series that carry trace ids: what the app and the collector put exemplars on. */
const TRACED =
  /redis_operation_duration_seconds_bucket|db_client_operation_duration_seconds_bucket|traces_span_metrics_duration_seconds_bucket/

type Options = Readonly<Record<string, unknown>>
interface Target extends Options {
  readonly expr: string
}

function targetsOf(panel: Panel): Target[] {
  return (panel.targets ?? []) as unknown as Target[]
}

/** Rules by name: each reports what is wrong with a dashboard. */
export const RULES: Readonly<Record<string, (dashboard: Dashboard, report: Report) => void>> = {
  'dashboard-frame': (dashboard, report) => {
    const { id, editable, schemaVersion, time, refresh, tags, description = '' } = dashboard
    const frame = { id, editable, schemaVersion, time, refresh, tags }
    const right = {
      id: null,
      editable: false,
      schemaVersion: 42,
      time: { from: 'now-15m', to: 'now' },
      refresh: '5s',
      tags: ['redis-test'],
    }
    if (JSON.stringify(frame) !== JSON.stringify(right)) report('', JSON.stringify(frame))
    if (description.length < 20) report('', 'says nothing about itself')
  },

  'datasource-variable': ({ templating }, report) => {
    const found = (templating.list ?? []).filter(({ type }) => type === VariableType.Datasource)
    const [one] = found
    if (found.length !== 1 || one?.name !== 'datasource' || one.label !== 'Data source')
      report('', 'needs exactly one data source variable, named `datasource`, with the label "Data source"')
    if (one?.query !== 'prometheus') report('', 'offers other data sources than Prometheus')
  },

  'job-variable': ({ templating }, report) => {
    const job = (templating.list ?? []).find(({ name }) => name === 'job')
    if (job === undefined) report('variable: job', 'is not there')
    else if (job.multi !== true || job.allValue !== '.+')
      report('variable: job', 'is not multi with All = `.+`')
    if (job !== undefined && job.current?.value !== 'redis-test')
      report('variable: job', 'starts with another')
  },

  'instance-variable': ({ templating }, report) => {
    const instance = (templating.list ?? []).find(({ name }) => name === 'instance_id')
    if (instance?.multi !== true || instance.allValue !== '.+')
      report('variable: instance_id', 'is not there, or not multi with All = `.+`')
  },

  'query-variables': ({ templating }, report) => {
    for (const variable of templating.list ?? []) {
      const { name, type, label, refresh, datasource } = variable
      if (label === undefined || label === '') report(`variable: ${name}`, 'has no label')
      if (type !== VariableType.Query) continue
      if (Number(refresh) !== 2) report(`variable: ${name}`, 'does not follow the time range')
      if (datasource?.uid !== '${datasource}') report(`variable: ${name}`, 'asks a fixed data source')
    }
  },

  'panel-text': (dashboard, report) => {
    const titles = new Map<string, string>()
    for (const { title = '', description = '', type } of panelsOf(dashboard)) {
      if (title === '') report('', 'a panel without a title')
      if (!/\?/.test(description)) report(title, 'its description asks no question')
      if (description.length < 60) report(title, 'its description does not say how to read it')
      if (titles.get(title) === type) report(title, 'two panels of one kind and title')
      titles.set(title, type)
    }
  },

  'panel-unit': (dashboard, report) => {
    for (const { title = '', fieldConfig } of panelsOf(dashboard)) {
      const unit = fieldConfig?.defaults.unit
      if (!UNITS.has(unit)) report(title, `unit ${unit}`)
    }
  },

  'panel-datasource': (dashboard, report) => {
    const annotations = (dashboard.annotations.list ?? []).map((annotation) => ({
      title: `annotation: ${annotation.name}`,
      all: [annotation.datasource, (annotation.target as unknown as Target)['datasource']],
    }))
    const panels = panelsOf(dashboard).map((panel) => ({
      title: panel.title ?? '',
      all: [panel.datasource, ...targetsOf(panel).map((target) => target['datasource'])],
    }))
    for (const { title, all } of [...panels, ...annotations])
      for (const datasource of all)
        if ((datasource as { uid?: string } | undefined)?.uid !== '${datasource}')
          report(title, 'a fixed data source')
  },

  'panel-targets': (dashboard, report) => {
    for (const panel of panelsOf(dashboard)) {
      const targets = targetsOf(panel)
      if (targets.length === 0) report(panel.title ?? '', 'no query')
      const ids = new Set(targets.map((target) => target['refId']))
      if (ids.size !== targets.length) report(panel.title ?? '', 'two queries with one refId')
      for (const target of targets) {
        if (target['range'] === true && !target['legendFormat'])
          report(panel.title ?? '', 'a query without a legend')
        if (target['exemplar'] === true && !TRACED.test(target.expr))
          report(panel.title ?? '', 'exemplars of none')
      }
    }
  },

  'panel-zero': (dashboard, report) => {
    for (const { title = '', type, fieldConfig } of panelsOf(dashboard))
      if (['timeseries', 'stat'].includes(type) && fieldConfig?.defaults.min !== 0)
        report(title, 'does not start at 0')
  },

  'panel-gaps': (dashboard, report) => {
    for (const { title = '', type, fieldConfig } of panelsOf(dashboard)) {
      const custom = (fieldConfig?.defaults.custom ?? {}) as Options
      if (type === 'timeseries' && custom['spanNulls'] !== false) report(title, 'draws lines over gaps')
      if (type === 'stat' && fieldConfig?.defaults.noValue !== 'no data')
        report(title, 'does not say "no data"')
    }
  },

  'panel-legend': (dashboard, report) => {
    for (const { title = '', type, options } of panelsOf(dashboard)) {
      const legend = (options as { legend?: Options }).legend
      if (type !== 'timeseries') continue
      if (legend?.['displayMode'] !== 'table' || String(legend['calcs']) !== 'mean,max,lastNotNull')
        report(title, 'its legend is no table of mean, max and last')
    }
  },

  'panel-heatmap': (dashboard, report) => {
    for (const panel of panelsOf(dashboard).filter(({ type }) => type === 'heatmap')) {
      const { calculate, yAxis } = panel.options as { calculate?: boolean; yAxis: { unit?: string } }
      const formats = new Set(targetsOf(panel).map((target) => target['format']))
      if (calculate !== false || yAxis.unit !== 's' || String([...formats]) !== 'heatmap')
        report(panel.title ?? '', 'is not a heatmap of ready-made buckets in seconds')
      if (!targetsOf(panel).every(({ expr }) => expr.startsWith('sum by (le) (rate(')))
        report(panel.title ?? '', 'is not a rate of buckets by le')
    }
  },

  grid: ({ panels = [] }, report) => {
    const ids = panels.map(({ id }) => id)
    if (new Set(ids).size !== ids.length) report('', 'two panels with one id')
    const placed = panels.map(({ title = '', gridPos }) => ({ title, ...gridPos! }))
    for (const [index, one] of placed.entries()) {
      if (one.x + one.w > 24 || one.w < 1 || one.h < 1) report(one.title, 'is outside the grid')
      for (const other of placed.slice(index + 1)) {
        const apart =
          one.x + one.w <= other.x ||
          other.x + other.w <= one.x ||
          one.y + one.h <= other.y ||
          other.y + other.h <= one.y
        if (!apart) report(one.title, `lies on ${other.title}`)
      }
    }
  },

  promql: (dashboard, report) => {
    for (const { panel, expr } of lintQueries(dashboard))
      for (const error of syntaxErrors(expr)) report(panel, error)
  },

  'metric-exists': (dashboard, report) => {
    eachSelector(dashboard, ({ metrics }, panel) => {
      if (metrics.length === 0) report(panel, 'names no metric')
      for (const name of metrics) if (!KNOWN.has(name)) report(panel, name)
    })
  },

  'label-exists': (dashboard, report) => {
    eachSelector(dashboard, ({ metrics, matchers }, panel) => {
      for (const name of metrics)
        for (const { label } of matchers)
          if (KNOWN.get(name)?.labels?.has(label) === false) report(panel, `${name} has no ${label}`)
    })
    for (const { panel, expr } of lintQueries(dashboard))
      for (const { labels, metrics } of groupingsOf(expr))
        for (const name of metrics)
          for (const label of labels)
            if (KNOWN.get(name)?.labels?.has(label) === false) report(panel, `${name} has no ${label}`)
  },

  'job-matcher': (dashboard, report) => {
    eachSelector(dashboard, (selector, panel) => {
      if (matcherOf(selector, 'job') === undefined) report(panel, `${selector.metrics.join('|')} of any job`)
    })
  },

  /** One path of the app's numbers, and every choice of the reader that the metric has a label for. */
  'run-matchers': (dashboard, report) => {
    const offered = new Set((dashboard.templating.list ?? []).map(({ name }) => name))
    eachSelector(dashboard, (selector, panel) => {
      const [name = ''] = selector.metrics
      const labels = KNOWN.get(name)?.labels
      if (!isApp(selector) || labels?.has('app_name') !== true) return
      if (matcherOf(selector, 'job') !== '="$job"') report(panel, `${name} without job="$job"`)
      if (panel.startsWith('variable:')) return
      for (const label of [...IDENTITY_LABELS, 'operation'])
        if (offered.has(label) && labels.has(label) && matcherOf(selector, label) !== `=~"$${label}"`)
          report(panel, `${name} without ${label}=~"$${label}"`)
    })
  },

  /** What is read of several jobs stays apart by job: two sources of the same numbers are never added up. */
  'jobs-apart': (dashboard, report) => {
    for (const { panel, written } of lintQueries(dashboard)) {
      const paths = new Set(written.filter((one) => isApp(one)).map((one) => matcherOf(one, 'job')))
      if (paths.size > 1) report(panel, `one expression over ${[...paths].join(' and ')}`)
      for (const selector of written) {
        const [innermost] = selector.by
        const isMany = matcherOf(selector, 'job')?.startsWith('=~') === true
        if (isMany && selector.by.length > 0 && innermost?.includes('job') !== true)
          report(panel, `${selector.metrics.join('|')} of several jobs added up without by (job)`)
      }
    }
  },

  'rate-interval': (dashboard, report) => {
    eachSelector(dashboard, ({ metrics, range }, panel) => {
      if (range !== undefined && range !== RATE_INTERVAL)
        report(panel, `${metrics.join('|')}[${range.replace(RANGE, '$__range')}]`)
    })
  },

  'counter-rate': (dashboard, report) => {
    eachSelector(dashboard, ({ metrics, functions: [innermost = ''] }, panel) => {
      if (panel.startsWith('variable:')) return
      for (const name of metrics) {
        const isCounter = KNOWN.get(name)?.isCounter === true
        if (isCounter && !RATES.has(innermost)) report(panel, `${name} without rate or increase`)
        if (!isCounter && RATES.has(innermost)) report(panel, `the rate of ${name}, which is no counter`)
      }
    })
  },
}

/** Everything that a rule has to say about some dashboards, each thing once. */
export function violationsOf(rule: string, dashboards: readonly Dashboard[]): Violation[] {
  const found = new Map<string, Violation>()
  for (const dashboard of dashboards)
    RULES[rule]!(dashboard, (panel, message) => {
      const violation = { rule, dashboard: dashboard.uid ?? '', panel, message }
      found.set(JSON.stringify(violation), violation)
    })
  return [...found.values()]
}
