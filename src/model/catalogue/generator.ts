import { LAG_BOUNDS_SECONDS } from '../bounds.ts'
import type { Histogram } from '../histogram.ts'
import { type RunView, SIGNALS, RUN_PHASES } from '../run-view.ts'
import { KEPT_REASONS } from '../kept-command.ts'
import { VERDICTS } from '../verification.ts'
import { histogramPoint, labelled, type Metric, single } from './metric.ts'

function counter(name: string, unit: string, help: string, read: (view: RunView) => number): Metric {
  return single({ prometheus: name, type: 'counter', unit, help }, read)
}

function gauge(name: string, unit: string, help: string, read: (view: RunView) => number): Metric {
  return single({ prometheus: name, type: 'gauge', unit, help }, read)
}

function lag(name: string, help: string, pick: (view: RunView) => Histogram): Metric {
  return {
    prometheus: name,
    otel: name,
    type: 'histogram',
    unit: 's',
    help,
    labels: [],
    boundsSeconds: LAG_BOUNDS_SECONDS,
    points: (view) => [histogramPoint(pick(view), LAG_BOUNDS_SECONDS, {})],
  }
}

/** The generator about itself: what it was asked for, what it did, and how well it kept time. */
export const generatorMetrics: readonly Metric[] = [
  labelled(
    {
      prometheus: 'redis_test_run_info',
      type: 'gauge',
      unit: '{run}',
      help: 'Always 1; its labels describe the run.',
      labels: ['profile', 'load_model', 'preset', 'batch', 'coalesce_writes'],
    },
    ({ plan }) => [
      {
        labels: {
          profile: plan.profile.name,
          load_model: plan.load.model,
          preset: plan.client.preset,
          batch: plan.batch.kind,
          coalesce_writes: String(plan.client.coalesce_writes),
        },
        value: 1,
      },
    ],
  ),
  labelled(
    {
      prometheus: 'redis_test_phase',
      type: 'gauge',
      unit: '{phase}',
      help: 'The phase the run is in: 1 for that one, 0 for the others.',
      labels: ['phase'],
    },
    ({ phase }) => RUN_PHASES.map((name) => ({ labels: { phase: name }, value: name === phase ? 1 : 0 })),
  ),
  gauge(
    'redis_test_target_operations_per_second',
    '{operation}',
    'Target rate in commands per second at this moment; 0 in a closed loop.',
    ({ targetOpsPerSecond }) => targetOpsPerSecond,
  ),
  counter(
    'redis_test_warmup_operations_total',
    '{operation}',
    'Commands issued in the warm-up, which no other metric counts.',
    ({ snapshot }) => snapshot.warmup.counters.issued,
  ),
  counter(
    'redis_test_scheduled_operations_total',
    '{operation}',
    'Commands that were due: issued + dropped.',
    ({ snapshot }) => snapshot.measure.counters.scheduled,
  ),
  counter(
    'redis_test_issued_operations_total',
    '{operation}',
    'Commands handed to the client.',
    ({ snapshot }) => snapshot.measure.counters.issued,
  ),
  labelled(
    {
      prometheus: 'redis_test_dropped_operations_total',
      type: 'counter',
      unit: '{operation}',
      help: 'Commands that were due and not issued, by reason.',
      labels: ['reason'],
    },
    ({ snapshot: { measure } }) => [
      { labels: { reason: 'max_in_flight' }, value: measure.counters.dropped_max_in_flight },
      { labels: { reason: 'generator_late' }, value: measure.counters.dropped_generator_late },
    ],
  ),
  gauge(
    'redis_test_in_flight_operations',
    '{operation}',
    'Commands issued and not settled.',
    ({ snapshot }) => snapshot.gauges.in_flight,
  ),
  gauge(
    'redis_test_abandoned_operations',
    '{operation}',
    'Commands settled by their deadline whose reply is still outstanding.',
    ({ snapshot }) => snapshot.gauges.abandoned,
  ),
  counter(
    'redis_test_late_replies_total',
    '{operation}',
    'Replies to commands that their deadline had settled already.',
    ({ snapshot }) => snapshot.counters.late_replies,
  ),
  counter(
    'redis_test_resent_commands_total',
    '{operation}',
    'Commands that the client sent again by itself after a reconnection (preset as-app).',
    ({ snapshot }) => snapshot.counters.resent_commands,
  ),
  counter(
    'redis_test_connections_renewed_total',
    '{connection}',
    'Connections that were closed and dialled anew on purpose (client.renew_after); none of them counts as lost.',
    ({ snapshot }) => snapshot.counters.renewals,
  ),
  counter(
    'redis_test_offline_queued_commands_total',
    '{operation}',
    'Commands that the client queued because it had no connection (preset as-app).',
    ({ snapshot }) => snapshot.counters.offline_queued_commands,
  ),
  labelled(
    {
      prometheus: 'redis_test_verified_reads_total',
      type: 'counter',
      unit: '{read}',
      help: 'Values that were read and verified (--verify), by verdict, warm-up included.',
      labels: ['verdict'],
    },
    ({ plan, snapshot: { counters } }) =>
      plan.values.verify
        ? VERDICTS.map((verdict) => ({ labels: { verdict }, value: counters[`verify_${verdict}`] }))
        : [],
  ),
  lag(
    'redis_test_start_lag_seconds',
    'Start lag: how long after its due instant an arrival was sent. Open loop only.',
    ({ snapshot }) => snapshot.measure.startLag,
  ),
  lag(
    'redis_test_loop_delay_seconds',
    'Event-loop delay of the load threads, sampled a hundred times a second.',
    ({ snapshot }) => snapshot.histograms.loop_delay,
  ),
  lag(
    'redis_test_gc_pause_seconds',
    'Garbage collection in the load threads.',
    ({ snapshot }) => snapshot.histograms.gc_pause,
  ),
  counter(
    'redis_test_thread_cpu_seconds_total',
    's',
    'CPU time of the load threads, user and system.',
    ({ snapshot }) => snapshot.gauges.cpu_micros / 1e6,
  ),
  gauge('redis_test_threads', '{thread}', 'Load threads.', ({ plan }) => plan.load.threads),
]

/** The tool's own mishaps. */
export const toolMetrics: readonly Metric[] = [
  labelled(
    {
      prometheus: 'redis_test_kept_commands_total',
      type: 'counter',
      unit: '{span}',
      help: 'Commands kept for a span, by reason.',
      labels: ['reason'],
    },
    ({ snapshot }) =>
      KEPT_REASONS.map((reason) => ({ labels: { reason }, value: snapshot.counters[`kept_${reason}`] })),
  ),
  counter(
    'redis_test_kept_commands_dropped_total',
    '{span}',
    'Commands that would have been kept for a span but for the rate limit.',
    ({ snapshot }) => snapshot.counters.kept_dropped,
  ),
  labelled(
    {
      prometheus: 'redis_test_telemetry_exports_total',
      type: 'counter',
      unit: '{export}',
      help: 'OTLP exports by signal and result.',
      labels: ['signal', 'result'],
    },
    ({ tool }) =>
      SIGNALS.flatMap((signal) => [
        { labels: { signal, result: 'ok' }, value: tool.exports[signal].ok },
        { labels: { signal, result: 'failed' }, value: tool.exports[signal].failed },
      ]),
  ),
  counter(
    'redis_test_spans_dropped_total',
    '{span}',
    'Spans that found the export queue full.',
    ({ tool }) => tool.spansDropped,
  ),
  counter(
    'redis_test_journal_failures_total',
    '{line}',
    'Journal lines that could not be written.',
    ({ tool }) => tool.journalFailures,
  ),
  counter(
    'redis_test_internal_errors_total',
    '{error}',
    'Errors inside the client that belong to no command of ours.',
    ({ snapshot }) => snapshot.counters.internal_errors,
  ),
]
