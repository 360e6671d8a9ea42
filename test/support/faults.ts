import type { FaultPlan } from '../../src/model/fault-plan.ts'
import type { FaultResult } from '../../src/model/fault-result.ts'

/** What became of a fault, with the parts that a test cares for. */
export function faultResult(parts: Partial<FaultResult> = {}): FaultResult {
  return {
    id: 1,
    kind: 'client-kill',
    origin: 'plan',
    planned_at_ms: 1,
    at_ms: 1,
    ended_at_ms: 1,
    nodes: [],
    connections: 0,
    detail: '',
    reverted: null,
    error: null,
    revert_error: null,
    ...parts,
  }
}

/** A fault as a plan has it. */
export function faultPlan(parts: Partial<FaultPlan> = {}): FaultPlan {
  return {
    kind: 'client-kill',
    at_ms: 0,
    every_ms: null,
    jitter_ms: 0,
    for_ms: null,
    share: 1,
    on: 'all',
    params: { type: 'ours' },
    ...parts,
  }
}
