import type { RunPlan } from '../model/plan.ts'
import { deriveSeed } from '../model/random.ts'
import type { ConnectionRange, OwnConnections, ThreadShare } from '../model/thread-share.ts'

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
  const stages = plan.load.stages.map((stage) => split(stage.concurrency ?? 0, threads))
  const counts = splitCount(plan)
  const firstListener =
    plan.load.clients + plan.operations.reduce((sum, operation) => sum + operation.connections, 0)
  const { subscribers } = plan.pubsub
  const subscribing = splitRange(firstListener, subscribers, threads)
  const consuming = splitRange(firstListener + subscribers, plan.streams.consumers, threads)
  let firstConnection = 0
  return connections.map((count, thread) => {
    const share: ThreadShare = {
      thread,
      threads,
      firstConnection,
      connections: count,
      concurrency: concurrency[thread]!,
      stageConcurrency: stages.map((shares) => shares[thread]!),
      count: counts?.[thread] ?? null,
      maxInFlight: maxInFlight[thread]!,
      keepPerSecond: plan.traces.max_per_second / threads,
      seed: deriveSeed(plan.load.seed, thread),
      own: own.map((ofThreads) => ofThreads[thread]!).filter((part) => part.connections > 0),
      subscribers: subscribing[thread]!,
      consumers: consuming[thread]!,
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
    const parts = splitRange(firstConnection, connections, plan.load.threads)
    firstConnection += connections
    return [parts.map((part): OwnConnections => ({ operation, ...part }))]
  })
}

/** Neighbouring ranges of so many connections. */
function splitRange(first: number, total: number, parts: number): ConnectionRange[] {
  let firstConnection = first
  return split(total, parts).map((connections) => {
    const range = { firstConnection, connections }
    firstConnection += connections
    return range
  })
}

/** A batch is never cut: the whole run has as many as hold the count, so the last one may go beyond it. */
function splitCount({ load, batch }: RunPlan): number[] | undefined {
  if (load.count === null) return undefined
  return split(Math.ceil(load.count / batch.size), load.threads).map((units) => units * batch.size)
}

/** `total` as `parts` integers that differ by at most one, larger ones first. */
export function split(total: number, parts: number): number[] {
  const share = Math.floor(total / parts)
  const remainder = total % parts
  return Array.from({ length: parts }, (_, index) => share + (index < remainder ? 1 : 0))
}
