import { describe, expect, it } from 'vitest'
import { parseClientList, parseCommandStats, parseInfo, parseLatencyStats } from '../../src/redis/info.ts'

describe('parseInfo', () => {
  it('reads fields and skips titles', () => {
    const fields = parseInfo('# Server\r\nredis_version:7.0.15\r\nexecutable:/usr/bin/redis:server\r\n\r\n')
    expect([...fields]).toEqual([
      ['redis_version', '7.0.15'],
      ['executable', '/usr/bin/redis:server'],
    ])
  })
})

describe('parseCommandStats', () => {
  it('knows executed and rejected calls, also of versions that do not have the latter', () => {
    const stats = parseCommandStats(
      parseInfo(
        'cmdstat_get:calls=10,usec=5,usec_per_call=0.50,rejected_calls=2,failed_calls=1\r\n' +
          'cmdstat_client|list:calls=1,usec=1,usec_per_call=1.00,rejected_calls=0,failed_calls=0\r\n' +
          'cmdstat_set:calls=3,usec=1,usec_per_call=1.00\r\n' +
          'total_commands_processed:99\r\n',
      ),
    )
    expect(Object.fromEntries(stats)).toEqual({
      get: { calls: 10, rejected: 2, failed: 1, usec: 5 },
      'client|list': { calls: 1, rejected: 0, failed: 0, usec: 1 },
      set: { calls: 3, rejected: 0, failed: 0, usec: 1 },
    })
  })
})

describe('parseLatencyStats', () => {
  it('knows the percentiles that the server keeps', () => {
    const text =
      'latency_percentiles_usec_get:p50=1.003,p99=2.007,p99.9=3.007\r\n' +
      'latency_percentiles_usec_client|list:p50=67.071,p95=70\r\n'
    expect(Object.fromEntries(parseLatencyStats(parseInfo(text)))).toEqual({
      get: { p50: 1.003, p99: 2.007, p999: 3.007 },
      'client|list': { p50: 67.071, p99: null, p999: null },
    })
  })
})

describe('parseClientList', () => {
  it('reads id, name, address and flags', () => {
    const text =
      'id=3 addr=127.0.0.1:5000 laddr=127.0.0.1:6379 fd=8 name=redis-test:ab:1 age=1 flags=N db=0\n' +
      'id=4 addr=127.0.0.1:5001 laddr=127.0.0.1:6379 fd=9 name= age=1 flags=S db=0\n\n'
    expect(parseClientList(text)).toEqual([
      { id: '3', name: 'redis-test:ab:1', address: '127.0.0.1:5000', flags: 'N' },
      { id: '4', name: '', address: '127.0.0.1:5001', flags: 'S' },
    ])
  })
})
