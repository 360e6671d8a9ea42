import type { Log } from '../model/log.ts'
import type { RunPlan } from '../model/plan.ts'
import type { RunResult } from '../model/result.ts'
import type { ControlClient } from '../redis/control-client.ts'
import { workloadPrefixes } from '../workload/build-workload.ts'
import { keyPrefixOf, workloadSpecOf } from './run-plan-parts.ts'

const LIMIT_MILLIS = 10_000
const HURRIED_LIMIT_MILLIS = 500

/**
 * Removes exactly the keys that this run can have written, by name. Not from the embedded server, which goes anyway.
 * Bounded; what is left over is said.
 */
export async function removeKeys(
  plan: RunPlan,
  control: ControlClient,
  result: RunResult,
  log: Log,
): Promise<void> {
  const prefixes = workloadPrefixes(workloadSpecOf(plan))
  if (!plan.keys.cleanup || plan.target.embedded || prefixes.length === 0) return
  const deadline = performance.now() + (result.end_reason === 'signal' ? HURRIED_LIMIT_MILLIS : LIMIT_MILLIS)
  let removed = 0
  let isComplete = true
  try {
    for (const prefix of prefixes) {
      const part = await control.unlinkRange(prefix, plan.keys.count, deadline)
      removed += part.removed
      isComplete &&= part.complete
    }
  } catch (error) {
    log.debug({ err: error }, 'clean-up failed')
    isComplete = false
  }
  if (isComplete) log.info({ removed }, 'removed the keys of this run')
  else log.warn({ removed, left: `${keyPrefixOf(plan)}:*` }, 'could not remove all keys of this run')
}
