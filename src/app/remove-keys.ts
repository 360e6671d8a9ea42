import type { Log } from '../model/log.ts'
import type { RunPlan } from '../model/plan.ts'
import type { ControlClient } from '../redis/control-client.ts'
import type { Removal } from '../redis/remove-prefix.ts'
import { keyName } from '../workload/keys.ts'
import { writtenKeys } from '../workload/written-keys.ts'
import type { RunStage } from './prepare-run.ts'
import { auditListsOf, keyPrefixOf, workloadSpecOf } from './run-plan-parts.ts'

/**
 * Removes exactly the keys that this run can have written: by name where the names can be listed, else by a SCAN for the
 * prefix that no other run has. Not from the embedded server, which goes anyway. Bounded; what is left over is said.
 */
export async function removeKeys(
  plan: RunPlan,
  control: ControlClient,
  limitMillis: number,
  log: Log,
): Promise<void> {
  const { ranges, single, hasOthers } = writtenKeys(workloadSpecOf(plan))
  const hasWritten = ranges.length + single.length > 0 || hasOthers
  if (!plan.keys.cleanup || plan.target.embedded || !hasWritten) return
  const deadline = performance.now() + limitMillis
  const parts: (() => Promise<Removal>)[] = hasOthers
    ? [() => control.unlinkMatching(`${keyPrefixOf(plan)}:`, deadline)]
    : [
        ...ranges.map((range) => () => {
          const nameOf = (index: number): string => keyName(range, index)
          return control.unlinkRange({ count: range.count, nameOf }, deadline)
        }),
        () => control.unlinkKeys(single, deadline),
      ]
  let removed = 0
  let isComplete = true
  try {
    for (const remove of parts) {
      const part = await remove()
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

/** Removes the lists of audit writes from wherever they are now. */
export async function removeAuditLists(
  { plan, acked, log }: Pick<RunStage, 'plan' | 'acked' | 'log'>,
  limitMillis: number,
): Promise<void> {
  if (acked === undefined || !plan.keys.cleanup || plan.target.embedded) return
  if (await acked.reader.removeLists(limitMillis)) log.info({}, 'removed the lists of audit writes')
  else log.warn({ left: `${auditListsOf(plan).prefix}*` }, 'could not remove all lists of audit writes')
}
