import type { CheckReport, Permission } from './check-report.ts'
import type { RunPlan } from './plan.ts'

/** Keys of one kind that the load may write. */
export interface KeySpaceEstimate {
  /** Their names; `*` is a number. */
  readonly pattern: string
  /** `string`, `hash`, … */
  readonly type: string
  /** At most; fewer when the load ends before it has written them all. */
  readonly keys: number
  /** Values or members in a key, at most; `null` where they grow with the run. */
  readonly elements: number | null
  /** Mean of one of them. */
  readonly element_bytes: number
  /** Of one key beyond that: its name, and what the server keeps with it. */
  readonly overhead_bytes: number
  /** `measured` on this many sample keys; `formula` when that was not possible. */
  readonly overhead_from: 'measured' | 'formula'
  readonly samples: number
  /** keys × (elements × element + overhead); `null` where they grow with the run. */
  readonly total_bytes: number | null
}

/** What the load will send and receive, without TCP and TLS. */
export interface TrafficEstimate {
  /** Highest rate of the plan; `null` in a closed loop, which is as fast as the server. */
  readonly ops_per_second: number | null
  /** Mean of one command. */
  readonly request_bytes: number
  readonly reply_bytes: number
  /** Replies of ranges and whole collections are larger than they are counted here. */
  readonly reply_is_at_least: boolean
  readonly sent_bytes_per_second: number | null
  readonly received_bytes_per_second: number | null
}

/** Where the server is, as seen from here. */
export const PLACES = ['this machine', 'a private address', 'a public address', 'an unknown address'] as const
export type Place = (typeof PLACES)[number]

export interface TargetState {
  readonly place: Place
  readonly address: string
  readonly role: string | null
  readonly cluster_enabled: boolean
  readonly user: string | null
  /** No password was asked for. */
  readonly is_open: boolean
  readonly keys: number | null
  readonly used_memory_bytes: number | null
  /** 0: no limit. */
  readonly max_memory_bytes: number | null
  readonly eviction_policy: string | null
  readonly system_memory_bytes: number | null
  readonly clients: number | null
  readonly max_clients: number | null
  /** Clients that are neither ours nor replication. `null`: the server did not tell. */
  readonly other_clients: number | null
  /** How far the slowest replica is behind; `null` without replicas. */
  readonly replica_lag_bytes: number | null
  /** What it is doing that can stall it, in words. */
  readonly busy_with: readonly string[]
}

/** What `redis-test run --dry-run` found out. No command of the workload was executed for it. */
export interface DryRunReport {
  readonly schema: 'redis-test/dry-run'
  readonly schema_version: 1
  readonly tool_version: string
  readonly can_run: boolean
  /** Why it cannot run. */
  readonly obstacles: readonly string[]
  readonly warnings: readonly string[]
  readonly target: string
  readonly server: Readonly<Record<string, string>>
  readonly state: TargetState
  readonly round_trip_ms: CheckReport['round_trip_ms']
  readonly permissions: readonly Permission[]
  /** Commands of which the server did not tell whether they may be run. */
  readonly permissions_unknown: readonly string[]
  /** Connections that the load opens; one more looks after things. */
  readonly connections: number
  readonly key_spaces: readonly KeySpaceEstimate[]
  /** Some keys have names that cannot be listed, and are not in the estimate. */
  readonly has_other_keys: boolean
  readonly traffic: TrafficEstimate
  readonly plan: RunPlan
}
