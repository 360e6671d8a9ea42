import type { RunPlan } from '../model/plan.ts'
import type { VerificationScope } from '../model/run-record.ts'
import type { SharedVerification } from '../model/verification.ts'
import { causeOf, type ControlClient } from '../redis/control-client.ts'
import { allocateRegisters } from '../workload/verification/registers.ts'
import { verifiedKeys } from '../workload/verification/verified-keys.ts'
import { workloadSpecOf } from './run-plan-parts.ts'

const LIMIT_MILLIS = 5000

/** What the load threads share to verify values, and what can be said of them. */
export interface PreparedVerification {
  readonly shared: SharedVerification
  readonly scope: VerificationScope
}

/** Memory for all load threads, and whether the server removes keys by itself; `undefined` when nothing is verified. */
export async function shareVerification(
  plan: RunPlan,
  control: ControlClient,
): Promise<PreparedVerification | undefined> {
  if (!plan.values.verify) return undefined
  const { ranges, count } = verifiedKeys(workloadSpecOf(plan))
  const eviction = await evictionOf(control)
  const expiring = ranges.some(({ expires }) => expires)
    ? 'the workload gives keys a time to live'
    : undefined
  return {
    shared: { memory: allocateRegisters(count), mayEvict: eviction !== undefined },
    scope: { keys: count, missing_unjudged_because: eviction ?? expiring ?? null },
  }
}

/** Why keys may go by themselves when memory is full; a policy for keys with a time to live alone does not count. */
async function evictionOf(control: ControlClient): Promise<string | undefined> {
  try {
    const memory = await control.info(LIMIT_MILLIS, 'memory')
    const policy = memory.get('maxmemory_policy')
    if (policy === undefined) return 'the server does not say whether it evicts keys'
    const evicts = policy.startsWith('allkeys-') && memory.get('maxmemory') !== '0'
    return evicts ? `the server evicts keys (${policy})` : undefined
  } catch (error) {
    return `the server does not say whether it evicts keys: ${causeOf(error)}`
  }
}
