import type { EndReason, RunResult, ThresholdResult } from '../../model/result.ts'

export interface Verdict {
  /** `none`: nothing was asked of the run, and nothing went wrong with it. */
  readonly is: 'passed' | 'failed' | 'none'
  readonly word: string
  /** Why, the gravest first. */
  readonly reasons: readonly string[]
}

/** Whether the run gave what was asked of it, and whether its numbers can be used. */
export function verdictOf(result: RunResult): Verdict {
  const reasons = [...failures(result)]
  if (reasons.length > 0) return { is: 'failed', word: 'Failed', reasons }
  const asked = judged(result).length + result.expectations.length
  return asked === 0
    ? { is: 'none', word: 'Completed', reasons: ['No threshold or expectation was set.'] }
    : { is: 'passed', word: 'Passed', reasons: [`All ${asked} thresholds and expectations are met.`] }
}

/** In a search by steps they are what a step has to hold; one that does not is what was looked for. */
function judged({ plan, thresholds }: RunResult): readonly ThresholdResult[] {
  return plan.load.step_search ? [] : thresholds
}

const ENDS: Readonly<Partial<Record<EndReason, string>>> = {
  thread_crashed: 'A load thread crashed.',
  killed: 'The run was killed; this is what its journal holds.',
}

function* failures(result: RunResult): Generator<string> {
  const { audit, faults, expectations, end_reason, error } = result
  if (!audit.ok) yield 'The audit failed: these numbers contradict each other. Do not use them.'
  const end = ENDS[end_reason]
  if (end !== undefined) yield end
  if (error !== null) yield error
  const left = faults.filter(({ reverted }) => reverted === false).length
  if (left > 0)
    yield `${left} fault${left === 1 ? ' was' : 's were'} not taken back: the servers are not as they were.`
  yield* missed('threshold', judged(result))
  yield* missed('expectation', expectations)
}

function* missed(what: string, sentences: readonly ThresholdResult[]): Generator<string> {
  const count = sentences.filter(({ ok }) => !ok).length
  if (count > 0) yield `${count} of ${sentences.length} ${what}s ${count === 1 ? 'is' : 'are'} not met.`
}
