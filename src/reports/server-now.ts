import type { ServerLook } from '../model/server-look.ts'
import type { ServerNow, ServerRow, ServerValue } from '../model/server-samples.ts'
import { hitRatio, perSecond, valueIn } from './server-columns.ts'

/** The newest of one server. */
export interface NewestLook {
  readonly look: ServerLook
  readonly row: ServerRow
  readonly isSilent: boolean
}

/**
 * The levels and rates of the newest looks, added up over the masters; over all servers where there is no master among them
 * (a load that reads replicas). What a server said before it fell silent does not count.
 */
export function serverNow(newest: readonly NewestLook[]): ServerNow {
  const answering = newest.filter(({ isSilent }) => !isSilent)
  const masters = answering.filter(({ look }) => look.role === 'master')
  const rows = (masters.length > 0 ? masters : answering).map(({ row }) => row)
  const sum = (of: (row: ServerRow) => ServerValue): ServerValue => {
    const values = rows.map((row) => of(row)).filter((value) => value !== null)
    return values.length === 0 ? null : values.reduce((total, value) => total + value, 0)
  }
  const hits = sum((row) => valueIn(row, 'keyspace_hits'))
  const misses = sum((row) => valueIn(row, 'keyspace_misses'))
  return {
    at_ms: Math.max(0, ...newest.map(({ row }) => row.at_ms)),
    answering: answering.length,
    silent: newest.length - answering.length,
    memory_used_bytes: sum((row) => valueIn(row, 'memory_used_bytes')),
    memory_max_bytes: sum((row) => valueIn(row, 'memory_max_bytes')),
    connected_clients: sum((row) => valueIn(row, 'connected_clients')),
    blocked_clients: sum((row) => valueIn(row, 'blocked_clients')),
    ops_per_second: sum((row) => perSecond(valueIn(row, 'commands'), row.seconds)),
    hit_ratio: hitRatio(hits, misses),
    evicted_keys_per_second: sum((row) => perSecond(valueIn(row, 'evicted_keys'), row.seconds)),
    cpu_cores: sum((row) => perSecond(valueIn(row, 'cpu_seconds'), row.seconds)),
  }
}
