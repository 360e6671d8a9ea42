import { badAbove, series, stat } from './panels.ts'
import { type Query, query } from './query.ts'

const JOB = '{job="otel-collector"}'
const SIGNALS = [
  ['spans', 'spans'],
  ['metric_points', 'metrics'],
  ['log_records', 'logs'],
] as const

/** Items a second of each signal. */
function bySignal(prefix: string, label: 'receiver' | 'exporter', word = ''): Query[] {
  return SIGNALS.map(([suffix, name]) =>
    query(
      `sum by (${label}) (rate(${prefix}_${suffix}_total${JOB}[$__rate_interval]))`,
      `${word}${name}: {{${label}}}`,
    ),
  )
}

export const COLLECTOR = {
  title: 'The collector',
  panels: [
    stat({
      title: 'Up',
      description:
        'Does the collector run, and since when? Its uptime; a small one in the middle of a run means that it was restarted.',
      unit: 's',
      width: 6,
      height: 8,
      queries: [query(`otelcol_process_uptime_seconds_total${JOB}`, 'uptime')],
    }),
    series({
      title: 'Accepted',
      description: 'What comes in? Spans, metric points and log records a second, by receiver.',
      unit: 'cps',
      width: 9,
      queries: bySignal('otelcol_receiver_accepted', 'receiver'),
    }),
    series({
      title: 'Refused',
      description:
        'Does the collector turn data away? Refused items a second: its memory limiter protects it. The senders try again for a while, then they lose data.',
      unit: 'cps',
      width: 9,
      queries: bySignal('otelcol_receiver_refused', 'receiver'),
    }),
    series({
      title: 'Sent',
      description: 'What goes on? Items a second, by exporter. Several exporters send the same spans each.',
      unit: 'cps',
      width: 12,
      queries: bySignal('otelcol_exporter_sent', 'exporter'),
    }),
    series({
      title: 'Failed',
      description:
        'What is lost on the way? Items a second that an exporter gave up, or that found its queue full. A series begins with its first failure; empty is good.',
      unit: 'cps',
      width: 12,
      queries: [
        ...bySignal('otelcol_exporter_send_failed', 'exporter', 'not sent: '),
        ...bySignal('otelcol_exporter_enqueue_failed', 'exporter', 'queue full: '),
      ],
    }),
    series({
      title: 'Queue',
      description:
        'Is an exporter behind? Share of its queue that is taken. It grows while a back end is away; at 100 % data is lost.',
      unit: 'percentunit',
      width: 8,
      max: 1,
      steps: badAbove(0.5, 0.9),
      queries: [
        query(
          `sum by (exporter, data_type) (otelcol_exporter_queue_size${JOB}) / sum by (exporter, data_type) (otelcol_exporter_queue_capacity${JOB})`,
          '{{exporter}} {{data_type}}',
        ),
      ],
    }),
    series({
      title: 'Memory',
      description:
        'Is it near its limit? Resident memory, and the heap. When the heap reaches 80 % of the memory of its container, the limiter begins to refuse.',
      unit: 'bytes',
      width: 8,
      queries: [
        query(`otelcol_process_memory_rss_bytes${JOB}`, 'resident'),
        query(`otelcol_process_runtime_heap_alloc_bytes${JOB}`, 'heap'),
      ],
    }),
    series({
      title: 'CPU',
      description:
        'How much does telemetry cost on this side? CPU seconds a second of the collector; 100 % is one core.',
      unit: 'percentunit',
      width: 8,
      queries: [query(`rate(otelcol_process_cpu_seconds_total${JOB}[$__rate_interval])`, 'collector')],
    }),
  ],
}
