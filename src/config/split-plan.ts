import type { RunPlan } from '../model/plan.ts'
import { deriveSeed } from '../model/random.ts'
import type { OwnConnections, ThreadShare } from '../model/thread-share.ts'

/**
 * Splits what a plan shares out over its load threads. Exact: the shares add up to the plan, remainders go to the
 * first threads, and no share differs from another by more than one.
 */
export function splitPlan(plan: RunPlan): ThreadShare[] {
  const { threads } = plan.load
  const connections = split(plan.load.clients, threads)
  const concurrency = split(plan.load.concurrency, threads)
  const maxInFlight = split(plan.load.max_in_flight, threads)
  const own = splitOwnConnections(plan)
  let firstConnection = 0
  return connections.map((count, thread) => {
    const share: ThreadShare = {
      thread,
      threads,
      firstConnection,
      connections: count,
      concurrency: concurrency[thread]!,
      maxInFlight: maxInFlight[thread]!,
      keepPerSecond: plan.traces.max_per_second / threads,
      seed: deriveSeed(plan.load.seed, thread),
      own: own.map((ofThreads) => ofThreads[thread]!).filter((part) => part.connections > 0),
    }
    firstConnection += count
    return share
  })
}

/** For each operation with connections of its own, what each thread takes of them. They are numbered after the shared ones. */
function splitOwnConnections(plan: RunPlan): OwnConnections[][] {
  let firstConnection = plan.load.clients
  return plan.operations.flatMap(({ connections }, operation) => {
    if (connections === 0) return []
    const parts = split(connections, plan.load.threads).map((count): OwnConnections => {
      const part = { operation, firstConnection, connections: count }
      firstConnection += count
      return part
    })
    return [parts]
  })
}

/** `total` as `parts` integers that differ by at most one, larger ones first. */
export function split(total: number, parts: number): number[] {
  const share = Math.floor(total / parts)
  const remainder = total % parts
  return Array.from({ length: parts }, (_, index) => share + (index < remainder ? 1 : 0))
}
