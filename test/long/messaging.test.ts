import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PubsubResult, StreamsResult } from '../../src/model/messaging-result.ts'
import type { RunResult } from '../../src/model/result.ts'
import { parseExposition, sumOf } from '../support/exposition.ts'
import { command, folder, profile, run, startRun } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'

let server: TestServer
let target: string[]
beforeAll(async () => {
  server = await startRedis()
  target = ['--port', String(server.port)]
})
afterAll(() => server.stop())

const SHORT = ['--duration', '1', '--warmup', '200ms', '--seed', '3']

function pubsubOf({ pubsub }: RunResult): PubsubResult {
  if (pubsub === null) throw new Error('there is no pub/sub in the result')
  return pubsub
}

function streamsOf({ streams }: RunResult): StreamsResult {
  if (streams === null) throw new Error('there are no streams in the result')
  return streams
}

/** What is left in the database; the client that asks is gone before the next run. */
async function keysLeft(): Promise<string[]> {
  const client = server.client()
  const keys = await client.keys('*')
  await client.quit()
  return keys
}

function publishing(publish: string, settings: string): string {
  return `load: {clients: 4}\nvalues: {size: 120}\npubsub: {channels: 3, subscribers: 5, ${settings}}
operations:\n  - command: ${publish}\n    weight: 3\n  - command: GET\n    weight: 1\n`
}

const STREAMING = `load: {clients: 4}\nvalues: {size: 120}\nstreams: {count: 3, consumers: 4, batch: 5, block: 300ms}
operations:\n  - command: XADD\n    weight: 3\n  - command: GET\n    weight: 1\n`

describe('published messages', () => {
  it.each([
    ['channel', 'PUBLISH', ['--threads', '2', '--target-ops-per-second', '1000']],
    ['pattern', 'PUBLISH', ['--threads', '2', '--protocol', '2']],
    ['sharded', 'SPUBLISH', ['--pipeline-size', '5', '--target-ops-per-second', '1000']],
    ['channel', 'PUBLISH', ['--transaction-size', '4', '--protocol', '2', '--preset', 'as-app']],
  ])('all arrive at all subscribers (%s, %s, %j)', async (mode, publish, flags) => {
    const file = profile(`published-${mode}`, publishing(publish, `mode: ${mode}`))
    const { code, result } = await run([...target, '-w', file, ...SHORT, ...flags])
    expect(code).toBe(0)
    const pubsub = pubsubOf(result)
    expect(pubsub).toMatchObject({ mode, channels: 3, subscribers: 5, unknown_publishes: 0 })
    expect(pubsub.published).toBeGreaterThan(500)
    expect(pubsub).toMatchObject({
      promised: 5 * pubsub.published,
      received: 5 * pubsub.published,
      missed: 0,
      missed_at_most: 0,
      lost: 0,
      lost_at_most: 0,
      duplicates: 0,
      out_of_order: 0,
      damaged: 0,
      foreign_receivers: 0,
    })
    const counted = result.audit.server.commands.find((entry) => entry.command === publish.toLowerCase())
    expect(counted).toMatchObject({ server: pubsub.published, at_least: pubsub.published })
    // What is due in the measured phase is timed, and what is late in the warm-up.
    const measured = result.operations.find(({ operation }) => operation === publish)!.ok
    expect(pubsub.delivery.count).toBeGreaterThanOrEqual(5 * measured - 5)
    expect(pubsub.delivery.count).toBeLessThan(pubsub.received)
    expect(pubsub.delivery.p50_ms).toBeGreaterThan(0.01)
    expect(pubsub.delivery.max_ms).toBeLessThan(1000)
    expect(result.connections).toMatchObject({ planned: 9, attempts: 9 })
    expect(result.audit.ok).toBe(true)
    expect(result.audit.server.status).toBe('ok')
    expect(result.audit.checks.map(({ name }) => name)).toContain('pub/sub: promised = received + damaged')
  })

  it('are missed and lost when subscribers are killed, and the sums say by how much', async () => {
    const journal = join(folder, 'killed.ndjson')
    const faults =
      'faults:\n  - {kind: client-kill, at: 400ms, every: 600ms, share: 50%}\n  - {kind: socket-cut, at: 700ms, share: 50%}\n'
    const file = profile('killed', publishing('PUBLISH', 'mode: channel') + faults)
    const { code, result, stdout } = await run([
      ...target,
      ...['-w', file, '--duration', '2', '--warmup', '0', '--target-ops-per-second', '2000'],
      ...['--threads', '2', '--clients', '6', '--journal', journal],
    ])
    expect(code).toBe(0)
    const pubsub = pubsubOf(result)
    const { published, promised, missed, received, unknown_publishes, resubscription } = pubsub
    expect(result.connections.drops).toBeGreaterThan(10)
    expect(missed).toBeGreaterThan(0)
    expect(published * 5).toBe(promised + missed)
    expect(pubsub.missed_at_most).toBe(missed + 5 * unknown_publishes)
    expect(pubsub.lost_at_most).toBe(Math.max(0, promised - received + 5 * unknown_publishes))
    expect(resubscription.count).toBeGreaterThan(0)
    expect(resubscription.count).toBeLessThan(result.connections.reconnections)
    // The first delay before a reconnection.
    expect(resubscription.min_ms).toBeGreaterThanOrEqual(49)
    expect(result.audit.ok).toBe(true)
    expect(stdout).toMatch(/^pub\/sub +[\d,]+ published × 5 subscribers = [\d,]+ promised \+ [\d,]+ missed/m)
    expect(stdout).toMatch(/^resubscribed +\d+ times/m)
    const rebuilt = join(folder, 'killed-again.json')
    expect((await command(['report', journal, '--output-file', rebuilt])).code).toBe(0)
    const again = JSON.parse(readFileSync(rebuilt, 'utf8')) as RunResult
    expect(again).toEqual(result)
  })

  it('that are not ours are counted apart, and still have arrived', async () => {
    const text = publishing('PUBLISH {channel} {message}', 'mode: channel').replace(
      'command: GET',
      'command: "PUBLISH {channel} hello"\n    name: FOREIGN',
    )
    const file = profile('foreign', text)
    const { code, result } = await run([...target, '-w', file, ...SHORT, '--target-ops-per-second', '800'])
    expect(code).toBe(0)
    const pubsub = pubsubOf(result)
    expect(pubsub).toMatchObject({ published: 960, promised: 4800, lost: 0 })
    expect(pubsub.received + pubsub.damaged).toBe(4800)
    expect(pubsub.damaged).toBeGreaterThan(5 * 150)
  })

  it('need subscribers that can hear them', async () => {
    const file = profile('deaf', publishing('PUBLISH', 'mode: sharded'))
    const { code, stderr } = await command(['run', ...target, '-w', file, ...SHORT])
    expect(code).toBe(2)
    expect(stderr).toMatch(/pubsub\.mode: sharded subscribers do not hear PUBLISH \(publish with SPUBLISH/)
  })
})

describe('streams', () => {
  it.each([
    ['an open loop on two threads', ['--threads', '2', '--target-ops-per-second', '1000']],
    ['a closed loop under RESP2', ['--protocol', '2']],
  ])('are read to the last entry that is not in the backlog (%s)', async (_, flags) => {
    const file = profile('streaming', STREAMING)
    const { code, result } = await run([...target, '-w', file, ...SHORT, ...flags])
    expect(code).toBe(0)
    const streams = streamsOf(result)
    expect(streams).toMatchObject({ streams: 3, consumers: 4, group: 'workers', damaged: 0, redelivered: 0 })
    expect(streams.added).toBeGreaterThan(500)
    expect(streams.read + streams.lag_at_end!).toBe(streams.added)
    expect(streams).toMatchObject({ acknowledged: streams.read, pending_at_end: 0, lost: 0 })
    expect(streams.delivery.count).toBeGreaterThan(400)
    expect(streams.delivery.count).toBeLessThan(streams.read)
    expect(streams.delivery.p50_ms).toBeGreaterThan(0.01)
    const counted = new Map(result.audit.server.commands.map((entry) => [entry.command, entry]))
    for (const name of ['xadd', 'xreadgroup', 'xack']) {
      const { server: seen, at_least, at_most } = counted.get(name)!
      expect([at_least, at_most], name).toEqual([seen, seen])
    }
    expect(counted.get('xadd')!.server).toBe(streams.added)
    expect(result.audit.checks.map(({ name }) => name)).toContain('streams: added = read + backlog')
    expect(result.audit.ok).toBe(true)
    expect(await keysLeft()).toEqual([])
  })

  it('are caught up on after consumers lost their connections', async () => {
    const faults = 'faults:\n  - {kind: client-kill, at: 300ms, every: 500ms, share: 60%}\n'
    const file = profile('streaming-killed', STREAMING + faults)
    const load = ['--duration', '2', '--warmup', '0', '--target-ops-per-second', '1500']
    const { code, result } = await run([...target, '-w', file, ...load])
    expect(code).toBe(0)
    const streams = streamsOf(result)
    expect(result.connections.drops).toBeGreaterThan(10)
    const { added, read, lag_at_end, pending_at_end, unknown_additions } = streams
    expect(read).toBeGreaterThan(500)
    expect(read + lag_at_end!).toBeLessThanOrEqual(added + unknown_additions)
    expect(read + lag_at_end! + pending_at_end!).toBeGreaterThanOrEqual(added)
    expect(streams.lost).toBe(0)
    expect(result.audit.ok).toBe(true)
  })

  it('leave nothing behind when nobody adds to them', async () => {
    const file = profile('idle', STREAMING.replace('command: XADD', 'command: SET'))
    const { code, result } = await run([...target, '-w', file, ...SHORT, '--target-ops-per-second', '100'])
    expect(code).toBe(0)
    expect(streamsOf(result)).toMatchObject({ added: 0, read: 0, lag_at_end: 0, pending_at_end: 0 })
    expect(await keysLeft()).toEqual([])
  })
})

describe('/metrics', () => {
  it('shows what the result says of messages', async () => {
    const file = profile(
      'both',
      STREAMING.replace('  - command: GET', '  - command: PUBLISH').replace(
        'streams:',
        'pubsub: {subscribers: 2}\nstreams:',
      ),
    )
    const load = ['--target-ops-per-second', '500', '--metrics-linger', '60s']
    const running = startRun([...target, '-w', file, ...SHORT, ...load])
    const [, url] = await running.saw(/"url":"([^"]+)"/)
    await running.saw(/metrics stay up/)
    const text = await (await fetch(url!)).text()
    running.child.kill('SIGINT')
    await running.ended
    const { pubsub, streams } = running.result()
    const samples = parseExposition(text)
    const valueOf = (name: string, labels: Record<string, string> = {}): number =>
      sumOf(samples, name, labels)
    for (const state of ['promised', 'received', 'missed', 'damaged'] as const)
      expect(valueOf('redis_test_pubsub_messages_total', { state }), state).toBe(pubsub![state])
    expect(valueOf('redis_test_pubsub_undelivered_messages')).toBe(0)
    expect(valueOf('redis_test_pubsub_subscribers')).toBe(2)
    expect(valueOf('redis_test_pubsub_delivery_seconds_count')).toBe(pubsub!.delivery.count)
    expect(valueOf('redis_pubsub_operations_total', { operation_type: 'RECEIVE' })).toBe(pubsub!.received)
    for (const state of ['added', 'read', 'acknowledged'] as const)
      expect(valueOf('redis_test_stream_entries_total', { state }), state).toBe(streams![state])
    expect(valueOf('redis_test_stream_lag_entries')).toBe(streams!.lag_at_end)
    expect(valueOf('redis_test_stream_pending_entries')).toBe(0)
    expect(valueOf('redis_test_stream_delivery_seconds_count')).toBe(streams!.delivery.count)
  })
})
