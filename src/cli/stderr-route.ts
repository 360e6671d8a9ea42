let original: typeof process.stderr.write | undefined

/**
 * While there is a taker, it gets all that would go to standard error, whoever writes it: the log, a library, a warning of
 * Node.js. Nobody is to write over who has the terminal for itself.
 */
export function divertStderr(taker: (text: string) => void): void {
  original ??= process.stderr.write.bind(process.stderr)
  process.stderr.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    taker(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))
    const done = rest.find((one) => typeof one === 'function') as (() => void) | undefined
    done?.()
    return true
  }
}

export function restoreStderr(): void {
  if (original !== undefined) process.stderr.write = original
  original = undefined
}

/** For who has the terminal. */
export function writeToTerminal(text: string): void {
  if (original === undefined) process.stderr.write(text)
  else original(text)
}
