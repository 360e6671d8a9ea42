import { runAnnotations } from './annotations.ts'
import { HOST } from './instances-host.ts'
import { buildDashboard, DASHBOARD_TITLES, linkTo } from './layout.ts'
import { badAbove, series, stat, states } from './panels.ts'
import {
  aggregate,
  cpuPerThread,
  errorRatio,
  OPERATION,
  perSecond,
  quantile,
  ratio,
  select,
  sum,
  target,
} from './queries.ts'
import { query } from './query.ts'
import { table } from './tables.ts'
import { runVariables } from './variables.ts'

const SERVICE = 'redis_operation_duration_seconds'
const INSTANCE = ['instance_id']
const NAME = '{{instance_id}}'
const RATES = perSecond('redis_operations_total', INSTANCE, OPERATION)
/** By run as well: instances of different runs need not be alike. */
const RUN_RATES = perSecond('redis_operations_total', ['run_id', 'instance_id'], OPERATION)
const RUN_P99 = quantile(0.99, SERVICE, ['run_id', 'instance_id'], OPERATION)
const P99 = quantile(0.99, SERVICE, INSTANCE, OPERATION)

/** Instances are scraped by this job, whatever path the dashboard shows. */
const SCRAPED = 'up{job="redis-test"}'

const SUMMARY = {
  title: 'In short',
  panels: [
    stat({
      title: 'Instances',
      description: 'How many instances report? Should be the number that was started.',
      unit: 'none',
      width: 4,
      queries: [query(`count(${select('redis_test_run_info')})`, 'instances')],
    }),
    stat({
      title: 'Scraped',
      description:
        'Does Prometheus reach every instance? Targets that answered the last scrape, and those that did not. A replica that ended on purpose disappears from both.',
      unit: 'none',
      width: 4,
      steps: ['green'],
      queries: [query(`sum(${SCRAPED})`, 'up'), query(`count(${SCRAPED} == 0)`, 'down')],
    }),
    stat({
      title: 'Throughput of all',
      description: 'How many commands a second do all instances settle together?',
      unit: 'ops',
      width: 4,
      queries: [query(perSecond('redis_operations_total', [], OPERATION), 'sum')],
    }),
    stat({
      title: 'Spread of rates',
      description:
        'Does each instance carry its share? The fastest rate of a run over its slowest. 1 is even; above 1.1 one of them is held up, unless they were started with different targets.',
      unit: 'none',
      width: 6,
      steps: badAbove(1.1, 1.5),
      queries: [
        query(ratio(`max by (run_id) (${RUN_RATES})`, `min by (run_id) (${RUN_RATES})`), '{{run_id}}'),
      ],
    }),
    stat({
      title: 'Spread of p99',
      description:
        'Do all instances see the same Redis? The highest service time p99 of a run over its lowest. Above 2 look at the machine or the network of the slow one.',
      unit: 'none',
      width: 6,
      steps: badAbove(2, 5),
      queries: [query(ratio(`max by (run_id) (${RUN_P99})`, `min by (run_id) (${RUN_P99})`), '{{run_id}}')],
    }),
  ],
}

const EACH = {
  title: 'Each instance',
  panels: [
    table({
      title: 'Instances now',
      description:
        'Which instance stands out? The newest values of each. A click on an instance shows the overview of it alone.',
      width: 24,
      labels: ['instance_id', 'run_id', 'app_name', 'version'],
      hidden: ['info'],
      labelLinks: {
        instance_id: linkTo('redis-test-overview', 'var-instance_id=${__value.raw}&${job:queryparam}'),
      },
      columns: [
        {
          name: 'info',
          unit: 'none',
          expr: `${aggregate('max', ['instance_id', 'run_id', 'app_name', 'version'])}(${select('redis_test_run_info')})`,
        },
        { name: 'rate', unit: 'ops', expr: RATES },
        { name: 'service p99', unit: 's', expr: P99 },
        { name: 'errors', unit: 'percentunit', expr: errorRatio(INSTANCE) },
        { name: 'connections', unit: 'none', expr: sum(INSTANCE, select('redis_active_connections')) },
        { name: 'down', unit: 'none', expr: sum(INSTANCE, select('redis_test_connections_down')) },
        { name: 'CPU per thread', unit: 'percentunit', expr: cpuPerThread(INSTANCE) },
        { name: 'start lag p99', unit: 's', expr: quantile(0.99, 'redis_test_start_lag_seconds', INSTANCE) },
      ],
    }),
    series({
      title: 'Rate by instance',
      description:
        'Do the parts add up? The areas are the instances, the dashed lines their sum as the recording rule has it (over one minute, all operations) and the target of all.',
      unit: 'ops',
      width: 12,
      stacked: true,
      dashed: 'target|recorded',
      queries: [
        query(RATES, NAME),
        query(
          'sum(job:redis_operations:rate1m{job="$job", app_name=~"$app_name", version=~"$version", run_id=~"$run_id"})',
          'recorded',
        ),
        query(target(), 'target'),
      ],
    }),
    series({
      title: 'Distance from the mean rate',
      description:
        'Who runs ahead, who falls behind? Rate of each instance over the mean of its run, minus one. Lines at zero are even.',
      unit: 'percentunit',
      width: 12,
      signed: true,
      queries: [
        query(`${RUN_RATES} / on (run_id) group_left () (avg by (run_id) (${RUN_RATES}) > 0) - 1`, NAME),
      ],
    }),
    series({
      title: 'Service time p99 by instance',
      description:
        'Is Redis slow for everybody or for one? One high line: that instance, its machine or its way to Redis. All high: Redis.',
      unit: 's',
      width: 12,
      queries: [query(P99, NAME)],
    }),
    series({
      title: 'Error ratio by instance',
      description: 'Do all instances fail alike? One alone: its network or its connections.',
      unit: 'percentunit',
      width: 12,
      queries: [query(errorRatio(INSTANCE), NAME)],
    }),
    series({
      title: 'Connections by instance',
      description: 'Does every instance have its connections? Ready ones, and those that are down.',
      unit: 'none',
      width: 12,
      queries: [
        query(sum(INSTANCE, select('redis_active_connections')), `${NAME} ready`),
        query(`${sum(INSTANCE, select('redis_test_connections_down'))} > 0`, `${NAME} down`),
      ],
    }),
    series({
      title: 'CPU per load thread by instance',
      description: 'Is an instance at the end of its cores? Above 80 % its numbers are about itself.',
      unit: 'percentunit',
      width: 12,
      steps: badAbove(0.8, 0.95),
      queries: [query(cpuPerThread(INSTANCE), NAME)],
    }),
    series({
      title: 'Memory of the app by instance',
      description:
        'Does an instance grow? Resident memory of each process. It levels off after the warm-up; one that climbs all the time is a leak. By scrape only.',
      unit: 'bytes',
      width: 12,
      queries: [
        query(
          'process_resident_memory_bytes{job="redis-test", app_name=~"$app_name", version=~"$version", run_id=~"$run_id", instance_id=~"$instance_id"}',
          NAME,
        ),
      ],
    }),
    series({
      title: 'Event-loop delay p99 by instance',
      description: 'Is an instance too busy to look at its sockets? Above 10 ms its latencies are too high.',
      unit: 's',
      width: 12,
      steps: badAbove(0.01, 0.05),
      queries: [query(quantile(0.99, 'redis_test_loop_delay_seconds', INSTANCE), NAME)],
    }),
    series({
      title: 'Start lag p99 by instance',
      description: 'Does an instance start its commands late? Then it is not the same load as on the others.',
      unit: 's',
      width: 12,
      steps: badAbove(0.005, 0.05),
      queries: [query(quantile(0.99, 'redis_test_start_lag_seconds', INSTANCE), NAME)],
    }),
  ],
}

const SCRAPES = {
  title: 'Scrapes',
  panels: [
    states({
      title: 'Reached by Prometheus',
      description:
        'When could Prometheus not reach an instance? One line for each target. What is missing here is missing in all rates.',
      width: 12,
      height: 8,
      states: { 0: ['down', 'red'], 1: ['up', 'green'] },
      queries: [query(SCRAPED, '{{instance}}')],
    }),
    series({
      title: 'Duration of a scrape',
      description:
        'Does looking disturb? Time to answer a scrape. The main thread answers, so the load threads do not notice.',
      unit: 's',
      width: 12,
      steps: badAbove(0.5, 1.5),
      queries: [query('scrape_duration_seconds{job="redis-test"}', '{{instance}}')],
    }),
  ],
}

export const instances = buildDashboard({
  uid: 'redis-test-instances',
  title: DASHBOARD_TITLES['redis-test-instances'],
  description:
    'Several instances of the app at once: whether each carries its share and sees the same Redis.',
  variables: runVariables(),
  annotations: runAnnotations(),
  sections: [SUMMARY, EACH, SCRAPES, HOST],
})
