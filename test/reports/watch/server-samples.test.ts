import { describe, expect, it } from 'vitest'
import { readExposition } from '../../../src/reports/watch/read-exposition.ts'
import { type ServerSample, serversOf, WatchedServers } from '../../../src/reports/watch/server-samples.ts'

const AT = 1_700_000_000_000

function server(port: number, numbers: Readonly<Record<string, number>>): string {
  const labels = `{server_address="h",server_port="${port}"}`
  return Object.entries({ redis_up: 1, ...numbers })
    .map(([name, value]) => `${name}${labels} ${value}\n`)
    .join('')
}

const master = (port: number, atMillis: number, commands: number, hits: number): string =>
  server(port, {
    redis_test_server_look_timestamp_seconds: atMillis / 1000,
    redis_master_repl_offset: 0,
    redis_memory_used_bytes: 1000,
    redis_connected_clients: 10,
    redis_commands_processed_total: commands,
    redis_keyspace_hits_total: hits,
    redis_keyspace_misses_total: 10,
  })

const read = (...texts: string[]): ReadonlyMap<string, ServerSample> | undefined =>
  serversOf(readExposition(texts.join('')))

describe('WatchedServers', () => {
  it('are not shown where nobody looks at them', () => {
    const servers = new WatchedServers()
    servers.add(read('up 1\n'), AT)
    expect(servers.shown(AT)).toBeNull()
  })

  it('are added up over the masters, from look to look', () => {
    const servers = new WatchedServers()
    const replica = server(3, {
      redis_slave_repl_offset: 5,
      redis_memory_used_bytes: 7,
      redis_commands_processed_total: 9,
    })
    servers.add(read(master(1, AT, 100, 0), master(2, AT, 100, 0), replica), AT)
    expect(servers.shown(AT)).toEqual({
      atMillis: AT,
      memoryBytes: 2000,
      clients: 20,
      opsPerSecond: null,
      hitRatio: null,
    })
    const second = read(master(1, AT + 2000, 300, 30), master(2, AT + 1000, 150, 0), replica)
    servers.add(second, AT + 2000)
    expect(servers.shown(AT)).toMatchObject({ opsPerSecond: 150, hitRatio: 1 })
    // The same looks, seen once more: nothing is new.
    servers.add(second, AT + 2300)
    expect(servers.shown(AT)).toMatchObject({ opsPerSecond: 150, hitRatio: 1 })
  })

  it('are silent since they last said something, and count anew when they were started anew', () => {
    const servers = new WatchedServers()
    servers.add(read(master(1, AT, 500, 0)), AT)
    servers.add(read(server(1, { redis_up: 0 })), AT + 4000)
    expect(servers.shown(AT + 4000)).toMatchObject({ atMillis: AT, memoryBytes: null, opsPerSecond: null })
    servers.add(read(master(1, AT + 5000, 900, 0)), AT + 5000)
    expect(servers.shown(AT + 5000)).toMatchObject({ memoryBytes: 1000, opsPerSecond: null })
    servers.add(read(master(1, AT + 6000, 30, 0)), AT + 6000)
    expect(servers.shown(AT + 6000)).toMatchObject({ opsPerSecond: 30 })
  })

  it('without a master are those there are', () => {
    const servers = new WatchedServers()
    servers.add(read(server(3, { redis_slave_repl_offset: 5, redis_memory_used_bytes: 7 })), AT)
    expect(servers.shown(AT)).toMatchObject({ memoryBytes: 7, clients: null })
  })
})
