import { expect, it } from 'vitest'
import { ServerLooks } from '../../src/app/server-looks.ts'
import type { SlowlogEntry } from '../../src/model/server-samples.ts'

const NOW = 1_700_000_100_000
/** Its clock is 20 s ahead of ours. */
const INFO = `run_id:abc\r\nrole:master\r\nserver_time_usec:${(NOW + 20_000) * 1000}\r\n`

/** `[id, seconds, microseconds, arguments, client, client name]`, as the server logged it a second ago. */
const logged = (id: number, name: string): unknown[] => [
  ...[id, (NOW + 19_000) / 1000, 12_500],
  ...[['GET', 'k'], '10.0.0.1:5', name],
]

it('tells each entry of the slow log once, by our clock, and whose it is', async () => {
  const told: { entries: readonly SlowlogEntry[]; seen: number }[] = []
  let log = [logged(7, 'before')]
  const looks = new ServerLooks('h:1', {
    ask: (command, args) =>
      Promise.resolve(command === 'SLOWLOG' ? log.slice(0, Number(args[1])) : args.length === 0 ? INFO : ''),
    now: () => NOW,
    beganAtMillis: NOW - 60_000,
    isFull: true,
    hide: (text) => text,
    connectionOf: (name) => (name === 'load:3' ? 3 : name === 'control' ? null : undefined),
    mayAsk: () => true,
    onRefused() {},
    onLook() {},
    onCommands() {},
    onLatencies() {},
    onSlowlog: (entries, seen) => told.push({ entries, seen }),
    onEvents() {},
  })
  const look = async (isFirstOfRun: boolean): Promise<void> => {
    looks.look({ isDetailed: false, isLast: false, isFirstOfRun })
    await looks.settled()
  }
  await look(true)
  expect(told).toEqual([])
  log = [logged(10, 'somebody'), logged(9, 'control'), logged(8, 'load:3'), ...log]
  await look(false)
  await look(false)
  expect(told).toHaveLength(1)
  expect(told[0]!.seen).toBe(3)
  const at_ms = NOW - 1000
  expect(told[0]!.entries).toEqual([
    expect.objectContaining({ id: 10, at_ms, duration_ms: 12.5, is_ours: false, connection: null }),
    expect.objectContaining({ id: 9, at_ms, is_ours: true, connection: null }),
    expect.objectContaining({ id: 8, at_ms, is_ours: true, connection: 3 }),
  ])
})
