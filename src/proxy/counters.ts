import type { ProxyStats, ToxicStream } from '../model/toxic.ts'
import type { LinkCounters } from './link.ts'

/** What a proxy counts, from when it is made. */
export interface ProxyCounters {
  connections: number
  /** Connections whose server could not be reached. */
  failed: number
  readonly bytes: Record<ToxicStream, LinkCounters>
  /** By type of toxic. */
  readonly applied: Map<string, number>
}

export function createCounters(): ProxyCounters {
  return {
    connections: 0,
    failed: 0,
    bytes: { upstream: { received: 0, sent: 0 }, downstream: { received: 0, sent: 0 } },
    applied: new Map(),
  }
}

export function countApplied({ applied }: ProxyCounters, type: string): void {
  applied.set(type, (applied.get(type) ?? 0) + 1)
}

export function describeCounters(counters: ProxyCounters, active: number): ProxyStats {
  const { connections, failed, bytes, applied } = counters
  return {
    connections: { total: connections, active, failed },
    bytes: { upstream: { ...bytes.upstream }, downstream: { ...bytes.downstream } },
    applied: Object.fromEntries(applied),
  }
}
