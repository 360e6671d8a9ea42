import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UsageError } from '../model/errors.ts'
import type { RunPhase } from '../model/run-view.ts'
import type { ExpositionFormat, PrometheusExposition } from './prometheus.ts'

export interface MetricsServerSpec {
  readonly host: string
  readonly port: number
}

export interface MetricsServerParts {
  /** Absent until the run has numbers to show. */
  readonly exposition: () => PrometheusExposition | undefined
  readonly phase: () => RunPhase
  readonly countScrape: () => void
}

export interface MetricsServer {
  /** Where it listens, for people: `http://127.0.0.1:8000`. */
  readonly url: string
  close(): void
}

const MAX_CONNECTIONS = 64

/**
 * Serves `/metrics` (text or OpenMetrics by Accept), `/healthz` (the process lives) and `/readyz` (load is running).
 * GET and HEAD only; nothing of the request is ever shown. Rejects with a {@link UsageError} when it cannot listen.
 */
export async function startMetricsServer(
  spec: MetricsServerSpec,
  parts: MetricsServerParts,
): Promise<MetricsServer> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5000, keepAliveTimeout: 5000 },
    (request, response) => {
      answer(request, response, parts).catch(() => fail(response))
    },
  )
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, spec)
  server.unref()
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${spec.host.includes(':') ? `[${spec.host}]` : spec.host}:${port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parts: MetricsServerParts,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(response, 405, 'text/plain; charset=utf-8', 'only GET and HEAD\n', { allow: 'GET, HEAD' })
    return
  }
  const path = request.url?.split('?')[0]
  if (path === '/healthz') send(response, 200, 'text/plain; charset=utf-8', 'ok\n')
  else if (path === '/readyz') answerReadiness(response, parts.phase())
  else if (path === '/metrics') await answerMetrics(request, response, parts)
  else
    send(response, 404, 'text/plain; charset=utf-8', 'not found; there are /metrics, /healthz and /readyz\n')
}

function answerReadiness(response: ServerResponse, phase: RunPhase): void {
  const isReady = phase === 'warmup' || phase === 'measure'
  send(response, isReady ? 200 : 503, 'text/plain; charset=utf-8', `${phase}\n`)
}

async function answerMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  parts: MetricsServerParts,
): Promise<void> {
  const exposition = parts.exposition()
  if (exposition === undefined) {
    send(response, 503, 'text/plain; charset=utf-8', 'starting\n')
    return
  }
  parts.countScrape()
  const format = chooseFormat(request.headers.accept)
  send(response, 200, exposition.contentType(format), await exposition.render(format))
}

/** OpenMetrics when the client names it with at least the weight of plain text, as Prometheus does. */
export function chooseFormat(accept: string | undefined): ExpositionFormat {
  const weights = new Map<string, number>()
  for (const entry of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = entry.trim().toLowerCase().split(';')
    const quality = parameters.find((parameter) => parameter.trim().startsWith('q='))
    const weight = quality === undefined ? 1 : Number(quality.trim().slice(2))
    weights.set(type.trim(), Math.max(weights.get(type.trim()) ?? 0, Number.isNaN(weight) ? 0 : weight))
  }
  const openMetrics = weights.get('application/openmetrics-text') ?? 0
  const text = weights.get('text/plain') ?? 0
  return openMetrics > 0 && openMetrics >= text ? 'openmetrics' : 'text'
}

function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

function fail(response: ServerResponse): void {
  if (!response.headersSent) send(response, 500, 'text/plain; charset=utf-8', 'could not render\n')
}

function listen(server: Server, { host, port }: MetricsServerSpec): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)))
    server.listen(port, host, resolve)
  })
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const path = error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' ? 'metrics.host' : 'metrics.port'
  const reason = {
    EADDRINUSE: 'is taken by another process',
    EACCES: 'may not be used without privileges',
  }[error.code ?? '']
  return new UsageError([
    {
      path,
      message: `${host}:${port} ${reason ?? `cannot be listened on (${error.code ?? error.message})`}`,
      hint: 'choose another with --metrics-port, 0 for any free one, or --no-metrics',
    },
  ])
}
