/** Polls until the probe gives something other than `undefined` or `false`; the deadline is generous, the poll is short. */
export async function until<Value>(
  what: string,
  probe: () => Value | undefined | false | Promise<Value | undefined | false>,
  limitMillis = 30_000,
): Promise<Value> {
  const deadline = performance.now() + limitMillis
  for (;;) {
    const value = await probe()
    if (value !== undefined && value !== false) return value
    if (performance.now() > deadline) throw new Error(`not within ${limitMillis} ms: ${what}`)
    await pause(20)
  }
}

export function pause(millis: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, millis)
  })
}
