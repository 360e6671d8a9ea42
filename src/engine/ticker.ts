import { Worker } from 'node:worker_threads'

const TICKS = 0
const STOPPED = 1

/** A thread that does nothing but sleep and wake another one, more precisely than a timer can. */
export interface Ticker {
  /** Resolves at the next tick. */
  nextTick(): Promise<void>
  stop(): void
}

/** Starts a ticker with the given period in milliseconds. Fractions count. */
export function startTicker(periodMillis: number): Ticker {
  const shared = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))
  const worker = new Worker(new URL('ticker-thread.js', import.meta.url), {
    workerData: { shared, periodMillis },
  })
  worker.unref()
  return {
    async nextTick() {
      const waiting = Atomics.waitAsync(shared, TICKS, Atomics.load(shared, TICKS), 50)
      if (waiting.async) await waiting.value
    },
    stop() {
      Atomics.store(shared, STOPPED, 1)
    },
  }
}
