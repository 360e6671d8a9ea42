import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { describe, expect, it } from 'vitest'
import { DASHBOARDS, fileOf } from '../../grafana/src/dashboards.ts'
import { panelsOf } from '../../grafana/src/queries-of.ts'
import { type Exception, EXCEPTIONS } from './exceptions.ts'
import { RULES, type Violation, violationsOf } from './rules.ts'

function excuses(exception: Exception, { rule, dashboard, panel }: Violation): boolean {
  return (
    exception.rule === rule &&
    (exception.dashboard === '*' || exception.dashboard === dashboard) &&
    exception.panel === panel
  )
}

describe('the dashboards', () => {
  it.each(Object.keys(RULES))('keep the rule %s, but for written exceptions', (rule) => {
    const violations = violationsOf(rule, DASHBOARDS)
    expect(violations.filter((one) => !EXCEPTIONS.some((exception) => excuses(exception, one)))).toEqual([])
  })

  it('need every exception, each of which says why', () => {
    const violations = Object.keys(RULES).flatMap((rule) => violationsOf(rule, DASHBOARDS))
    expect(EXCEPTIONS.filter((exception) => !violations.some((one) => excuses(exception, one)))).toEqual([])
    expect(EXCEPTIONS.filter(({ reason }) => reason.length < 25)).toEqual([])
  })

  it('link only to dashboards that exist', () => {
    const uids = new Set(DASHBOARDS.map(({ uid }) => uid))
    const links = [...JSON.stringify(DASHBOARDS).matchAll(/\/d\/([\w-]+)/g)].map(([, uid]) => uid)
    expect(links.filter((uid) => !uids.has(uid))).toEqual([])
    for (const { uid, links: own = [] } of DASHBOARDS) {
      expect(own.map(({ url }) => url)).toEqual(
        [...uids].filter((one) => one !== uid).map((one) => `/d/${one}`),
      )
      expect(own.every(({ keepTime, includeVars }) => keepTime && includeVars)).toBe(true)
    }
  })
})

/** One to break. */
function copyOfFirst(): Dashboard {
  return JSON.parse(fileOf(DASHBOARDS[0]!).text) as Dashboard
}

/** A dashboard with one query in the place of the first panel's. */
function withQuery(expr: string): Dashboard {
  const copy = copyOfFirst()
  const [target] = panelsOf(copy)[0]!.targets as unknown as { expr: string }[]
  target!.expr = expr
  return copy
}

const RUN =
  'job="$job", app_name=~"$app_name", version=~"$version", run_id=~"$run_id", instance_id=~"$instance_id"'

describe('the rules', () => {
  it.each([
    ['promql', 'sum(rate('],
    ['metric-exists', `rate(redis_operation_total{${RUN}}[$__rate_interval])`],
    ['label-exists', `sum by (command) (rate(redis_operations_total{${RUN}}[$__rate_interval]))`],
    ['label-exists', `redis_active_connections{${RUN}, operation="GET"}`],
    ['label-exists', 'job:redis_operations:rate1m{job="$job", instance_id="a"}'],
    ['job-matcher', 'sum(rate(redis_operations_total[$__rate_interval]))'],
    ['run-matchers', 'sum(redis_active_connections{job="redis-test"})'],
    ['run-matchers', `sum(rate(redis_operations_total{${RUN}}[$__rate_interval]))`],
    ['jobs-apart', 'sum(rate(redis_operations_total{job=~".*redis-test"}[$__rate_interval]))'],
    ['jobs-apart', 'sum by (run_id) (redis_active_connections{job=~"redis-test|otlp/redis-test"})'],
    [
      'jobs-apart',
      'redis_active_connections{job="redis-test"} + redis_active_connections{job="otlp/redis-test"}',
    ],
    ['rate-interval', `rate(redis_test_issued_operations_total{${RUN}}[1m])`],
    ['counter-rate', `sum(redis_test_issued_operations_total{${RUN}})`],
    ['counter-rate', `rate(redis_active_connections{${RUN}}[$__rate_interval])`],
  ])('%s sees what is wrong with %s', (rule, expr) => {
    const [first] = panelsOf(DASHBOARDS[0]!)
    expect(violationsOf(rule, [withQuery(expr)]).map(({ panel }) => panel)).toContain(first!.title)
  })

  it('let a right query pass', () => {
    const right = withQuery(
      `sum by (job, operation) (rate(redis_operations_total{${RUN}, operation=~"$operation"}[$__rate_interval]))`,
    )
    const [first] = panelsOf(right)
    const violations = Object.keys(RULES).flatMap((rule) => violationsOf(rule, [right]))
    expect(violations.filter(({ panel }) => panel === first!.title)).toEqual([])
  })

  it('see panels that lie on each other', () => {
    const copy = copyOfFirst()
    copy.panels![2]!.gridPos = { ...copy.panels![1]!.gridPos! }
    expect(violationsOf('grid', [copy])).toHaveLength(1)
  })
})
