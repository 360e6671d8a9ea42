import { SERVER_NUMBERS, type ServerLook, type ServerNumber } from '../../src/model/server-look.ts'
import {
  SERVER_COLUMN_NAMES,
  type ServerColumn,
  type ServerRow,
  type ServerState,
  type SlowlogEntry,
} from '../../src/model/server-samples.ts'
import type { SlowestCommand } from '../../src/model/slowest-command.ts'

/** What a server says that tells nothing else. */
export function lookOf(
  numbers: Partial<Record<ServerNumber, number>> = {},
  change: Partial<ServerLook> = {},
): ServerLook {
  const nothing = Object.keys(SERVER_NUMBERS).map((name) => [name, null])
  return {
    server: '127.0.0.1:7001',
    at_ms: 1_700_000_000_000,
    serverRunId: 'first',
    role: 'master',
    numbers: { ...(Object.fromEntries(nothing) as ServerLook['numbers']), ...numbers },
    isMasterLinkUp: null,
    databases: [],
    replicas: [],
    clockAheadMillis: 0,
    ...change,
  }
}

export function rowOf(
  values: Partial<Record<ServerColumn, number>>,
  change: Partial<ServerRow> = {},
): ServerRow {
  return {
    at_ms: 1_700_000_001_000,
    seconds: 1,
    values: SERVER_COLUMN_NAMES.map((name) => values[name] ?? null),
    ...change,
  }
}

export const NO_STATE: ServerState = {
  mode: 'full',
  interval_ms: 1000,
  looks: [],
  servers_left_out: 0,
  cost: { commands: 0, bytes: 0, server_usec: null, seconds: 0, server_share_max: null },
  notes: [],
  slowlog_seen: 0,
  commands: [],
}

export const SLOW_EVAL: SlowlogEntry = {
  server: '127.0.0.1:7001',
  id: 3,
  at_ms: 1_700_000_005_000,
  duration_ms: 40,
  command: 'EVAL return 1 0',
  client: '127.0.0.1:5000',
  client_name: 'redis-test:ab:4',
  is_ours: true,
  connection: 4,
}

export const SLOWEST_EVAL: SlowestCommand = {
  operation: 'EVAL',
  shape: 'single',
  command: 'eval',
  at_ms: 1_700_000_005_100,
  service_ms: 42,
  response_ms: null,
  connection: 4,
  node: null,
  size: 1,
  outcome: 'ok',
  code: 'none',
  trace_id: 'a'.repeat(32),
  span_id: 'b'.repeat(16),
}
