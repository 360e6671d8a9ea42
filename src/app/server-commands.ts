import type { ServerCommandResult } from '../model/server-commands.ts'
import type { CommandLatency, CommandStat } from '../redis/info.ts'

type Counted = Pick<CommandStat, 'calls' | 'rejected' | 'failed' | 'usec'>
const COUNTS = ['calls', 'rejected', 'failed', 'usec'] as const
const NOTHING: Counted = { calls: 0, rejected: 0, failed: 0, usec: 0 }
/** Of a server's table of commands; a run uses a few. */
const MOST_COMMANDS = 500

/** Adds up what servers say of commands, from one look to the next: failovers, restarts and resets lose nothing else. */
export class ServerCommands {
  readonly #last = new Map<string, ReadonlyMap<string, CommandStat>>()
  readonly #totals = new Map<string, Counted>()
  readonly #latencies = new Map<string, CommandLatency>()

  /**
   * What a server counted by now. The first time nothing is added: it was there before. `isCounted`: replicas run what their
   * masters tell them, which is nobody's command. Gives what was added, for all commands.
   */
  add(server: string, stats: ReadonlyMap<string, CommandStat>, isCounted: boolean): Map<string, Counted> {
    const before = this.#last.get(server)
    this.#last.set(server, stats)
    const added = new Map<string, Counted>()
    if (before === undefined) return added
    for (const [command, now] of stats) {
      const growth = since(before.get(command), now)
      if (growth.calls + growth.rejected === 0) continue
      added.set(command, growth)
      if (isCounted && (this.#totals.has(command) || this.#totals.size < MOST_COMMANDS))
        this.#totals.set(command, plus(this.#totals.get(command) ?? NOTHING, growth))
    }
    return added
  }

  /** Another process answers at the address of a server: counts begin at zero, or nobody knows where. */
  startsAnew(server: string, isAtZero: boolean): void {
    if (!this.#last.has(server)) return
    if (isAtZero) this.#last.set(server, new Map())
    else this.#last.delete(server)
  }

  latencies(latencies: ReadonlyMap<string, CommandLatency>): void {
    for (const [command, latency] of latencies) {
      const known = this.#latencies.get(command)
      if (known === undefined || (latency.p99 ?? 0) > (known.p99 ?? 0)) this.#latencies.set(command, latency)
    }
  }

  /** Those that took the most time first. */
  toArray(): ServerCommandResult[] {
    return [...this.#totals]
      .map(([command, { calls, usec, rejected, failed }]): ServerCommandResult => {
        const latency = this.#latencies.get(command)
        return {
          command,
          calls,
          usec,
          usec_per_call: calls === 0 ? null : Math.round((1000 * usec) / calls) / 1000,
          rejected,
          failed,
          p50_usec: latency?.p50 ?? null,
          p99_usec: latency?.p99 ?? null,
          p999_usec: latency?.p999 ?? null,
        }
      })
      .toSorted((a, b) => b.usec - a.usec || a.command.localeCompare(b.command))
  }
}

/** Where the server counts less than before, it began anew. */
function since(before: Counted | undefined, now: Counted): Counted {
  if (before === undefined || COUNTS.some((count) => now[count] < before[count])) return now
  return {
    calls: now.calls - before.calls,
    rejected: now.rejected - before.rejected,
    failed: now.failed - before.failed,
    usec: now.usec - before.usec,
  }
}

function plus(one: Counted, other: Counted): Counted {
  return {
    calls: one.calls + other.calls,
    rejected: one.rejected + other.rejected,
    failed: one.failed + other.failed,
    usec: one.usec + other.usec,
  }
}
