import { describeProblem, UsageError } from '../../src/model/errors.ts'

/** What a call says is wrong, in lines; none when it works. */
export function problemsOf(call: () => unknown): string[] {
  try {
    call()
    return []
  } catch (error) {
    if (error instanceof UsageError) return error.problems.map(describeProblem)
    throw error
  }
}
