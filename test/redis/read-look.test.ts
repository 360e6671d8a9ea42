import { describe, expect, it } from 'vitest'
import { parseInfo } from '../../src/redis/info.ts'
import { readLook } from '../../src/redis/read-look.ts'
import { REDIS_5_MASTER, REDIS_7_MASTER, REDIS_7_REPLICA } from '../support/info-texts.ts'

const AT = { sentAt: 1_700_000_010_000, answeredAt: 1_700_000_010_020 }
const read = (text: string): ReturnType<typeof readLook> => readLook('127.0.0.1:7611', parseInfo(text), AT)

describe('readLook', () => {
  it('reads what a master says, in our units', () => {
    const look = read(REDIS_7_MASTER)
    expect(look).toMatchObject({
      server: '127.0.0.1:7611',
      at_ms: 1_700_000_010_020,
      serverRunId: 'abe5a7b71fef89d35c3a609cf76864f651d3cbc9',
      role: 'master',
      isMasterLinkUp: null,
      databases: [
        { db: 'db0', keys: 100, expires: 4 },
        { db: 'db3', keys: 20, expires: 0 },
      ],
      // The other one is still being copied to.
      replicas: [{ address: '127.0.0.1:7612', offset: 1040 }],
      // Half way between question and answer it was 10 ms later here.
      clockAheadMillis: 40,
    })
    expect(look.numbers).toMatchObject({
      memory_used_bytes: 1_335_576,
      memory_max_bytes: 67_108_864,
      memory_fragmentation_ratio: 6.27,
      connected_clients: 12,
      blocked_clients: 2,
      commands: 96_108,
      cpu_sys_seconds: 0.36473,
      cpu_main_thread_user_seconds: 0.430937,
      rejected_connections: 3,
      evicted_keys: 7,
      rdb_in_progress: 1,
      latest_fork_seconds: 0.0015,
      forks: 1,
      connected_replicas: 2,
      replication_offset_bytes: 1050,
    })
  })

  it('reads how far a replica is, and whether it hears its master', () => {
    const look = read(REDIS_7_REPLICA)
    expect(look).toMatchObject({ role: 'replica', isMasterLinkUp: false, replicas: [] })
    expect(look.numbers.replication_offset_bytes).toBe(900)
    expect(look.numbers.memory_used_bytes).toBeNull()
  })

  it('knows what an older server does not say', () => {
    const look = read(REDIS_5_MASTER)
    expect(look.numbers).toMatchObject({
      memory_used_bytes: 854_120,
      cpu_main_thread_sys_seconds: null,
      forks: null,
    })
    expect(look.clockAheadMillis).toBe(0)
    expect(look.databases).toEqual([])
  })

  it('takes nothing from an answer that is none', () => {
    expect(Object.values(read('nonsense').numbers).every((value) => value === null)).toBe(true)
    expect(read('used_memory:lots').numbers.memory_used_bytes).toBeNull()
  })
})
