import { badAbove, series, states } from './panels.ts'
import { query } from './query.ts'

/** Spans are a sample, with all errors and slow ones: never a count of commands. */
const SPAN_JOB = 'job="otlp/redis-test"'
const PROMETHEUS_JOB = '{job="prometheus"}'

export const SPANS = {
  title: 'Spans, as the collector counts them',
  panels: [
    series({
      title: 'Spans by name and status',
      description:
        'Which spans arrive? Spans a second. They are a sample with all errors and slow commands, so this is no rate of commands: compare with "Commands kept as traces", never with the throughput.',
      unit: 'cps',
      width: 12,
      queries: [
        query(
          `sum by (span_name, status_code) (rate(traces_span_metrics_calls_total{${SPAN_JOB}}[$__rate_interval]))`,
          '{{span_name}} {{status_code}}',
        ),
      ],
    }),
    series({
      title: 'Duration of spans, p99',
      description:
        'How long are the sampled spans? Slow commands are kept more often than fast ones, so this is above the p99 of all commands. The dots are traces.',
      unit: 's',
      width: 12,
      queries: [
        {
          ...query(
            `histogram_quantile(0.99, sum by (span_name, le) (rate(traces_span_metrics_duration_seconds_bucket{${SPAN_JOB}}[$__rate_interval])))`,
            '{{span_name}}',
          ),
          exemplars: true,
        },
      ],
    }),
  ],
}

export const PROMETHEUS = {
  title: 'Prometheus',
  panels: [
    states({
      title: 'Targets',
      description:
        'Which parts of the stack can Prometheus reach? One line for each job: down when any of its targets is. Parts of a profile that is off are not here.',
      width: 12,
      height: 8,
      states: { 0: ['down', 'red'], 1: ['up', 'green'] },
      queries: [query('min by (job) (up{job=~".+"})', '{{job}}')],
    }),
    series({
      title: 'Duration of scrapes',
      description:
        'Which target is slow to answer? The slowest scrape of each job. The timeout of the app is 2 s, of the others 5 s or more.',
      unit: 's',
      width: 12,
      steps: badAbove(1, 2),
      queries: [query('max by (job) (scrape_duration_seconds{job=~".+"})', '{{job}}')],
    }),
    series({
      title: 'Samples in each scrape',
      description:
        'Does a target expose more and more? Samples by job. A line that climbs all the time is a label without bounds.',
      unit: 'short',
      width: 8,
      queries: [query('sum by (job) (scrape_samples_scraped{job=~".+"})', '{{job}}')],
    }),
    series({
      title: 'Series and samples',
      description:
        'How much does Prometheus hold? Series in memory, and samples a second that come in. Retention and memory are planned from these.',
      unit: 'short',
      width: 8,
      queries: [
        query(`prometheus_tsdb_head_series${PROMETHEUS_JOB}`, 'series'),
        query(
          `sum(rate(prometheus_tsdb_head_samples_appended_total${PROMETHEUS_JOB}[$__rate_interval]))`,
          'samples a second',
        ),
      ],
    }),
    series({
      title: 'Rules and queries',
      description:
        'Are rules evaluated in time, and dashboards answered? Longest evaluation of a rule group, and p99 of the queries by part.',
      unit: 's',
      width: 8,
      queries: [
        query(`max(prometheus_rule_group_last_duration_seconds${PROMETHEUS_JOB})`, 'slowest rule group'),
        query(
          'max by (slice) (prometheus_engine_query_duration_seconds{job="prometheus", quantile="0.99"})',
          'query p99: {{slice}}',
        ),
      ],
    }),
    series({
      title: 'Mishaps',
      description:
        'Does Prometheus lose or miss something? Rules that failed or were skipped, samples out of order, alerts that did not reach the Alertmanager. All should stay at zero.',
      unit: 'cps',
      width: 24,
      height: 6,
      queries: [
        ['prometheus_rule_evaluation_failures_total', 'rule failures'],
        ['prometheus_rule_group_iterations_missed_total', 'rule groups skipped'],
        ['prometheus_tsdb_out_of_order_samples_total', 'samples out of order'],
        ['prometheus_notifications_dropped_total', 'alerts dropped'],
      ].map(([metric, name]) => query(`sum(rate(${metric}${PROMETHEUS_JOB}[$__rate_interval]))`, name!)),
    }),
  ],
}
