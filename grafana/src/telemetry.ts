import { runAnnotations } from './annotations.ts'
import { buildDashboard, DASHBOARD_TITLES } from './layout.ts'
import { badAbove, series, stat } from './panels.ts'
import { perSecond, RANGE, RATE, ratio } from './queries.ts'
import { query } from './query.ts'
import { table } from './tables.ts'
import { COLLECTOR } from './telemetry-collector.ts'
import { PROMETHEUS, SPANS } from './telemetry-prometheus.ts'
import { runVariables } from './variables.ts'

const EXPORTS = 'redis_test_telemetry_exports_total'

const APP = {
  title: 'What the app sends',
  panels: [
    stat({
      title: 'Failed exports',
      description:
        'Which share of the OTLP exports of the app fails? Above zero: the collector is away or refuses. Numbers are cumulative, so metrics catch up; spans are lost. Empty without OTLP.',
      unit: 'percentunit',
      width: 6,
      steps: badAbove(0.000_001, 0.1),
      queries: [query(ratio(perSecond(EXPORTS, [], 'result="failed"'), perSecond(EXPORTS)), 'failed')],
    }),
    series({
      title: 'Exports by signal and result',
      description:
        'Does the app reach the collector? OTLP exports a second. All at zero: OTEL_EXPORTER_OTLP_ENDPOINT is not set.',
      unit: 'cps',
      width: 9,
      queries: [query(perSecond(EXPORTS, ['signal', 'result']), '{{signal}} {{result}}')],
    }),
    series({
      title: 'Lost in the app',
      description:
        'What did the app itself have to drop? Spans without room in the queue, commands over the rate limit for spans, journal lines that could not be written, errors inside the client.',
      unit: 'cps',
      width: 9,
      queries: [
        query(perSecond('redis_test_spans_dropped_total'), 'spans: queue full'),
        query(perSecond('redis_test_kept_commands_dropped_total'), 'spans: rate limit'),
        query(perSecond('redis_test_journal_failures_total'), 'journal lines'),
        query(perSecond('redis_test_internal_errors_total'), 'internal errors'),
      ],
    }),
  ],
}

/** Both ways of the same numbers, apart by `job`. `$job` would show one of them. */
const RUN = 'app_name=~"$app_name", version=~"$version", run_id=~"$run_id", instance_id=~"$instance_id"'
const SCRAPE = `redis_operations_total{job="redis-test", ${RUN}}`
const OTLP = `redis_operations_total{job="otlp/redis-test", ${RUN}}`

/** Commands of the measured phase by run, as the newest sample of a path has it, also when the run has ended. */
function counted(path: string): string {
  return `sum by (run_id) (last_over_time(${path}[${RANGE}]))`
}

const PATHS = {
  title: 'Scrape against OTLP',
  panels: [
    table({
      title: 'Commands of each run, by both paths',
      description:
        'Do both paths say the same? The newest count of each, by run, also of runs that have ended. After the end the difference is 0: both paths carry the same numbers. While the run lasts it is up to the commands of one export interval; a scrape may also miss the last moments of a run that ends without --metrics-linger.',
      width: 12,
      labels: ['run_id'],
      columns: [
        { name: 'scrape', unit: 'none', expr: counted(SCRAPE) },
        { name: 'OTLP', unit: 'none', expr: counted(OTLP) },
        { name: 'difference', unit: 'none', expr: `${counted(SCRAPE)} - ${counted(OTLP)}` },
      ],
    }),
    series({
      title: 'Commands a second, by path',
      description:
        'Do both paths see the same rate? The lines lie on each other, apart from the distance of their samples. Only one line: the other path is broken, or not used. Never add them up.',
      unit: 'ops',
      width: 12,
      queries: [
        query(
          `sum by (job) (rate(redis_operations_total{job=~"redis-test|otlp/redis-test", ${RUN}}[${RATE}]))`,
          '{{job}}',
        ),
      ],
    }),
  ],
}

export const telemetry = buildDashboard({
  uid: 'redis-test-telemetry',
  title: DASHBOARD_TITLES['redis-test-telemetry'],
  description:
    'Whether the numbers of the other dashboards arrive: from the app, through the collector, into Prometheus.',
  variables: runVariables(),
  annotations: runAnnotations(),
  sections: [APP, PATHS, COLLECTOR, SPANS, PROMETHEUS],
})
