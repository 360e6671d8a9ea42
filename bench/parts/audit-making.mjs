import { createRandom } from '../../dist/model/random.js'
import { AuditedWorkload } from '../../dist/workload/acked/audited-workload.js'
import { AuditLists } from '../../dist/workload/acked/audit-lists.js'
import { allocateFates, WriteFates } from '../../dist/workload/acked/write-fates.js'
import { buildWorkloads } from '../../dist/workload/build-workload.js'

const UNITS = 300_000
const ROUNDS = 15
const CONNECTIONS = 50

const operation = (name) => ({
  ...{ name, commands: [name], weight: 1, batch: { kind: 'none', size: 1 }, watch: [], on_nil: null },
  ...{ connections: 0, script: null },
})
const spec = {
  operations: [operation('SET'), operation('GET')],
  batch: { kind: 'none', size: 1 },
  keyPrefix: 'redis-test:12345678',
  keys: { count: 10_000, distribution: 'uniform', members: 1000, preload: 0, ttl: null, cleanup: true },
  values: { size: '100', kind: 'random', compressibility: 0.5, verify: false },
  pubsub: { channels: [], subscribers: 0, mode: 'channel' },
  streams: { count: 1, group: 'g', consumers: 0, batch: 1, block_ms: 1 },
  seed: 1,
}

function workloadOf(share) {
  const hooks = { now: () => 0, nextMessage: () => '', readerOf: () => null }
  const { shared } = buildWorkloads(spec, { thread: 0, threads: 1 }, hooks)
  if (share === 0) return { workload: shared }
  const fates = new WriteFates(allocateFates(CONNECTIONS))
  const lists = new AuditLists({ keyPrefix: spec.keyPrefix, topology: 'standalone', clients: CONNECTIONS })
  const parts = { fates, lists, share, series: 2, random: createRandom(1), firstConnection: 0 }
  const more = { connections: CONNECTIONS, now: () => performance.now(), onThinned() {} }
  return { fates, workload: new AuditedWorkload(shared, { ...parts, ...more }) }
}

/** Nanoseconds a unit: made, and settled. What is full is given back, as the reader would. */
function nanosecondsOf({ workload, fates }) {
  const calls = Array.from({ length: CONNECTIONS }, (_, index) => ({ connection: { index }, writes: 1 }))
  const startedAt = performance.now()
  let length = 0
  for (let unit = 0; unit < UNITS; unit++) {
    const call = calls[unit % CONNECTIONS]
    workload.nextUnit()
    workload.fill(call)
    length += call.wire.length
    if (call.tracker !== null) call.tracker.settled(call, 0)
  }
  const took = performance.now() - startedAt
  if (fates !== undefined)
    for (const { index, isComplete } of fates.used()) if (isComplete) fates.release(index)
  // The length is used, or the loop might be left out.
  return length < 0 ? 0 : (took * 1e6) / UNITS
}

/** By share, the fastest round of each. */
export function makingTimes(shares) {
  const all = ['0%', ...shares].map((share) => [share, workloadOf(Number.parseFloat(share) / 100)])
  const best = new Map(all.map(([share]) => [share, Number.POSITIVE_INFINITY]))
  for (let round = 0; round < ROUNDS; round++)
    for (const [share, one] of all) best.set(share, Math.min(best.get(share), nanosecondsOf(one)))
  return [...best]
}
