import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type HttpSink, startHttpSink } from '../support/http-sink.ts'
import { startCollector } from '../e2e/support/collector.ts'
import { run } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'

/** Takes what is meant for Pyroscope, which no package manager has: the addresses and names of its ingest API, and pprof. */
interface Profile {
  readonly name: string
  readonly text: string
}

const profiles: Profile[] = []
let server: HttpSink
let redis: TestServer
beforeAll(async () => {
  redis = await startRedis()
  server = await startHttpSink(({ method, url, body }) => {
    if (method === 'POST' && url.pathname === '/ingest')
      profiles.push({ name: url.searchParams.get('name') ?? '', text: pprofOf(body) })
  })
})
afterAll(async () => {
  server.stop()
  await redis.stop()
})

/** The strings of a pprof profile in a multipart body: function names and units are among them. */
function pprofOf(body: Buffer): string {
  const gzip = body.indexOf(Buffer.from([0x1f, 0x8b]))
  return gunzipSync(body.subarray(gzip)).toString('latin1')
}

it('sends CPU and heap profiles of every thread, labelled like the metrics, and linked to the span of the run', async () => {
  const collector = await startCollector()
  const { code, stderr } = await run(
    [
      ...[
        '--port',
        String(redis.port),
        '--target-ops-per-second',
        '500',
        '--duration',
        '12',
        '--threads',
        '2',
      ],
      ...['--run-id', 'profiled', '--instance-id', 'one', '--pyroscope-server-address', server.url],
    ],
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint } },
  )
  expect({ code, stderr }).toMatchObject({ code: 0 })
  for (const thread of ['main', 'load-0', 'load-1']) {
    const own = profiles.filter(({ name }) => name.includes(`thread=${thread}`))
    expect(own.length).toBeGreaterThanOrEqual(2)
    for (const { name } of own) expect(name).toMatch(/^redis-test\{.*instance_id=one,.*run_id=profiled/)
    const text = own.map((profile) => profile.text).join('\n')
    expect(text).toContain('nanoseconds')
    expect(text).toContain('bytes')
  }
  const runSpan = collector.spans.find(({ name }) => name === 'redis-test run')
  const id = runSpan!.attributes['pyroscope.profile.id'] as string
  expect(id).toBe(runSpan!.spanId)
  for (const thread of ['main', 'load-0']) {
    const text = profiles
      .filter(({ name }) => name.includes(`thread=${thread}`))
      .map((profile) => profile.text)
    expect(text.join('\n')).toContain(id)
  }
  collector.stop()
})
