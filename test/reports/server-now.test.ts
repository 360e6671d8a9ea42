import { describe, expect, it } from 'vitest'
import { serverNow } from '../../src/reports/server-now.ts'
import { lookOf, rowOf } from '../support/server-side.ts'

const newest = (
  values: Parameters<typeof rowOf>[0],
  { role = 'master', isSilent = false }: { role?: 'master' | 'replica'; isSilent?: boolean } = {},
): Parameters<typeof serverNow>[0][number] => ({ look: lookOf({}, { role }), row: rowOf(values), isSilent })

describe('serverNow', () => {
  it('adds up the masters', () => {
    const one = {
      memory_used_bytes: 10,
      connected_clients: 2,
      commands: 100,
      cpu_seconds: 0.5,
      keyspace_hits: 3,
      keyspace_misses: 0,
    }
    const two = {
      memory_used_bytes: 30,
      connected_clients: 1,
      commands: 50,
      cpu_seconds: 0.25,
      keyspace_hits: 0,
      keyspace_misses: 1,
    }
    expect(serverNow([newest(one), newest(two), newest(one, { role: 'replica' })])).toMatchObject({
      answering: 3,
      silent: 0,
      memory_used_bytes: 40,
      connected_clients: 3,
      ops_per_second: 150,
      cpu_cores: 0.75,
      hit_ratio: 0.75,
      memory_max_bytes: null,
    })
  })

  it('takes replicas where there is no master, and nobody who is silent', () => {
    expect(serverNow([newest({ commands: 5 }, { role: 'replica' })]).ops_per_second).toBe(5)
    expect(serverNow([newest({ commands: 5 }, { isSilent: true })])).toMatchObject({
      answering: 0,
      silent: 1,
      ops_per_second: null,
    })
    expect(serverNow([])).toMatchObject({ at_ms: 0, answering: 0, silent: 0 })
  })
})
