/** The promise, or a rejection after `millis`: nothing is awaited without a bound. */
export function bounded<Value>(promise: Promise<Value>, millis: number, what: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${millis} ms`)), millis)
  })
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer))
}
