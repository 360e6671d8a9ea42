import { UsageError } from '../model/errors.ts'
import type { FaultPlan } from '../model/fault-plan.ts'
import { liveFaultSchema, type ParsedFault, toFaultPlan } from './fault-schema.ts'

/** A fault that is to begin at once. Throws every problem with it. */
export function parseLiveFault(given: unknown): FaultPlan {
  const result = liveFaultSchema.safeParse(given)
  if (result.success) return toFaultPlan(result.data as ParsedFault)
  throw new UsageError(
    result.error.issues.map((issue) => ({
      path: issue.path.join('.'),
      message:
        issue.code === 'unrecognized_keys'
          ? `unknown: ${issue.keys.join(', ')}`
          : issue.message.split('\n')[0]!,
    })),
  )
}
