import { createServer, type Server as TcpServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Server, ServerCredentials, status, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js'
import protobuf from 'protobufjs'

export type Attributes = Readonly<Record<string, string | number | boolean>>

export interface ReceivedPoint {
  readonly attributes: Attributes
  /** Value of a counter or gauge; count of a histogram. */
  readonly value: number
  readonly sum: number
  readonly bounds: readonly number[]
  readonly buckets: readonly number[]
}

export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  readonly kind: number
  readonly startMillis: number
  readonly endMillis: number
  readonly attributes: Attributes
  readonly statusCode: number
}

/** What an OTLP receiver does with a request. */
export type Behaviour = 'answer' | 'refuse' | 'hang'

export interface Collector {
  readonly endpoint: string
  behaviour: Behaviour
  /** The newest points of each metric. */
  readonly metrics: ReadonlyMap<string, readonly ReceivedPoint[]>
  readonly spans: readonly ReceivedSpan[]
  readonly resources: readonly Attributes[]
  readonly requests: { metrics: number; traces: number }
  readonly metadata: readonly string[]
  stop(): void
}

interface Pair {
  key: string
  value: { stringValue?: string; boolValue?: boolean; intValue?: string; doubleValue?: number }
}

const root = protobuf.loadSync(fileURLToPath(new URL('otlp.proto', import.meta.url)))

/** A real gRPC server that speaks OTLP. */
export async function startCollector(): Promise<Collector> {
  const server = new Server()
  const metrics = new Map<string, ReceivedPoint[]>()
  const spans: ReceivedSpan[] = []
  const resources: Attributes[] = []
  const metadata: string[] = []
  const state = { behaviour: 'answer' as Behaviour, requests: { metrics: 0, traces: 0 } }
  const serve = (path: string, type: string, receive: (request: Tree) => void): void => {
    server.addService(
      {
        Export: {
          path,
          requestStream: false,
          responseStream: false,
          requestDeserialize: (bytes: Buffer) => decode(type, bytes),
          responseSerialize: () => Buffer.alloc(0),
          requestSerialize: () => Buffer.alloc(0),
          responseDeserialize: () => ({}),
        },
      },
      {
        Export(call: ServerUnaryCall<Tree, object>, done: sendUnaryData<object>) {
          metadata.push(...call.metadata.get('x-token').map(String))
          if (state.behaviour === 'hang') return
          if (state.behaviour === 'refuse') {
            done({ code: status.PERMISSION_DENIED, details: 'no' })
            return
          }
          receive(call.request)
          done(null, {})
        },
      },
    )
  }
  serve('/opentelemetry.proto.collector.metrics.v1.MetricsService/Export', 'MetricsRequest', (request) => {
    state.requests.metrics++
    for (const { resource, scopeMetrics } of list(request, 'resourceMetrics')) {
      resources.push(attributesOf(resource as Tree))
      for (const scope of scopeMetrics as Tree[])
        for (const metric of list(scope, 'metrics')) metrics.set(String(metric.name), pointsOf(metric))
    }
  })
  serve('/opentelemetry.proto.collector.trace.v1.TraceService/Export', 'TraceRequest', (request) => {
    state.requests.traces++
    for (const { resource, scopeSpans } of list(request, 'resourceSpans')) {
      resources.push(attributesOf(resource as Tree))
      for (const scope of scopeSpans as Tree[]) spans.push(...list(scope, 'spans').map(spanOf))
    }
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  return {
    endpoint: `http://127.0.0.1:${port}`,
    get behaviour() {
      return state.behaviour
    },
    set behaviour(behaviour) {
      state.behaviour = behaviour
    },
    metrics,
    spans,
    resources,
    requests: state.requests,
    metadata,
    stop: () => server.forceShutdown(),
  }
}

/** Accepts connections and never says a word. */
export async function startSilentPort(): Promise<{ readonly port: number; stop(): void }> {
  const sockets = new Set<Socket>()
  const server: TcpServer = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

type Tree = Record<string, unknown>

function decode(type: string, bytes: Buffer): Tree {
  const message = root.lookupType(type)
  return message.toObject(message.decode(bytes), { longs: String, bytes: String, arrays: true })
}

function list(tree: Tree, name: string): Tree[] {
  return (tree[name] ?? []) as Tree[]
}

function attributesOf(tree: Tree): Attributes {
  return Object.fromEntries(
    ((tree['attributes'] ?? []) as Pair[]).map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? value.doubleValue ?? Number(value.intValue ?? 0),
    ]),
  )
}

function pointsOf(metric: Tree): ReceivedPoint[] {
  const data = (metric['gauge'] ?? metric['sum'] ?? metric['histogram']) as Tree
  return list(data, 'dataPoints').map((point) => ({
    attributes: attributesOf(point),
    value: Number(point['asDouble'] ?? point['asInt'] ?? point['count'] ?? 0),
    sum: Number(point['sum'] ?? 0),
    bounds: (point['explicitBounds'] ?? []) as number[],
    buckets: ((point['bucketCounts'] ?? []) as string[]).map(Number),
  }))
}

function spanOf(span: Tree): ReceivedSpan {
  const hex = (name: string): string => Buffer.from((span[name] ?? '') as string, 'base64').toString('hex')
  const millis = (name: string): number => Number(BigInt(String(span[name])) / 1000n) / 1000
  return {
    traceId: hex('traceId'),
    spanId: hex('spanId'),
    parentSpanId: hex('parentSpanId'),
    name: String(span['name']),
    kind: Number(span['kind'] ?? 0),
    startMillis: millis('startTimeUnixNano'),
    endMillis: millis('endTimeUnixNano'),
    attributes: attributesOf(span),
    statusCode: Number(((span['status'] ?? {}) as Tree)['code'] ?? 0),
  }
}
