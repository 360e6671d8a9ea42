import { duration, durationInMillis, endpoint, integer, ratio, text, toggle } from '../value-kinds.ts'
import { type Setting, settingsOf } from './setting.ts'

const metrics = settingsOf(
  'Metrics',
  [
    {
      key: 'metrics.enabled',
      flags: ['--metrics'],
      env: ['METRICS_ENABLED'],
      kind: toggle(),
      default: true,
      help: 'Serve /metrics, /healthz and /readyz',
    },
    {
      key: 'metrics.host',
      flags: ['--metrics-host'],
      env: ['METRICS_HOST'],
      kind: text(),
      default: '127.0.0.1',
      help: 'Address to listen on; anything but the default shows the numbers to others',
    },
    {
      key: 'metrics.port',
      flags: ['--metrics-port'],
      env: ['METRICS_PORT'],
      kind: integer({ min: 0, max: 65_535 }),
      default: 8000,
      help: 'Port to listen on; 0 for any free one',
    },
    {
      key: 'metrics.linger',
      plan: 'metrics.linger_ms',
      flags: ['--metrics-linger'],
      env: ['METRICS_LINGER'],
      kind: duration({ max: 3_600_000 }),
      default: 0,
      help: 'Keep answering with the final numbers after the run, for a last scrape',
    },
  ],
  { inProfile: false },
)

const otel = settingsOf(
  'OpenTelemetry',
  [
    {
      key: 'otel.enabled',
      flags: ['--otel'],
      env: ['OTEL_ENABLED'],
      kind: toggle(),
      default: null,
      help: 'Export metrics and traces (with --otel-logs the log, too) over OTLP gRPC; default on when an endpoint is given',
    },
    {
      key: 'otel.endpoint',
      flags: ['--otel-endpoint'],
      env: ['OTEL_EXPORTER_OTLP_ENDPOINT'],
      kind: endpoint('OTEL_EXPORTER_OTLP_HEADERS', { isHttp: false }),
      default: null,
      help: 'OTLP gRPC endpoint, for example http://127.0.0.1:4317',
    },
    {
      key: 'otel.metrics_endpoint',
      env: ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'],
      kind: endpoint('OTEL_EXPORTER_OTLP_HEADERS', { isHttp: false }),
      default: null,
      help: 'Endpoint of the metrics alone',
    },
    {
      key: 'otel.traces_endpoint',
      env: ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
      kind: endpoint('OTEL_EXPORTER_OTLP_HEADERS', { isHttp: false }),
      default: null,
      help: 'Endpoint of the traces alone',
    },
    {
      key: 'otel.logs_endpoint',
      env: ['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT'],
      kind: endpoint('OTEL_EXPORTER_OTLP_HEADERS', { isHttp: false }),
      default: null,
      help: 'Endpoint of the log alone',
    },
    {
      key: 'otel.logs',
      flags: ['--otel-logs'],
      env: ['OTEL_LOGS_ENABLED'],
      kind: toggle(),
      default: false,
      help: 'Send the log over OTLP as well, with trace_id and span_id; OTEL_LOGS_EXPORTER=otlp does the same',
    },
    {
      key: 'otel.service_name',
      flags: ['--otel-service-name'],
      env: ['OTEL_SERVICE_NAME'],
      kind: text(),
      default: 'redis-test',
      help: 'service.name of the exported resource',
    },
    {
      key: 'otel.export_interval',
      plan: 'otel.export_interval_ms',
      flags: ['--otel-export-interval'],
      env: ['OTEL_EXPORT_INTERVAL', 'OTEL_METRIC_EXPORT_INTERVAL'],
      kind: durationInMillis({ min: 100, max: 3_600_000 }),
      default: 5000,
      help: 'Time between two exports of the metrics',
    },
    {
      key: 'traces.sample_ratio',
      flags: ['--trace-sample-ratio'],
      env: ['TEST_TRACE_SAMPLE_RATIO'],
      kind: ratio(),
      default: 0.01,
      help: 'Share of the successful commands that get a span, before the limit; OTEL_TRACES_SAMPLER is honoured too',
    },
    {
      key: 'traces.max_per_second',
      flags: ['--trace-max-per-second'],
      env: ['TEST_TRACE_MAX_PER_SECOND'],
      kind: integer({ min: 0, max: 10_000 }),
      default: 10,
      help: 'Most spans a second for each reason: sampled, error, slow',
    },
    {
      key: 'traces.slow',
      plan: 'traces.slow_ms',
      flags: ['--trace-slow'],
      env: ['TEST_TRACE_SLOW'],
      kind: duration({ max: 3_600_000 }),
      default: 100,
      help: 'A command slower than this gets a span',
    },
  ],
  { inProfile: false },
)

const profiling = settingsOf(
  'Profiling',
  [
    {
      key: 'profiling.server',
      flags: ['--pyroscope-server-address'],
      env: ['PYROSCOPE_SERVER_ADDRESS'],
      kind: endpoint('PYROSCOPE_AUTH_TOKEN', { isHttp: true }),
      default: null,
      help: 'Send CPU and heap profiles of all threads to this Pyroscope server; needs the package @pyroscope/nodejs',
    },
  ],
  { inProfile: false },
)

export const telemetrySettings: readonly Setting[] = [...metrics, ...otel, ...profiling]
