import type { AckedLoss } from '../model/acked-writes.ts'
import type { DisturbanceResult, DisturbancesResult } from '../model/disturbance.ts'

/**
 * Says of each disturbance which acknowledged writes it cost: those that went while it, and no other, was going on. What
 * may have gone in several of them is in the sum of all only (and in that of a kind of fault which all of them had). What
 * went in none is outside. Nothing is said when disturbances are left out: nobody could tell which one it was.
 */
export function attributeLosses(
  disturbances: DisturbancesResult,
  losses: readonly AckedLoss[],
): DisturbancesResult {
  const { list, kinds, cost, outside, left_out } = disturbances
  if (left_out > 0) return disturbances
  const alone = new Map<DisturbanceResult, number>()
  const ofKind = new Map<string | null, number>()
  let within = 0
  let without = 0
  for (const { from_ms, until_ms, count } of losses) {
    const possible = list.filter((one) => one.began_at_ms <= until_ms && one.ended_at_ms >= from_ms)
    const [first] = possible
    if (first === undefined) without += count
    else within += count
    if (first !== undefined && possible.length === 1) alone.set(first, (alone.get(first) ?? 0) + count)
    for (const { kind } of kinds)
      if (first !== undefined && possible.every((one) => hasKind(one, kind)))
        ofKind.set(kind, (ofKind.get(kind) ?? 0) + count)
  }
  return {
    ...disturbances,
    list: list.map((one) => ({ ...one, cost: { ...one.cost, acknowledged_writes: alone.get(one) ?? 0 } })),
    kinds: kinds.map((one) => ({ ...one, acknowledged_writes: ofKind.get(one.kind) ?? 0 })),
    cost: { ...cost, acknowledged_writes: within },
    outside: { ...outside, acknowledged_writes: without },
  }
}

function hasKind({ cause, faults }: DisturbanceResult, kind: string | null): boolean {
  return kind === null ? cause === null : faults.some((fault) => fault.kind === kind)
}
