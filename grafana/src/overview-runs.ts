import { linkTo } from './layout.ts'
import { OPERATION, RANGE, runQuantile, runTotal, select, aggregate, ratio } from './queries.ts'
import { table } from './tables.ts'

const LABELS = [
  'run_id',
  'app_name',
  'version',
  'profile',
  'load_model',
  'preset',
  'batch',
  'coalesce_writes',
]
const RUN = ['run_id']

export const RUNS = {
  title: 'Runs',
  panels: [
    table({
      title: 'Runs in this time range',
      description:
        'Which runs are on this page, and what were they? One line for each run of the time range, also when it has ended. Its figures are of the whole run, also of a part before the range. A click on a run shows it alone.',
      width: 24,
      labels: LABELS,
      hidden: ['info'],
      labelLinks: { run_id: linkTo('redis-test-overview', 'var-run_id=${__value.raw}&${job:queryparam}') },
      columns: [
        {
          name: 'info',
          unit: 'none',
          expr: `${aggregate('max', LABELS)}(last_over_time(${select('redis_test_run_info')}[${RANGE}]))`,
        },
        {
          name: 'instances',
          unit: 'none',
          expr: `${aggregate('count', RUN)}(last_over_time(${select('redis_test_run_info')}[${RANGE}]))`,
        },
        { name: 'commands', unit: 'short', expr: runTotal('redis_operations_total', RUN, OPERATION) },
        {
          name: 'errors',
          unit: 'percentunit',
          expr: ratio(
            runTotal('redis_operations_total', RUN, OPERATION, 'status="error"'),
            runTotal('redis_operations_total', RUN, OPERATION),
          ),
        },
        {
          name: 'service p99',
          unit: 's',
          expr: runQuantile(0.99, 'redis_operation_duration_seconds', RUN, OPERATION),
        },
        { name: 'dropped', unit: 'short', expr: runTotal('redis_test_dropped_operations_total', RUN) },
        { name: 'connections lost', unit: 'short', expr: runTotal('redis_connection_drops_total', RUN) },
      ],
    }),
  ],
}
