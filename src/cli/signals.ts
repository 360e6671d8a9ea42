import { EXIT, type ExitCode } from './exit-codes.ts'

/** From the first signal on, this is how long the tool may take to leave in order. */
const LEAVE_WITHIN_MILLIS = 4800

const SIGNALS = {
  SIGINT: EXIT.interruptedBySigint,
  SIGTERM: EXIT.interruptedBySigterm,
  SIGHUP: EXIT.interruptedBySigterm,
}

export interface Signals {
  /** Called at the first signal. */
  onFirst(listener: () => void): void
  /** As if the first SIGINT had come; does nothing after it. */
  request(): void
  /** Exit code of the signal that came, if one came. */
  readonly received: ExitCode | undefined
}

/** First signal: end in order, within a bound. Second: leave at once. */
export function handleSignals(stderr: (text: string) => void): Signals {
  let received: ExitCode | undefined
  const listeners: (() => void)[] = []
  const end = (reason: string, code: ExitCode): void => {
    received = code
    stderr(`redis-test: ${reason}: ending the load, then reporting; once more to leave at once\n`)
    setTimeout(() => {
      stderr('redis-test: could not end in time\n')
      process.exit(code)
    }, LEAVE_WITHIN_MILLIS).unref()
    for (const listener of listeners) listener()
  }
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (received !== undefined) process.exit(code)
      end(signal, code)
    })
  }
  return {
    request() {
      if (received === undefined) end('q', EXIT.interruptedBySigint)
    },
    onFirst: (listener) => {
      listeners.push(listener)
    },
    get received() {
      return received
    },
  }
}
