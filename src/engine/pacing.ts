import type { Pacing } from '../model/plan.ts'
import { startTicker, type Ticker } from './ticker.ts'

/** Fires what is due and returns the milliseconds until it wants to be called again; 0 for at once. */
export type Wake = () => number

/** Calls a {@link Wake} again and again, more or less precisely. Returns a function that ends it. */
export type Pacer = (wake: Wake) => () => void

/** No sleep is longer, so that a stop is noticed. */
const LONGEST_SLEEP_MILLIS = 500
/** A timer may be this late; closer to the next arrival than this, `precise` spins. */
const TIMER_SLACK_MILLIS = 2.2
const TICK_MILLIS = 0.25

/**
 * `economical` sleeps in timers of whole milliseconds: least CPU, starts up to a millisecond or two late.
 * `balanced` is woken four times a millisecond by a thread that sleeps on a futex.
 * `precise` spins through the event loop near an arrival: takes a core, starts within microseconds.
 */
export const pacers = { economical, balanced, precise } satisfies Record<Exclude<Pacing, 'auto'>, Pacer>

/**
 * `auto`: a whole core is only taken where cores are plenty and arrivals are frequent. Timers are never chosen: their
 * lag would be most of the response time, to save a twentieth of a core.
 */
export function choosePacing(
  pacing: Pacing,
  facts: { readonly unitsPerSecond: number; readonly cores: number; readonly threads: number },
): Exclude<Pacing, 'auto'> {
  if (pacing !== 'auto') return pacing
  const isFrequent = facts.unitsPerSecond / facts.threads >= 2000
  return isFrequent && facts.cores >= facts.threads + 3 ? 'precise' : 'balanced'
}

function economical(wake: Wake): () => void {
  let isStopped = false
  const turn = (): void => {
    if (isStopped) return
    const wait = wake()
    if (wait <= 0) setImmediate(turn)
    else setTimeout(turn, Math.min(LONGEST_SLEEP_MILLIS, Math.floor(wait)))
  }
  turn()
  return () => {
    isStopped = true
  }
}

function precise(wake: Wake): () => void {
  let isStopped = false
  const turn = (): void => {
    if (isStopped) return
    const wait = wake()
    if (wait > TIMER_SLACK_MILLIS)
      setTimeout(turn, Math.min(LONGEST_SLEEP_MILLIS, Math.floor(wait - TIMER_SLACK_MILLIS / 2)))
    else setImmediate(turn)
  }
  turn()
  return () => {
    isStopped = true
  }
}

function balanced(wake: Wake): () => void {
  const state = { isStopped: false }
  const ticker = startTicker(TICK_MILLIS)
  const follow = async (running: Ticker): Promise<void> => {
    while (!state.isStopped) {
      const wait = wake()
      if (wait <= 0) await new Promise(setImmediate)
      else if (wait > 2 * TIMER_SLACK_MILLIS) await sleep(wait - TIMER_SLACK_MILLIS)
      else await running.nextTick()
    }
  }
  const done = follow(ticker)
  return () => {
    state.isStopped = true
    void done.finally(() => ticker.stop())
  }
}

function sleep(millis: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.min(LONGEST_SLEEP_MILLIS, millis))
  })
}
