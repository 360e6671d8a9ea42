import { join } from 'node:path'
import { ROOT } from '../../e2e/support/command-line.ts'
import { answers, type Component, freePorts, startComponent } from './process.ts'

const FOLDER = join(ROOT, 'otel-collector')

export interface CollectorPorts {
  readonly otlp: number
  readonly otlpHttp: number
  readonly health: number
  readonly self: number
  readonly exporter: number
  readonly zipkin: number
  readonly jaegerGrpc: number
  readonly jaegerHttp: number
  readonly zpages: number
}

export async function collectorPorts(): Promise<CollectorPorts> {
  const [otlp, otlpHttp, health, self, exporter, zipkin, jaegerGrpc, jaegerHttp, zpages] = await freePorts(9)
  return {
    otlp: otlp!,
    otlpHttp: otlpHttp!,
    health: health!,
    self: self!,
    exporter: exporter!,
    zipkin: zipkin!,
    jaegerGrpc: jaegerGrpc!,
    jaegerHttp: jaegerHttp!,
    zpages: zpages!,
  }
}

export interface Overrides {
  /** Names of files in otel-collector/overlays. */
  readonly overlays?: readonly string[]
  /** Single settings, as `path::to::key: value`. */
  readonly more?: readonly string[]
}

/** The files that docker-compose.yml gives the collector, then where it listens here. */
export function collectorArguments(
  ports: CollectorPorts,
  { overlays = [], more = [] }: Overrides = {},
): string[] {
  const listen = {
    'receivers::otlp::protocols::grpc::endpoint': ports.otlp,
    'receivers::otlp::protocols::http::endpoint': ports.otlpHttp,
    'receivers::zipkin::endpoint': ports.zipkin,
    'receivers::jaeger::protocols::grpc::endpoint': ports.jaegerGrpc,
    'receivers::jaeger::protocols::thrift_http::endpoint': ports.jaegerHttp,
    'extensions::health_check::endpoint': ports.health,
    'extensions::zpages::endpoint': ports.zpages,
    'exporters::prometheus::endpoint': ports.exporter,
  }
  const selfTelemetry = {
    service: {
      telemetry: {
        metrics: {
          readers: [
            {
              pull: {
                exporter: {
                  prometheus: {
                    host: '127.0.0.1',
                    port: ports.self,
                    without_scope_info: true,
                    without_type_suffix: false,
                    without_units: false,
                  },
                },
              },
            },
          ],
        },
      },
    },
  }
  return [
    join(FOLDER, 'config.yaml'),
    ...overlays.map((overlay) => join(FOLDER, 'overlays', `${overlay}.yaml`)),
    ...Object.entries(listen).map(([path, port]) => `yaml:${path}: 127.0.0.1:${port}`),
    `yaml:${JSON.stringify(selfTelemetry)}`,
    ...more.map((setting) => `yaml:${setting}`),
  ].flatMap((config) => ['--config', config])
}

export function startCollector(
  program: string,
  ports: CollectorPorts,
  options: Overrides & { readonly env: Readonly<Record<string, string>> },
): Promise<Component> {
  return startComponent(
    'collector',
    [program, ...collectorArguments(ports, options)],
    () => answers(`http://127.0.0.1:${ports.health}/`),
    options.env,
  )
}
