import { errorCodeAt } from '../model/error-codes.ts'
import type { ErrorCount } from '../model/error-count.ts'
import type { OutcomeCount } from '../model/snapshot.ts'

/** What was not ok, by outcome and fine error code. */
export function countCodes(outcomes: readonly OutcomeCount[]): ErrorCount[] {
  return outcomes.flatMap(({ outcome, code, count }): ErrorCount[] =>
    outcome === 'ok'
      ? []
      : [{ outcome, error_type: errorCodeAt(code).errorType, code: errorCodeAt(code).code, count }],
  )
}
