import { afterEach, describe, expect, it } from 'vitest'
import { UsageError } from '../../src/model/errors.ts'
import type { RunPhase } from '../../src/model/run-view.ts'
import { chooseFormat, type MetricsServer, startMetricsServer } from '../../src/telemetry/metrics-server.ts'
import type { PrometheusExposition } from '../../src/telemetry/prometheus.ts'

const contentType = (format: string): string => `type/${format}`
const EXPOSITION = {
  contentType,
  render: (format: string) => Promise.resolve(`rendered ${format}\n`),
} as unknown as PrometheusExposition

let server: MetricsServer | undefined
afterEach(() => server?.close())

async function start(
  options: { phase?: RunPhase; exposition?: PrometheusExposition | undefined } = {},
): Promise<{ scrapes: () => number }> {
  let scrapes = 0
  server = await startMetricsServer(
    { host: '127.0.0.1', port: 0 },
    {
      exposition: () => ('exposition' in options ? options.exposition : EXPOSITION),
      phase: () => options.phase ?? 'measure',
      countScrape: () => scrapes++,
    },
  )
  return { scrapes: () => scrapes }
}

const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${server!.url}${path}`, init)

describe('the metrics server', () => {
  it('serves text, and OpenMetrics to whom it is acceptable', async () => {
    const { scrapes } = await start()
    const text = await get('/metrics')
    expect(text.headers.get('content-type')).toBe('type/text')
    expect(await text.text()).toBe('rendered text\n')
    const open = await get('/metrics', {
      headers: { accept: 'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.5' },
    })
    expect(await open.text()).toBe('rendered openmetrics\n')
    expect(scrapes()).toBe(2)
  })

  it('says that it lives, and whether load is running', async () => {
    await start({ phase: 'measure' })
    expect([(await get('/healthz')).status, (await get('/readyz')).status]).toEqual([200, 200])
    server!.close()
    await start({ phase: 'connecting', exposition: undefined })
    const ready = await get('/readyz')
    expect([ready.status, await ready.text()]).toEqual([503, 'connecting\n'])
    expect((await get('/healthz')).status).toBe(200)
    expect((await get('/metrics')).status).toBe(503)
  })

  it('answers HEAD without a body, and refuses everything else', async () => {
    await start()
    const head = await get('/metrics', { method: 'HEAD' })
    expect([head.status, await head.text(), head.headers.get('content-length')]).toEqual([200, '', '14'])
    const post = await get('/metrics', { method: 'POST', body: 'x' })
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    const unknown = await get('/<script>')
    expect(unknown.status).toBe(404)
    expect(await unknown.text()).not.toContain('script')
  })

  it('survives an exposition that cannot be rendered', async () => {
    const broken = {
      contentType,
      render: () => Promise.reject(new Error('no')),
    } as unknown as PrometheusExposition
    await start({ exposition: broken })
    expect((await get('/metrics')).status).toBe(500)
    expect((await get('/healthz')).status).toBe(200)
  })

  it('says in one line that a port is taken', async () => {
    await start()
    const port = Number(new URL(server!.url).port)
    const parts = { exposition: () => EXPOSITION, phase: () => 'measure' as const, countScrape: () => {} }
    const second = startMetricsServer({ host: '127.0.0.1', port }, parts)
    await expect(second).rejects.toThrow(UsageError)
    await expect(second).rejects.toThrow(
      `metrics.port: 127.0.0.1:${port} is taken by another process (choose another with --metrics-port, 0 for any free one, or --no-metrics)`,
    )
  })
})

describe('chooseFormat', () => {
  it.each([
    [undefined, 'text'],
    ['*/*', 'text'],
    ['text/plain', 'text'],
    ['application/openmetrics-text', 'openmetrics'],
    [
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
      'openmetrics',
    ],
    ['application/openmetrics-text;q=0.1,text/plain;q=0.9', 'text'],
    ['application/openmetrics-text;q=0,text/plain', 'text'],
    ['application/openmetrics-text;q=x', 'text'],
  ])('for %j is %s', (accept, format) => {
    expect(chooseFormat(accept)).toBe(format)
  })
})
