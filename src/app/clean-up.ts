import type { BuiltPlan } from '../config/build-plan.ts'
import { UsageError } from '../model/errors.ts'
import type { RunPlan } from '../model/plan.ts'
import type { Removal } from '../redis/remove-prefix.ts'
import { connectControl } from './connect-control.ts'
import { readJournalHeader } from './read-journal.ts'
import { keyPrefixOf } from './run-plan-parts.ts'

const AT_ONCE = 100

/** Which keys, and how. */
export interface CleanUpRequest {
  readonly built: BuiltPlan
  /** Of the run that left them, if it kept one. */
  readonly journal: string | undefined
  /** Instead of those of a run. */
  readonly prefix: string | undefined
  readonly limitMillis: number
  readonly keysPerSecond: number
  readonly isTrial: boolean
}

export interface CleanedUp extends Removal {
  readonly prefix: string
}

/** Every run has a tag of its own in its prefix: 8 hexadecimal digits. Anything else may be keys of others. */
const PREFIX_OF_RUN = /^.+:[\da-f]{8}:?$/

/**
 * Removes the keys that a run has left: a SCAN for its prefix, and UNLINK in small batches at a bounded rate. What is
 * not done in time is done by the next time: what was removed is gone.
 */
export async function cleanUp(request: CleanUpRequest): Promise<CleanedUp> {
  const { built, limitMillis, keysPerSecond, isTrial } = request
  const { plan, prefix } = subjectOf(request)
  const control = await connectControl({ plan, secrets: built.secrets })
  try {
    const limits = { atOnce: AT_ONCE, keysPerSecond, isTrial }
    const removal = await control.unlinkMatching(prefix, performance.now() + limitMillis, limits)
    return { ...removal, prefix }
  } finally {
    control.close()
  }
}

function subjectOf({ built, journal, prefix }: CleanUpRequest): { plan: RunPlan; prefix: string } {
  const { plan, origins } = built
  if (journal !== undefined) {
    const header = readJournalHeader(journal)
    // Where the run was, unless somebody says where else to look.
    const isElsewhere = [...origins].some(
      ([path, origin]) => /^target\.(?:host|port|socket|db)$/.test(path) && origin !== 'default',
    )
    const { target } = header.plan
    return {
      plan: isElsewhere ? plan : { ...plan, target: { ...target, password: plan.target.password } },
      prefix: `${keyPrefixOf(header.plan)}:`,
    }
  }
  if (prefix !== undefined) return { plan, prefix: checkPrefix(prefix, plan) }
  const isKnown = ['identity.run_id', 'identity.instance_id'].every((path) => isGiven(origins.get(path)))
  if (isKnown) return { plan, prefix: `${keyPrefixOf(plan)}:` }
  throw mistake(
    'cleanup',
    'which keys?',
    'give the journal of the run, or its profile, --run-id and --instance-id, or --prefix',
  )
}

function checkPrefix(prefix: string, { safety }: RunPlan): string {
  if (prefix === '') throw mistake('--prefix', 'an empty prefix is every key', 'give that of a run')
  if (PREFIX_OF_RUN.test(prefix)) return prefix.endsWith(':') ? prefix : `${prefix}:`
  if (safety.yes) return prefix
  throw mistake(
    '--prefix',
    `${JSON.stringify(prefix)} is not the prefix of one run (redis-test:1a2b3c4d)`,
    '--yes removes everything that begins with it',
  )
}

function isGiven(origin: string | undefined): boolean {
  return origin !== undefined && origin !== 'default'
}

function mistake(path: string, message: string, hint: string): UsageError {
  return new UsageError([{ path, message, hint }])
}
