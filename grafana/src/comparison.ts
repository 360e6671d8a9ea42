import { runAnnotations } from './annotations.ts'
import { buildDashboard, DASHBOARD_TITLES, linkTo } from './layout.ts'
import { series, type SeriesPanel } from './panels.ts'
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import {
  aggregate,
  cpuPerThread,
  droppedRatio,
  errorRatio,
  OPERATION,
  perSecond,
  quantile,
  RANGE,
  ratio,
  runQuantile,
  runTotal,
  select,
  sum,
} from './queries.ts'
import { query } from './query.ts'
import { type Column, table } from './tables.ts'
import { chooseOne, runVariables } from './variables.ts'

const SERVICE = 'redis_operation_duration_seconds'
const RESPONSE = 'redis_operation_response_time_seconds'
const RECONNECTION = 'redis_reconnection_duration_seconds'

const INFO = ['run_id', 'app_name', 'version', 'profile', 'load_model', 'preset', 'batch', 'coalesce_writes']
const RUN = ['run_id']

/** Seconds of the measured phase in the range. Looks every 2 s, which is how often the app is scraped. */
const MEASURED = `2 * sum_over_time(${aggregate('max', RUN)}(${select('redis_test_phase', 'phase="measure"')})[${RANGE}:2s])`

/** What was settled in the range: a window of rate() would be longer than a short run. */
const SETTLED = sum(
  RUN,
  ['max', 'min']
    .map((end) => `${end}_over_time(${select('redis_operations_total', OPERATION)}[${RANGE}])`)
    .join(' - '),
)

function seconds(name: string, expr: string): Column {
  return { name, unit: 's', expr }
}

const RUNS = {
  title: 'Runs',
  panels: [
    table({
      title: 'Runs side by side',
      description:
        'Which run was better? One line for each run of the time range, also when it has ended. Counts and quantiles are of the whole run, also of a part before the range; the measured time and its mean rate are of what lies in the range. Quantiles are estimates within a bucket. A click on a run shows it alone.',
      width: 24,
      height: 10,
      labels: INFO,
      hidden: ['info'],
      labelLinks: { run_id: linkTo('redis-test-overview', 'var-run_id=${__value.raw}&${job:queryparam}') },
      columns: [
        {
          name: 'info',
          unit: 'none',
          expr: `${aggregate('max', INFO)}(last_over_time(${select('redis_test_run_info')}[${RANGE}]))`,
        },
        {
          name: 'instances',
          unit: 'none',
          expr: `${aggregate('count', RUN)}(last_over_time(${select('redis_test_run_info')}[${RANGE}]))`,
        },
        {
          name: 'target',
          unit: 'ops',
          expr: sum(
            RUN,
            `last_over_time(${select('redis_test_target_operations_per_second')}[${RANGE}]) > 0`,
          ),
        },
        { name: 'measured', unit: 's', expr: `${MEASURED} > 0` },
        { name: 'mean rate', unit: 'ops', expr: ratio(SETTLED, `(${MEASURED})`) },
        { name: 'commands', unit: 'short', expr: runTotal('redis_operations_total', RUN, OPERATION) },
        seconds('service p50', runQuantile(0.5, SERVICE, RUN, OPERATION)),
        seconds('service p99', runQuantile(0.99, SERVICE, RUN, OPERATION)),
        seconds('service p99.9', runQuantile(0.999, SERVICE, RUN, OPERATION)),
        seconds('response p99', runQuantile(0.99, RESPONSE, RUN, OPERATION)),
        {
          name: 'errors',
          unit: 'percentunit',
          expr: ratio(
            runTotal('redis_operations_total', RUN, OPERATION, 'status="error"'),
            runTotal('redis_operations_total', RUN, OPERATION),
          ),
        },
        {
          name: 'dropped',
          unit: 'percentunit',
          expr: ratio(
            runTotal('redis_test_dropped_operations_total', RUN),
            runTotal('redis_test_scheduled_operations_total', RUN),
          ),
        },
        seconds('reconnection p95', runQuantile(0.95, RECONNECTION, RUN)),
        { name: 'connections lost', unit: 'short', expr: runTotal('redis_connection_drops_total', RUN) },
        {
          name: 'CPU per 1000 commands',
          unit: 's',
          expr: ratio(
            `1000 * ${runTotal('redis_test_thread_cpu_seconds_total', RUN)}`,
            `(${runTotal('redis_test_issued_operations_total', RUN)} + ${runTotal('redis_test_warmup_operations_total', RUN)})`,
          ),
        },
      ],
    }),
  ],
}

/** What the reader compares by; the same value has the same colour and name on every panel. */
const BY = ['$compare_by']
const NAME = '{{$compare_by}}'

function compared(
  options: Pick<SeriesPanel, 'title' | 'description' | 'unit'> & { readonly expr: string },
): Panel {
  const { expr, ...text } = options
  return series({ ...text, width: 12, colorByName: true, queries: [query(expr, NAME)] })
}

const SIDE_BY_SIDE = {
  title: 'Side by side, by $compare_by',
  panels: [
    compared({
      title: 'Throughput',
      description:
        'Which one did more? Commands settled a second in the measured phase. With a target they should all be at it.',
      unit: 'ops',
      expr: perSecond('redis_operations_total', BY, OPERATION),
    }),
    compared({
      title: 'Error ratio',
      description: 'Which one failed more? Failed and indeterminate commands over all that were settled.',
      unit: 'percentunit',
      expr: errorRatio(BY),
    }),
    compared({
      title: 'Service time p50',
      description: 'Which one is faster in the ordinary case? Half of the commands were faster than this.',
      unit: 's',
      expr: quantile(0.5, SERVICE, BY, OPERATION),
    }),
    compared({
      title: 'Service time p99',
      description: 'Which one is faster in the bad case? 99 of 100 commands were faster than this.',
      unit: 's',
      expr: quantile(0.99, SERVICE, BY, OPERATION),
    }),
    compared({
      title: 'Service time p99.9',
      description:
        'Which one has the longer tail? 999 of 1000 were faster. Jumpy at low rates: few commands make it.',
      unit: 's',
      expr: quantile(0.999, SERVICE, BY, OPERATION),
    }),
    compared({
      title: 'Response time p99',
      description: 'Which one would users like? From the due instant to the reply. Empty for closed loops.',
      unit: 's',
      expr: quantile(0.99, RESPONSE, BY, OPERATION),
    }),
    compared({
      title: 'Reconnection time p95',
      description:
        'Which one comes back faster? From loss to ready again, of the outages that ended in the last moments. Empty without outages.',
      unit: 's',
      expr: quantile(0.95, RECONNECTION, BY),
    }),
    compared({
      title: 'Connections down',
      description: 'Which one lost more? Connections that were lost and are not back.',
      unit: 'none',
      expr: sum(BY, select('redis_test_connections_down')),
    }),
    compared({
      title: 'Dropped load',
      description:
        'Was the comparison fair? A run that dropped load has an easier life; its latencies leave out what was dropped.',
      unit: 'percentunit',
      expr: droppedRatio(BY),
    }),
    compared({
      title: 'CPU per load thread',
      description:
        'Was the generator the limit in one of them? Above 80 % its latencies are the generator’s own.',
      unit: 'percentunit',
      expr: cpuPerThread(BY),
    }),
  ],
}

export const comparison = buildDashboard({
  uid: 'redis-test-comparison',
  title: DASHBOARD_TITLES['redis-test-comparison'],
  description: 'Two or more runs or versions next to each other.',
  variables: [...runVariables(), chooseOne('compare_by', 'Compare by', ['run_id', 'version', 'app_name'])],
  annotations: runAnnotations(),
  sections: [RUNS, SIDE_BY_SIDE],
})
