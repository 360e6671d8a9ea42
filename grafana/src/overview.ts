import { runAnnotations } from './annotations.ts'
import { buildDashboard, DASHBOARD_TITLES } from './layout.ts'
import { HONESTY } from './overview-honesty.ts'
import { RUNS } from './overview-runs.ts'
import { badAbove, badBelow, series, stat, states } from './panels.ts'
import {
  aggregate,
  droppedRatio,
  errorRatio,
  OPERATION,
  perSecond,
  quantile,
  ratio,
  runTotal,
  select,
  sum,
  target,
} from './queries.ts'
import { query, traced } from './query.ts'
import { runVariables } from './variables.ts'

const SERVICE = 'redis_operation_duration_seconds'
const RESPONSE = 'redis_operation_response_time_seconds'
const OPERATIONS = perSecond('redis_operations_total', [], OPERATION)

/** The phases as numbers, for a state timeline. */
const PHASES = ['connecting', 'warmup', 'measure', 'drain', 'done']
const PHASE_NUMBER = PHASES.map(
  (phase, index) => `(${select('redis_test_phase', `phase="${phase}"`)} == 1) * ${index + 1}`,
).join(' or ')

const NOW = {
  title: 'Is it healthy?',
  panels: [
    stat({
      title: 'Throughput',
      description:
        'How many commands a second are settled? Measured phase only, whatever their outcome. Empty while the run connects and warms up.',
      unit: 'ops',
      detail: 'redis-test-comparison',
      width: 4,
      queries: [query(OPERATIONS, 'ops/s')],
    }),
    stat({
      title: 'Of target',
      description:
        'Does the run do what it was asked to? Settled commands as a share of the target rate of all instances. Below 99 % something holds it up: Redis, or the generator (last row but one). Empty in a closed loop, which has no target, and when only some operations are chosen it is too small.',
      unit: 'percentunit',
      detail: 'redis-test-instances',
      width: 4,
      steps: badBelow(0.99, 0.9),
      queries: [query(ratio(OPERATIONS, target()), 'of target')],
    }),
    stat({
      title: 'Error ratio',
      description:
        'Which share of the commands did not succeed? Failed and indeterminate ones over all that were settled. Zero is a measured zero; without load it is empty.',
      unit: 'percentunit',
      detail: 'redis-test-connections',
      width: 4,
      steps: badAbove(0.001, 0.01),
      queries: [query(errorRatio(), 'errors')],
    }),
    stat({
      title: 'Dropped load',
      description:
        'Which share of the due commands was not even sent? They were due while too many were unanswered, or the generator was too late. Anything above zero means that the latencies leave out the worst moments.',
      unit: 'percentunit',
      width: 4,
      steps: badAbove(0.000_001, 0.01),
      queries: [query(droppedRatio(), 'dropped')],
    }),
    stat({
      title: 'In flight',
      description:
        'How many commands wait for their answer right now? About rate × latency when all is well; it climbs when Redis stalls.',
      unit: 'none',
      width: 4,
      queries: [query(sum([], select('redis_test_in_flight_operations')), 'in flight')],
    }),
    stat({
      title: 'Connections',
      description:
        'How many connections are ready, and how many were lost and are not back? Down should be zero outside of a fault.',
      unit: 'none',
      detail: 'redis-test-connections',
      width: 4,
      queries: [
        query(sum([], select('redis_active_connections')), 'ready'),
        query(sum([], select('redis_test_connections_down')), 'down'),
      ],
    }),
    stat({
      title: 'Service time',
      description:
        'How long does Redis take? From the send of a command to its reply. Bucket bounds are 1, 2.5, 5, …, so a quantile is an estimate within its bucket.',
      unit: 's',
      detail: 'redis-test-latency',
      width: 8,
      steps: badAbove(0.05, 0.5),
      queries: [
        query(quantile(0.5, SERVICE, [], OPERATION), 'p50'),
        query(quantile(0.99, SERVICE, [], OPERATION), 'p99'),
        query(quantile(0.999, SERVICE, [], OPERATION), 'p99.9'),
      ],
    }),
    stat({
      title: 'Response time',
      description:
        'How long does a user wait? From the instant a command was due to its reply, with all queueing. Far above the service time means a queue. Empty in a closed loop.',
      unit: 's',
      detail: 'redis-test-latency',
      width: 8,
      steps: badAbove(0.05, 0.5),
      queries: [
        query(quantile(0.5, RESPONSE, [], OPERATION), 'p50'),
        query(quantile(0.99, RESPONSE, [], OPERATION), 'p99'),
        query(quantile(0.999, RESPONSE, [], OPERATION), 'p99.9'),
      ],
    }),
    stat({
      title: 'Faults',
      description:
        'How often did the runs break something on purpose? Count since each run began: 0 when none of the planned ones has happened yet, empty when the profile has none.',
      unit: 'none',
      detail: 'redis-test-connections',
      width: 4,
      queries: [query(runTotal('redis_test_faults_total', ['kind']), '{{kind}}')],
    }),
    stat({
      title: 'Alerts firing',
      description:
        'Does an alert fire? All of them, also those of the stack. "no data" means that none does. The runbooks are in docs/runbooks.',
      unit: 'none',
      width: 4,
      steps: ['text', [1, 'red']],
      queries: [query('count(ALERTS{alertstate="firing"})', 'firing')],
    }),
    states({
      title: 'Phase',
      description:
        'What was each instance doing, and when? Only "measure" counts commands and latencies. The same phases are marked on all other panels.',
      width: 24,
      states: {
        1: ['connecting', 'yellow'],
        2: ['warm-up', 'light-yellow'],
        3: ['measure', 'green'],
        4: ['drain', 'light-blue'],
        5: ['done', 'blue'],
      },
      queries: [
        query(
          `${aggregate('max', ['run_id', 'instance_id'])}(${PHASE_NUMBER})`,
          '{{run_id}} {{instance_id}}',
        ),
      ],
    }),
  ],
}

const RED = {
  title: 'Rate, errors and duration by operation',
  panels: [
    series({
      title: 'Rate by operation',
      description:
        'Which commands are sent, and do they add up to the target? Commands settled a second; the dashed line is the target of all instances.',
      unit: 'ops',
      width: 8,
      dashed: 'target',
      stacked: true,
      queries: [
        query(perSecond('redis_operations_total', ['operation'], OPERATION), '{{operation}}'),
        query(target(), 'target'),
      ],
    }),
    series({
      title: 'Errors by operation and type',
      description:
        'What goes wrong? Commands a second that did not succeed. The finer codes are on the dashboard "Connections & reconnections".',
      unit: 'ops',
      width: 8,
      queries: [
        query(
          `${perSecond('redis_operations_total', ['operation', 'error_type'], OPERATION, 'status="error"')} > 0`,
          '{{operation}} {{error_type}}',
        ),
      ],
    }),
    series({
      title: 'Service time p99 by operation',
      description:
        'Which command is slow? 99 of 100 were faster. The dots are traces: click one to see the command in Jaeger.',
      unit: 's',
      width: 8,
      queries: [traced(quantile(0.99, SERVICE, ['operation'], OPERATION), '{{operation}}')],
    }),
    series({
      title: 'Outcomes',
      description:
        'What became of the commands? ok: answered without an error. failed: certainly without effect, or the server said so. indeterminate: sent, and the answer never came.',
      unit: 'ops',
      width: 12,
      queries: [query(perSecond('redis_test_outcomes_total', ['outcome'], OPERATION), '{{outcome}}')],
    }),
    series({
      title: 'Scheduled, issued, dropped',
      description:
        'Was every due command sent? scheduled = issued + dropped, for the whole load, whatever operations are chosen. Warm-up commands are counted apart.',
      unit: 'ops',
      width: 12,
      dashed: 'scheduled',
      queries: [
        query(perSecond('redis_test_scheduled_operations_total'), 'scheduled'),
        query(perSecond('redis_test_issued_operations_total'), 'issued'),
        query(perSecond('redis_test_dropped_operations_total', ['reason']), 'dropped: {{reason}}'),
        query(perSecond('redis_test_warmup_operations_total'), 'warm-up'),
      ],
    }),
  ],
}

export const overview = buildDashboard({
  uid: 'redis-test-overview',
  title: DASHBOARD_TITLES['redis-test-overview'],
  description: 'What happened in a run, is Redis healthy, and is the load generator honest.',
  variables: runVariables(),
  annotations: runAnnotations(),
  sections: [NOW, RED, HONESTY, RUNS],
})
