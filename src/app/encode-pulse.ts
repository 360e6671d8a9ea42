import { type Pulse, PULSE_MILLIS, type PulseErrors } from '../model/disturbance.ts'

/** A pulse as a journal holds it: ten of them are written each second. */
export type EncodedPulse = readonly [
  atMillis: number,
  scheduled: number,
  ok: number,
  dropped: number,
  delayed: number,
  down: number,
  p50: number,
  p99: number,
  p999: number,
  rest?: {
    readonly errors?: readonly PulseErrors[]
    readonly failure?: number
    readonly success?: number
    readonly draining?: true
  },
]

export function encodePulse(pulse: Pulse): EncodedPulse {
  const { errors, first_failure_ms: failure, first_success_ms: success, draining } = pulse
  const rest = {
    ...(errors.length === 0 ? {} : { errors }),
    ...(failure === null ? {} : { failure }),
    ...(success === null ? {} : { success }),
    ...(draining ? { draining } : {}),
  }
  const { at_ms, scheduled, ok, dropped, delayed, down, p50_ms, p99_ms, p999_ms } = pulse
  const numbers = [at_ms, scheduled, ok, dropped, delayed, down, p50_ms, p99_ms, p999_ms] as const
  return Object.keys(rest).length === 0 ? numbers : [...numbers, rest]
}

export function decodePulse(encoded: EncodedPulse): Pulse {
  const [at_ms, scheduled, ok, dropped, delayed, down, p50_ms, p99_ms, p999_ms, rest] = encoded
  const errors = rest?.errors ?? []
  const sum = (kind: PulseErrors[0]): number =>
    errors.reduce((total, [outcome, , count]) => total + (outcome === kind ? count : 0), 0)
  return {
    at_ms,
    scheduled,
    ok,
    dropped,
    delayed,
    down,
    p50_ms,
    p99_ms,
    p999_ms,
    errors,
    failed: sum('failed'),
    indeterminate: sum('indeterminate'),
    first_failure_ms: rest?.failure ?? null,
    first_success_ms: rest?.success ?? null,
    draining: rest?.draining ?? false,
  }
}

/** Pulses in one line of the journal, at most. */
export const PULSES_IN_LINE = 1000 / PULSE_MILLIS
