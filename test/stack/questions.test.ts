import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DASHBOARDS } from '../../grafana/src/dashboards.ts'
import {
  type DashboardQuery,
  defaultsOf,
  interpolate,
  parseLabelValues,
  queriesOf,
} from '../../grafana/src/queries-of.ts'
import { profile } from '../e2e/support/command-line.ts'
import { until } from '../e2e/support/until.ts'
import { type RunningStack, startStack, whyNot } from './support/running-stack.ts'

/**
 * Every question that a dashboard, a rule or an alert asks, put to the real Prometheus while a load with faults runs: all
 * are answered without an error, and those that such a load feeds are answered with data.
 */
const reason = whyNot()
if (reason !== undefined) console.warn(`test/stack is skipped: ${reason}`)

interface Rule {
  readonly name: string
  readonly type: 'recording' | 'alerting'
  readonly health: string
  readonly lastError?: string
  readonly query: string
}

describe.skipIf(reason !== undefined)('the questions of dashboards and rules', () => {
  let stack: RunningStack
  beforeAll(async () => {
    stack = await startStack(['one', 'two'])
    const args = ['--workload-profile', STORM, '--warmup', '1s', '--run-id', 'asked']
    stack.startInstance('one', args)
    stack.startInstance('two', args)
    await until(
      'reconnections by both paths, a minute into the measured phase, which is what the slowest rule wants',
      async () => {
        const seen = await Promise.all(
          ['redis-test', 'otlp/redis-test'].map((job) =>
            stack.total(`sum(increase(redis_reconnection_duration_seconds_count{job="${job}"}[20s]))`),
          ),
        )
        const before = await stack.total('sum(redis_test_phase{job="redis-test",phase="measure"} offset 65s)')
        return seen.every((count) => count > 0) && before === 2
      },
      150_000,
    )
  })
  afterAll(() => (stack as RunningStack | undefined)?.stop())

  it.each(DASHBOARDS.map((dashboard) => [dashboard.title ?? '', dashboard] as const))(
    '%s: every panel is answered, and has data unless it says why not',
    async (_, dashboard) => {
      const problems: string[] = []
      const empty: string[] = []
      for (const query of queriesOf(dashboard)) {
        const asked = interpolate(query.expr, defaultsOf(dashboard))
        const count = await ask(query, asked).catch((error: unknown) => {
          problems.push(`${query.panel}: ${String(error)}`)
          return 1
        })
        const isAbsent = /\bnode_/.test(asked) && !stack.hasNodeExporter
        if (count === 0 && !isAbsent && reasonToBeEmpty(query) === undefined)
          empty.push(`${query.panel}: ${asked}`)
      }
      expect(problems).toEqual([])
      expect(empty).toEqual([])
    },
  )

  async function ask({ format }: DashboardQuery, asked: string): Promise<number> {
    if (format === 'annotation')
      return (await stack.prometheus.query(`count_over_time((${asked})[15m:1s])`)).length
    if (format !== 'label_values') return (await stack.prometheus.query(asked)).length
    const { selector, label } = parseLabelValues(asked)
    const path = `/api/v1/label/${label}/values?match[]=${encodeURIComponent(selector)}`
    return (await stack.prometheus.get<string[]>(path)).length
  }

  it('evaluates every rule without an error', async () => {
    const rules = await rulesOf()
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([])
    expect(rules.filter(({ type }) => type === 'alerting').length).toBeGreaterThanOrEqual(30)
  })

  it('records what the load feeds', async () => {
    const recorded = (await rulesOf()).filter(({ type }) => type === 'recording')
    const empty: string[] = []
    for (const name of new Set(recorded.map((rule) => rule.name)))
      if ((await stack.prometheus.query(name)).length === 0) empty.push(name)
    expect(empty).toEqual([])
    expect(await stack.total('job:redis_operations:rate1m{job="redis-test"}')).toBeGreaterThan(900)
  })

  it('raises the alarm over the storm, and not over what is well', async () => {
    const alerts = await until(
      'an alert about reconnections or lost connections',
      async () => {
        const active = await stack.prometheus.query('ALERTS{alertname=~"RedisTest.*"}')
        const names = active.map(({ metric }) => metric['alertname'])
        return names.includes('RedisTestReconnectionStorm') ? names : undefined
      },
      60_000,
    )
    expect(alerts).not.toContain('RedisTestDown')
    expect(alerts).not.toContain('RedisTestPathsDisagree')
    expect(alerts).not.toContain('RedisTestTelemetryExportFailing')
  })

  async function rulesOf(): Promise<Rule[]> {
    const { groups } = await stack.prometheus.get<{ groups: { rules: Rule[] }[] }>('/api/v1/rules')
    return groups.flatMap(({ rules }) => rules)
  }
})

const STORM = profile(
  'asked',
  `load:
  target_ops_per_second: 500
  clients: 20
operations:
  - command: SET
    weight: 0.5
  - command: GET
    weight: 0.5
faults:
  - kind: client-kill
    at: 3s
    every: 3s
    share: 50%
  - kind: socket-cut
    at: 4s
    every: 6s
    share: 20%
`,
)

/** Questions about what does not happen here, by a part of the question, and why it does not. */
const EMPTY_FOR_A_REASON: readonly (readonly [part: RegExp, reason: string])[] = [
  [/otelcol_exporter_(send|enqueue)_failed/, 'the collector shows these from the first failure on'],
  [/status="error"\}.*> 0$/, 'every connection attempt succeeds: the server is up'],
  [/count\(up\{job="redis-test"\} == 0\)/, 'every instance is up'],
  [/redis_test_connections_down.*> 0$/, 'a lost connection is back within milliseconds'],
  [/redis_commands_failed_calls_total/, 'the server refuses no command'],
  [/redis_master_link_up/, 'redis_exporter looks at the primary; in profile sentinel at all'],
  [/redis_test_(pubsub|stream)_/, 'nobody listens in this run'],
  [/redis_client_maintenance_notifications_total/, 'no server announces its maintenance here'],
  [/phase=~"drain\|done"/, 'the runs go on'],
  [
    /redis_(blocked_clients|rejected_connections_total).*> 0$/,
    'nobody waits for an element or is turned away',
  ],
  [/redis_memory_max_bytes.*> 0$/, 'what redis_exporter does not find, the collector has'],
]

function reasonToBeEmpty({ expr, panel }: DashboardQuery): string | undefined {
  return EMPTY_FOR_A_REASON.find(([part]) => part.test(expr) || part.test(panel))?.[1]
}
