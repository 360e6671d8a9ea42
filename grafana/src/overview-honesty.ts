import { badAbove, series } from './panels.ts'
import { cpuPerThread, perSecond, quantile, ratio, select, sum } from './queries.ts'
import { query } from './query.ts'

const INSTANCE = ['instance_id']

/** Whether the numbers say something about Redis or about the tool that made them. */
export const HONESTY = {
  title: 'Is the generator honest?',
  panels: [
    series({
      title: 'Start lag',
      description:
        'Did commands start when they were due? Time from the due instant to the send. Above a few milliseconds the generator, not Redis, makes the response time. Empty in a closed loop.',
      unit: 's',
      width: 6,
      steps: badAbove(0.005, 0.05),
      queries: [
        query(quantile(0.5, 'redis_test_start_lag_seconds'), 'p50'),
        query(quantile(0.99, 'redis_test_start_lag_seconds'), 'p99'),
      ],
    }),
    series({
      title: 'Event-loop delay p99',
      description:
        'Was a load thread too busy to look at its sockets? Replies that wait in a busy thread look slow. Above 10 ms the measured latencies are too high.',
      unit: 's',
      width: 6,
      steps: badAbove(0.01, 0.05),
      queries: [query(quantile(0.99, 'redis_test_loop_delay_seconds', INSTANCE), '{{instance_id}}')],
    }),
    series({
      title: 'CPU per load thread',
      description:
        'Is a load thread at the end of its core? CPU seconds a second for each thread. Above 80 % add threads or instances before believing the latencies.',
      unit: 'percentunit',
      width: 6,
      steps: badAbove(0.8, 0.95),
      queries: [query(cpuPerThread(INSTANCE), '{{instance_id}}')],
    }),
    series({
      title: 'Garbage collection',
      description:
        'How much time goes into garbage collection? Share of the time of a load thread. Above 5 % look for what makes so much garbage: large values, deep pipelines.',
      unit: 'percentunit',
      width: 6,
      steps: badAbove(0.05, 0.2),
      queries: [
        query(
          ratio(
            perSecond('redis_test_gc_pause_seconds_sum', INSTANCE),
            sum(INSTANCE, select('redis_test_threads')),
          ),
          '{{instance_id}}',
        ),
      ],
    }),
    series({
      title: 'Longest garbage collections',
      description:
        'How long does one collection stop a thread? The p99 of single pauses. Compare it with the p99.9 of the latencies: they often have the same cause.',
      unit: 's',
      width: 6,
      steps: badAbove(0.01, 0.05),
      queries: [query(quantile(0.99, 'redis_test_gc_pause_seconds', INSTANCE), '{{instance_id}}')],
    }),
    series({
      title: 'Dropped by reason',
      description:
        'Who is to blame for load that was not sent? max_in_flight: too many answers outstanding, so Redis. generator_late: the tool itself.',
      unit: 'ops',
      width: 6,
      queries: [query(perSecond('redis_test_dropped_operations_total', ['reason']), '{{reason}}')],
    }),
    series({
      title: 'Deadlines',
      description:
        'Do commands end by their deadline instead of by a reply? Replies that came after the deadline, and commands whose reply is still missing. Both belong to commands that are counted as indeterminate.',
      unit: 'none',
      width: 6,
      queries: [
        query(perSecond('redis_test_late_replies_total'), 'late replies a second'),
        query(sum([], select('redis_test_abandoned_operations')), 'still outstanding'),
      ],
    }),
    series({
      title: 'Mishaps of the tool',
      description:
        'Did the tool lose something of what it measured? Failed exports, spans without room in the queue, journal lines that could not be written, errors inside the client. All should stay at zero.',
      unit: 'cps',
      width: 6,
      queries: [
        query(
          perSecond('redis_test_telemetry_exports_total', ['signal'], 'result="failed"'),
          'export: {{signal}}',
        ),
        query(perSecond('redis_test_spans_dropped_total'), 'spans dropped'),
        query(perSecond('redis_test_journal_failures_total'), 'journal'),
        query(perSecond('redis_test_internal_errors_total'), 'internal errors'),
      ],
    }),
  ],
}
