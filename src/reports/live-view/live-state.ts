import type { RunPhase } from '../../model/run-view.ts'
import type { ShownServers } from '../../model/shown-servers.ts'

/** Seconds that are remembered for charts. */
export const HISTORY_SECONDS = 600

/** Quantiles of a second in milliseconds; `null` when nothing was recorded. */
export interface LatencyNow {
  readonly p50: number | null
  readonly p99: number | null
  readonly p999: number | null
  readonly max: number | null
}

export interface LatencyRow {
  readonly name: string
  readonly isFailed: boolean
  /** Of the last second. */
  readonly now: LatencyNow
  /** Of the measured time so far; `null` where that is not known. */
  readonly run: LatencyNow | null
}

export interface ErrorRow {
  readonly type: string
  readonly code: string
  readonly outcome: string
  /** In the last second, and since the measured time began. */
  readonly now: number
  readonly total: number
}

export interface FaultRow {
  readonly atMillis: number
  readonly text: string
  readonly state: 'at work' | 'over' | 'failed'
}

export interface ThresholdRow {
  readonly expression: string
  /** With its unit; empty when there is no data. */
  readonly actual: string
  readonly state: 'met' | 'missed' | 'open'
}

/** All that is shown of a run at one moment. Times are milliseconds. */
export interface LiveState {
  readonly title: string
  readonly target: string
  readonly nowMillis: number
  readonly phase: RunPhase
  /** Of the load, and how long it still goes on if others follow it; `null` without stages. */
  readonly stage: { readonly name: string; readonly leftMillis: number | null } | null
  /** Since the phase began. */
  readonly elapsedMillis: number
  /** Length of the phase; `null` when it has no end, `unknown` when nobody says. */
  readonly lengthMillis: number | 'unknown' | null
  /** Of a load that ends with a number of commands, how many there are to be. */
  readonly count: number | null
  readonly rate: {
    readonly isOpenLoop: boolean
    readonly perSecond: number
    readonly target: number | null
    readonly history: readonly (number | null)[]
    readonly targets: readonly (number | null)[]
    readonly scheduled: number
    readonly inFlight: number
    readonly dropped: number
    readonly droppedTotal: number
  }
  /** What somebody made of the load. */
  readonly adjusted: { readonly isPaused: boolean; readonly factor: number; readonly count: number }
  readonly latency: {
    readonly rows: readonly LatencyRow[]
    /** p99 of successes, second by second. */
    readonly history: readonly (number | null)[]
    /** Read from the buckets of a scrape, not exact. */
    readonly isRough: boolean
  }
  readonly errors: { readonly rows: readonly ErrorRow[]; readonly settledTotal: number }
  readonly connections: {
    /** `null` before anybody has looked. */
    readonly active: number | null
    /** `null` where it is not known. */
    readonly planned: number | null
    readonly down: number
    readonly lost: number
    readonly lostNow: number
    readonly reconnected: number
    readonly reconnectedNow: number
    /** Since when the load is disturbed; `null` when it is not. */
    readonly disturbedSinceMillis: number | null
  }
  /** The newest last. */
  readonly faults: readonly FaultRow[]
  readonly generator: {
    readonly loopDelayP99: number | null
    readonly startLagP99: number | null
    readonly cpuCores: number | null
    readonly threads: number | null
  }
  /** `null` when nobody asks it. */
  readonly server: ShownServers | null
  readonly thresholds: readonly ThresholdRow[]
  /** Lines of the log, the newest last. */
  readonly messages: readonly { readonly text: string; readonly level: 'info' | 'warning' | 'error' }[]
  /** What came of the last key, or what is wrong. */
  readonly notice: string | null
  /** What keys do: adjust a run, only look, or nothing. */
  readonly keys: 'run' | 'watch' | 'none'
  readonly isHelpShown: boolean
}
