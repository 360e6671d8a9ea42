import type { ServerGuards } from './server-guards.ts'
import type { NumberMetric } from './threshold-metric.ts'

const MICROS_PER_MILLI = 1000
const NOBODY_SAID = { ok: false, note: 'no data: the servers did not say' }
const NO_LIMIT = { ok: false, note: 'no data: no server has a limit of its memory (maxmemory)' }
const NO_READS = { ok: false, note: 'no data: no key was read' }
const NO_REPLICA = { ok: false, note: 'no data: no server had a replica' }

type Ask = (guards: ServerGuards) => number | null

/** The highest of something so far, or a count: it only grows. */
function ofServers(
  kind: NumberMetric['kind'],
  help: string,
  ask: Ask,
): NumberMetric & { needsServers: true } {
  return {
    kind,
    operation: 'none',
    scope: 'run',
    course: 'counts',
    needsServers: true,
    help,
    withoutData: NOBODY_SAID,
    number({ run }) {
      const servers = run?.servers ?? null
      return (servers === null ? null : ask(servers)) ?? undefined
    },
  }
}

/** Metrics of what the servers say of themselves. See docs/server-side.md. */
export const SERVER_METRICS = {
  'server.used_memory': {
    ...ofServers(
      'share',
      'Used memory as a share of `maxmemory`, at its highest',
      (all) => all.used_memory_share,
    ),
    withoutData: NO_LIMIT,
  },
  'server.used_memory_bytes': ofServers(
    'count',
    'Used memory of a server in bytes, at its highest',
    (all) => all.used_memory_bytes,
  ),
  'server.cpu': {
    ...ofServers(
      'share',
      'CPU of the thread that runs commands (of the process, where that is not told), of a core: the mean of the busiest server',
      (all) => all.cpu_share,
    ),
    course: 'moves',
  },
  'server.cpu_max': ofServers(
    'share',
    'As `server.cpu`, the highest between two looks',
    (all) => all.cpu_share_max,
  ),
  'server.connected_clients': ofServers(
    'count',
    'Clients of a server, ours and others, at their most',
    (all) => all.connected_clients,
  ),
  'server.blocked_clients': ofServers(
    'count',
    'Clients of a server that waited in a blocking command, at their most',
    (all) => all.blocked_clients,
  ),
  'server.hit_ratio': {
    ...ofServers('share', 'Reads that found their key, of the reads of all clients', (all) => all.hit_ratio),
    course: 'moves',
    withoutData: NO_READS,
  },
  'server.evicted_keys': ofServers(
    'count',
    'Keys that were evicted for want of memory',
    (all) => all.evicted_keys,
  ),
  'server.rejected_connections': ofServers(
    'count',
    'Connections that were turned away because of `maxclients`',
    (all) => all.rejected_connections,
  ),
  'server.replication_lag_bytes': {
    ...ofServers(
      'count',
      'Bytes of the replication stream that a replica had not confirmed, at their most',
      (all) => all.replication_lag_bytes,
    ),
    withoutData: NO_REPLICA,
  },
  'server.longest_fork': ofServers('duration', 'The longest time that a server stood still to fork', (all) =>
    micros(all.longest_fork_ms),
  ),
  'server.slowlog_entries': {
    ...ofServers('count', 'New entries of slow logs, of all clients', (all) => all.slowlog_entries),
    needsServers: 'full',
  },
  'server.slowlog_longest': {
    ...ofServers('duration', 'The longest new entry of slow logs', (all) => micros(all.slowlog_longest_ms)),
    needsServers: 'full',
  },
  'server.unanswered': ofServers(
    'count',
    'Looks at a server that it did not answer: gone, frozen, or busy',
    (all) => all.unanswered,
  ),
} as const satisfies Readonly<Record<string, NumberMetric>>

function micros(millis: number | null): number | null {
  return millis === null ? null : millis * MICROS_PER_MILLI
}
