import { join } from 'node:path'
import { ROOT } from '../../e2e/support/command-line.ts'
import { answers, type Component, freePorts, startComponent } from './process.ts'

export interface JaegerSpan {
  readonly traceID: string
  readonly spanID: string
  readonly operationName: string
  readonly references: readonly { readonly refType: string; readonly spanID: string }[]
  /** Microseconds. */
  readonly startTime: number
  readonly duration: number
  readonly tags: readonly { readonly key: string; readonly value: unknown }[]
  readonly processID: string
}

export interface JaegerTrace {
  readonly traceID: string
  readonly spans: readonly JaegerSpan[]
  readonly processes: Readonly<
    Record<string, { readonly serviceName: string; readonly tags: JaegerSpan['tags'] }>
  >
}

export interface Jaeger extends Component {
  readonly url: string
  readonly otlp: number
  readonly metrics: number
  traces(service: string, tags?: Readonly<Record<string, string>>): Promise<readonly JaegerTrace[]>
  trace(id: string): Promise<JaegerTrace>
}

/** jaeger/config.yaml on ports of the test. */
export async function startJaeger(program: string, prometheusUrl: string): Promise<Jaeger> {
  const [query, queryGrpc, otlp, otlpHttp, health, metrics] = await freePorts(6)
  const url = `http://127.0.0.1:${query}`
  const set = {
    'extensions.jaeger_query.http.endpoint': `127.0.0.1:${query}`,
    'extensions.jaeger_query.grpc.endpoint': `127.0.0.1:${queryGrpc}`,
    'extensions.jaeger_query.ui.config_file': join(ROOT, 'jaeger/ui.json'),
    'extensions.healthcheckv2.http.endpoint': `127.0.0.1:${health}`,
    'extensions.jaeger_storage.metric_backends.prometheus.prometheus.endpoint': prometheusUrl,
    'receivers.otlp.protocols.grpc.endpoint': `127.0.0.1:${otlp}`,
    'receivers.otlp.protocols.http.endpoint': `127.0.0.1:${otlpHttp}`,
  }
  const reader = { pull: { exporter: { prometheus: { host: '127.0.0.1', port: metrics } } } }
  const component = await startComponent(
    'jaeger',
    [
      program,
      ...['--config', join(ROOT, 'jaeger/config.yaml')],
      ...Object.entries(set).flatMap(([path, value]) => ['--set', `${path}=${value}`]),
      ...[
        '--config',
        `yaml:${JSON.stringify({ service: { telemetry: { metrics: { readers: [reader] } } } })}`,
      ],
    ],
    () => answers(`http://127.0.0.1:${health}/status`),
  )
  const get = async <Data>(path: string): Promise<Data> => {
    const response = await fetch(`${url}${path}`)
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown }
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(errors)}`)
    return data
  }
  return {
    ...component,
    url,
    otlp: otlp!,
    metrics: metrics!,
    // Before the first trace Jaeger answers null.
    traces: async (service, tags = {}) =>
      (await get<JaegerTrace[] | null>(
        `/api/traces?service=${service}&limit=100&lookback=1h&tags=${encodeURIComponent(JSON.stringify(tags))}`,
      )) ?? [],
    async trace(id) {
      const [trace] = await get<JaegerTrace[]>(`/api/traces/${id}`)
      if (trace === undefined) throw new Error(`no trace ${id}`)
      return trace
    },
  }
}
