import { workerData } from 'node:worker_threads'

const TICKS = 0
const STOPPED = 1

const { shared, periodMillis } = workerData as { shared: Int32Array<SharedArrayBuffer>; periodMillis: number }
const nobody = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

let next = performance.now() + periodMillis
while (Atomics.load(shared, STOPPED) === 0) {
  const wait = next - performance.now()
  if (wait > 0) Atomics.wait(nobody, 0, 0, wait)
  Atomics.add(shared, TICKS, 1)
  Atomics.notify(shared, TICKS)
  // After a pause of the whole machine, ticks are not made up for.
  next = Math.max(next + periodMillis, performance.now())
}
