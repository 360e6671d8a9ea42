/** A timer's limit is 2^31 - 1 ms. */
const LONGEST_TIMER_MILLIS = 86_400_000
/** A timer may be this late; the rest of the time goes through the event loop without sleeping. */
const TIMER_SLACK_MILLIS = 2.2

/**
 * Calls back at one moment after another until stopped, as exactly as a thread can that is not alone on its core. `next`
 * gives the moment to wait for, infinite for none any more; it is asked again after each call. Milliseconds of the clock
 * `now`.
 */
export function atMoments(next: () => number, now: () => number, call: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const wait = (): void => {
    const at = next()
    const left = at - now()
    if (isStopped || at === Number.POSITIVE_INFINITY) return
    if (left > TIMER_SLACK_MILLIS)
      timer = setTimeout(wait, Math.min(LONGEST_TIMER_MILLIS, left - TIMER_SLACK_MILLIS / 2))
    else {
      if (left <= 0) call()
      setImmediate(wait)
    }
  }
  wait()
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
