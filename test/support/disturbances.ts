import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import type { Outage } from '../../src/model/connection-event.ts'
import { type Pulse, PULSE_MILLIS } from '../../src/model/disturbance.ts'
import { DisturbanceTracker } from '../../src/reports/disturbances.ts'

/** When the measured time of a hand-made history began. */
export const BEGAN = 1_700_000_000_000

/** A tenth of a second of 1,000 commands a second that are all answered in time. */
export function quietPulse(at: number, change: Partial<Pulse> = {}): Pulse {
  return {
    at_ms: BEGAN + at,
    scheduled: 100,
    ok: 100,
    failed: 0,
    indeterminate: 0,
    dropped: 0,
    delayed: 0,
    down: 0,
    p50_ms: 1,
    p99_ms: 5,
    p999_ms: 8,
    errors: [],
    first_failure_ms: null,
    first_success_ms: null,
    draining: false,
    ...change,
  }
}

export function trackerOf(
  change: { readonly isOpenLoop?: boolean; readonly errorsAfterMillis?: readonly number[] } = {},
): DisturbanceTracker {
  return new DisturbanceTracker({
    isOpenLoop: true,
    errorsAfterMillis: [],
    ...change,
    measureStartMillis: BEGAN,
    tools: RESULT_TOOLS,
  })
}

/** Pulses from just after `from` until `to`, milliseconds of the measured time; what they show by their end. */
export function play(
  tracker: DisturbanceTracker,
  [from, to]: readonly [number, number],
  change: (at: number) => Partial<Pulse> = () => ({}),
): void {
  for (let at = from + PULSE_MILLIS; at <= to; at += PULSE_MILLIS) tracker.pulse(quietPulse(at, change(at)))
}

export function outageOf(lostAt: number, duration: number, change: Partial<Outage> = {}): Outage {
  return {
    thread: 0,
    connection: 0,
    server: null,
    lost_at_ms: BEGAN + lostAt,
    duration_ms: duration,
    finished: true,
    end: change.finished === false ? 'unfinished' : 'reconnected',
    cause: 'closed',
    detection_ms: 0,
    backoff_ms: 0,
    handshake_ms: 0,
    attempts: 1,
    from: null,
    to: null,
    ...change,
  }
}

export function faultOf(kind: string, at: number): { kind: string; node: null; at_ms: number } {
  return { kind, node: null, at_ms: BEGAN + at }
}

/** A fault that is over at once. */
export function disturb(tracker: DisturbanceTracker, fault: ReturnType<typeof faultOf>): void {
  tracker.faultBegan(fault, 0)
  tracker.faultEnded(0, fault.at_ms)
}
