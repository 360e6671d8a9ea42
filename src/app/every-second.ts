/**
 * Calls back at `firstAt`, and every second (or another period) after it, until stopped. Aligned: a late call does not make the next one
 * late. `now` and `firstAt` in milliseconds of the same clock.
 */
export function everySecond(
  firstAt: number,
  now: () => number,
  call: () => void,
  periodMillis = 1000,
): () => void {
  let next = firstAt
  let timer: NodeJS.Timeout | undefined
  const turn = (): void => {
    call()
    while (next <= now()) next += periodMillis
    timer = setTimeout(turn, next - now())
  }
  timer = setTimeout(turn, Math.max(0, next - now()))
  return () => clearTimeout(timer)
}
