import type { RunResult } from '../model/result.ts'
import type { RunRecord } from '../model/run-record.ts'
import type { SlowlogEntry } from '../model/server-samples.ts'
import type { SlowestCommand } from '../model/slowest-command.ts'

/** A server tells whole seconds, and its clock is known to some milliseconds. */
const CLOCK_MILLIS = 1500

/** The servers' side, and the slowest commands from both sides: what is the same command is joined. */
export function describeServerSide({
  serverSide,
  slowest = [],
}: RunRecord): Pick<
  RunResult,
  'server_samples' | 'server_commands' | 'slowlog' | 'latency_events' | 'slowest_commands'
> {
  const slowlog = serverSide?.slowlog ?? []
  const servers = new Set(serverSide?.samples.servers.map(({ server }) => server))
  const pairs = pairUp(slowlog, slowest, servers)
  const entryOf = new Map([...pairs].map(([entry, command]) => [command, entry]))
  return {
    server_samples: serverSide?.samples ?? null,
    server_commands: serverSide?.commands ?? [],
    slowlog: slowlog.map((entry) => {
      const command = pairs.get(entry)
      return {
        ...entry,
        client_ms: command?.service_ms ?? null,
        trace_id: command?.trace_id ?? null,
        span_id: command?.span_id ?? null,
      }
    }),
    latency_events: serverSide?.latencyEvents ?? [],
    slowest_commands: slowest.map((command) => ({
      ...command,
      server_ms: entryOf.get(command)?.duration_ms ?? null,
    })),
  }
}

/**
 * Which entry of a slow log belongs to which of our commands: the same connection and name, at the same time, and not longer
 * on the server than for us. Each belongs to one at most; the longest choose first, the nearest in time.
 */
function pairUp(
  slowlog: readonly SlowlogEntry[],
  slowest: readonly SlowestCommand[],
  servers: ReadonlySet<string>,
): Map<SlowlogEntry, SlowestCommand> {
  const pairs = new Map<SlowlogEntry, SlowestCommand>()
  const taken = new Set<SlowestCommand>()
  for (const entry of slowlog) {
    const fitting = slowest.filter((command) => !taken.has(command) && isSame(entry, command, servers))
    const [nearest] = fitting.toSorted((a, b) => distance(entry, a) - distance(entry, b))
    if (nearest === undefined) continue
    taken.add(nearest)
    pairs.set(entry, nearest)
  }
  return pairs
}

function isSame(entry: SlowlogEntry, command: SlowestCommand, servers: ReadonlySet<string>): boolean {
  const { node } = command
  // The same connection goes to all nodes of a Cluster. A node that goes by a name is not among the servers.
  const isElsewhere = node !== null && servers.has(node) && node !== entry.server
  return (
    entry.is_ours &&
    !isElsewhere &&
    entry.connection === command.connection &&
    entry.duration_ms <= command.service_ms &&
    entry.command.split(' ')[0]!.toLowerCase() === command.command.split('|')[0] &&
    distance(entry, command) <= CLOCK_MILLIS
  )
}

/** Of the moment at which it was logged, which is when it had been run, from the time in which we waited for it. */
function distance({ at_ms }: SlowlogEntry, { at_ms: sentAt, service_ms }: SlowestCommand): number {
  if (at_ms < sentAt) return sentAt - at_ms
  return Math.max(0, at_ms - (sentAt + service_ms))
}
