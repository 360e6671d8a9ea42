import { type FailureSigns, PULSE_MILLIS } from '../model/disturbance.ts'
import { everySecond } from './every-second.ts'
import type { RunStage } from './prepare-run.ts'
import type { Recorder } from './recorder.ts'

/** Milliseconds since the epoch; the end may be infinite, and come nearer. */
interface MeasuredTime {
  readonly measureStartMillis: number
  readonly plannedEndMillis: number
}

/** A timer may fire a little late. */
const TOLERANCE_MILLIS = 50

export interface PulseWatch {
  /** The last pulse, when nothing will be recorded any more. */
  finish(): void
}

/** Looks ten times a second at the load, from the beginning of the measured time on, in search of disturbances. */
export function watchPulses(
  { source, pulses, phase, events }: Pick<RunStage, 'source' | 'pulses' | 'phase' | 'events'>,
  recorder: Recorder,
  times: MeasuredTime,
): PulseWatch {
  let signs: FailureSigns = NO_SIGNS
  events.onSigns = (more) => {
    signs = earliest(signs, more)
  }
  const take = (): void => {
    const counts = pulses.take(source.now(), recorder.delayedAboveMillis)
    const draining = phase.current === 'drain' || counts.at_ms > times.plannedEndMillis + TOLERANCE_MILLIS
    recorder.pulse({ ...counts, ...signs, draining })
    signs = NO_SIGNS
  }
  const stop = everySecond(times.measureStartMillis + PULSE_MILLIS, () => source.now(), take, PULSE_MILLIS)
  return {
    finish(): void {
      stop()
      take()
    },
  }
}

const NO_SIGNS: FailureSigns = { first_failure_ms: null, first_success_ms: null }

function earliest(one: FailureSigns, other: FailureSigns): FailureSigns {
  const least = (a: number | null, b: number | null): number | null =>
    a === null ? b : b === null ? a : Math.min(a, b)
  return {
    first_failure_ms: least(one.first_failure_ms, other.first_failure_ms),
    first_success_ms: least(one.first_success_ms, other.first_success_ms),
  }
}
