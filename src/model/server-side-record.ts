import type { ServerCommandResult } from './server-commands.ts'
import type { ServerGuards } from './server-guards.ts'
import type { LatencyEvent, ServerSamplesResult, SlowlogEntry } from './server-samples.ts'

/** The servers' side of a run, as it was learned. */
export interface ServerSideRecord {
  readonly samples: ServerSamplesResult
  /** What thresholds are judged on. */
  readonly guards: ServerGuards
  readonly commands: readonly ServerCommandResult[]
  /** Slowest first. */
  readonly slowlog: readonly SlowlogEntry[]
  /** By time; those that lasted longest, if there are too many. */
  readonly latencyEvents: readonly LatencyEvent[]
}
