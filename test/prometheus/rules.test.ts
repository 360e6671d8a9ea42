import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { IDENTITY_LABELS } from '../../src/model/catalogue.ts'
import { KNOWN } from '../grafana/metrics.ts'
import { groupingsOf, type Selector, selectorsOf, syntaxErrors } from '../grafana/promql.ts'
import { EXTERNAL_METRICS } from '../support/known-metrics.ts'
import {
  ALERT_RULES,
  type AlertRule,
  kebabCase,
  RECORDING_RULES,
  ROOT,
  type Rule,
  TEST_CASES,
} from './rule-files.ts'

const RULES: readonly Rule[] = [...RECORDING_RULES, ...ALERT_RULES]
const RUNBOOKS = 'https://github.com/redis-developer/redis-test/blob/main/docs/runbooks/'
/** Only what a counter gained says something. */
const GAIN_FUNCTIONS = new Set(['rate', 'irate', 'increase', 'resets', 'changes'])

function nameOf(rule: Rule): string {
  return 'record' in rule ? String(rule.record) : (rule as AlertRule).alert
}

/** What is wrong with the selectors of all rules, one line each. */
function complaints(
  rules: readonly Rule[],
  judge: (selector: Selector, rule: Rule) => string | undefined,
): string[] {
  return rules.flatMap((rule) =>
    selectorsOf(rule.expr).flatMap((selector) => {
      const complaint = judge(selector, rule)
      return complaint === undefined ? [] : [`${nameOf(rule)}: ${complaint}`]
    }),
  )
}

/** The numbers of the application, which come in by two paths; also as recorded from them. */
function isOfApp(metric: string): boolean {
  return KNOWN.get(metric)?.source === 'app' || /^job(_\w+)?:/.test(metric)
}

function jobOf({ matchers }: Selector): string | undefined {
  return matchers.find(({ label }) => label === 'job')?.value
}

describe('every expression', () => {
  it('is PromQL', () => {
    expect(
      RULES.flatMap((rule) => syntaxErrors(rule.expr).map((error) => `${nameOf(rule)} ${error}`)),
    ).toEqual([])
  })

  it('is about metrics that somebody exposes or a rule records', () => {
    expect(
      complaints(RULES, ({ metrics }) => {
        if (metrics.length === 0) return 'a selector without a metric'
        return metrics.find((metric) => !KNOWN.has(metric) && !EXTERNAL_METRICS.scrape.names.includes(metric))
      }),
    ).toEqual([])
  })

  it('matches labels that the metric has', () => {
    expect(
      complaints(RULES, ({ metrics, matchers }) => {
        for (const metric of metrics) {
          const labels = KNOWN.get(metric)?.labels
          const unknown = matchers.find(({ label }) => labels !== undefined && !labels.has(label))
          if (unknown !== undefined) return `${metric} has no label ${unknown.label}`
        }
        return undefined
      }),
    ).toEqual([])
  })

  it('looks at the gain of counters only', () => {
    expect(
      complaints(RULES, ({ metrics, functions }) =>
        functions.some((name) => GAIN_FUNCTIONS.has(name))
          ? undefined
          : metrics.find((metric) => KNOWN.get(metric)?.isCounter === true),
      ),
    ).toEqual([])
  })

  it('is about jobs that are scraped or come over OTLP', () => {
    const { scrape_configs } = parse(readFileSync(join(ROOT, 'prometheus/prometheus.yml'), 'utf8')) as {
      scrape_configs: { job_name: string }[]
    }
    const jobs = new Set([...scrape_configs.map(({ job_name }) => job_name), 'redis', 'otlp/redis-test'])
    expect(
      complaints(RULES, ({ matchers }) =>
        matchers
          .filter(({ label }) => label === 'job')
          .flatMap(({ value }) => value.split('|'))
          .find((job) => !jobs.has(job)),
      ),
    ).toEqual([])
  })
})

describe('the two paths are never added up', () => {
  it('alerts about the application look at the scraped numbers', () => {
    expect(
      complaints(ALERT_RULES, (selector, rule) => {
        if (!selector.metrics.some(isOfApp)) return undefined
        const job = jobOf(selector)
        if (job === 'redis-test') return undefined
        // These two compare what both paths say.
        const mayCompare = ['RedisTestPathsDisagree', 'RedisTestDown'].includes(nameOf(rule))
        return mayCompare && /^(redis-test\|)?otlp\/redis-test$/.test(job ?? '')
          ? undefined
          : `${selector.metrics.join()} of job ${job}`
      }),
    ).toEqual([])
  })

  it('recording rules about the application aggregate by job', () => {
    expect(
      complaints(RECORDING_RULES, ({ metrics, by }) => {
        const isPlain = metrics.some((metric) => KNOWN.get(metric)?.source === 'app')
        return isPlain && by[0]?.includes('job') !== true
          ? `${metrics.join()} without by (job, …)`
          : undefined
      }),
    ).toEqual([])
  })
})

describe('recording rules', () => {
  it('are named level:metric:operations', () => {
    expect(
      RECORDING_RULES.map(({ record }) => record).filter(
        (name) => !/^[a-z_]+:[a-z_]+:[a-z0-9_]+$/.test(name),
      ),
    ).toEqual([])
    expect(new Set(RECORDING_RULES.map(({ record }) => record)).size).toBe(RECORDING_RULES.length)
  })

  it('keep the labels that their level says', () => {
    const extra: Readonly<Record<string, string>> = {
      instance: 'instance_id',
      operation: 'operation',
      le: 'le',
    }
    const identity = IDENTITY_LABELS.filter((label) => label !== 'instance_id')
    for (const { record, expr } of RECORDING_RULES.filter(({ record: name }) => name.startsWith('job'))) {
      const [level = ''] = record.split(':')
      const own = level
        .split('_')
        .slice(1)
        .flatMap((part) => extra[part] ?? [])
      for (const { labels } of groupingsOf(expr)) {
        const kept = labels.filter((label) => label !== 'le' || own.includes('le'))
        expect(kept.toSorted(), record).toEqual(['job', ...identity, ...own].toSorted())
      }
    }
  })

  it('are tested for values', () => {
    const tested = new Set(
      TEST_CASES.flatMap(({ promql_expr_test = [] }) => promql_expr_test)
        .filter(({ exp_samples = [] }) => exp_samples.length > 0)
        .flatMap(({ expr }) => selectorsOf(expr).flatMap(({ metrics }) => metrics)),
    )
    expect(RECORDING_RULES.map(({ record }) => record).filter((name) => !tested.has(name))).toEqual([])
  })
})

describe('alerts', () => {
  it('are these', () => {
    expect([...new Set(ALERT_RULES.map(({ alert }) => alert))].toSorted()).toEqual(
      [
        ...[
          'Down',
          'ErrorRateHigh',
          'IndeterminateCommands',
          'LatencyHigh',
          'ThroughputBelowTarget',
          'LoadDropped',
        ],
        ...[
          'ReconnectionStorm',
          'ReconnectionSlow',
          'ConnectionFailures',
          'ConnectionsDown',
          'GeneratorSaturated',
        ],
        ...['EventLoopLag', 'TelemetryExportFailing', 'PathsDisagree', 'JournalFailing'],
      ]
        .map((name) => `RedisTest${name}`)
        .concat(
          ['HitRatioLow', 'MemoryHigh', 'EvictingKeys', 'FragmentationHigh', 'RejectedConnections'].map(
            (name) => `Redis${name}`,
          ),
          ['RedisReplicationLag', 'RedisUnreachable', 'PrometheusTargetDown', 'PrometheusRuleFailures'],
          ['Down', 'Refusing', 'ExportFailing', 'QueueFull'].map((name) => `OtelCollector${name}`),
          ['AlertmanagerNotificationsFailing', 'DiskSpaceLow'],
        )
        .toSorted(),
    )
  })

  it.each(ALERT_RULES.map((rule) => [`${rule.alert}, ${rule.labels?.['severity']}`, rule] as const))(
    '%s says how bad it is, for how long, what it is and what to do',
    (_, rule) => {
      const component = {
        'redis-test.yml': 'redis-test',
        'redis-server.yml': 'redis-server',
        'stack.yml': 'stack',
      }
      expect(rule.labels).toEqual({
        severity: expect.stringMatching(/^(critical|warning|info)$/),
        component: component[rule.file as keyof typeof component],
      })
      expect(rule.for).toMatch(/^\d+[sm]$/)
      expect(Object.keys(rule.annotations ?? {}).toSorted()).toEqual([
        'description',
        'runbook_url',
        'summary',
      ])
      expect(rule.annotations!['summary']!.length).toBeGreaterThan(20)
      expect(rule.annotations!['description']).toMatch(/\{\{ .*\$labels\.\w+/)
      expect(rule.annotations!['description']).toMatch(/\.(\{\{ end \}\})?$/)
      // A bare number has sixteen digits; a count of connections has not.
      if (rule.alert !== 'RedisTestConnectionsDown')
        expect(rule.annotations!['description']).not.toMatch(/\{\{ \$value \}\}/)
      expect(rule.annotations!['runbook_url']).toBe(`${RUNBOOKS}${kebabCase(rule.alert)}.md`)
      expect(existsSync(join(ROOT, 'docs/runbooks', `${kebabCase(rule.alert)}.md`))).toBe(true)
    },
  )

  it('are each tested to fire, with labels and annotations, and not to', () => {
    const cases = TEST_CASES.flatMap(({ alert_rule_test = [] }) => alert_rule_test)
    for (const { alert, labels } of ALERT_RULES) {
      const own = cases.filter(({ alertname }) => alertname === alert)
      const fired = own
        .flatMap(({ exp_alerts = [] }) => exp_alerts)
        .filter(({ exp_labels }) => exp_labels['severity'] === labels?.['severity'])
      expect(fired.length, `${alert} (${labels?.['severity']}) fires`).toBeGreaterThan(0)
      for (const { exp_annotations } of fired)
        expect(Object.keys(exp_annotations ?? {}).toSorted(), alert).toEqual([
          'description',
          'runbook_url',
          'summary',
        ])
    }
    // A case by itself in which it must not fire, not merely the time before it does.
    const silent = new Set(
      TEST_CASES.flatMap(({ alert_rule_test = [] }) => {
        const names = new Set(alert_rule_test.map(({ alertname }) => alertname))
        return [...names].filter((name) =>
          alert_rule_test.every(
            ({ alertname, exp_alerts = [] }) => alertname !== name || exp_alerts.length === 0,
          ),
        )
      }),
    )
    expect(ALERT_RULES.map(({ alert }) => alert).filter((name) => !silent.has(name))).toEqual([])
  })
})
