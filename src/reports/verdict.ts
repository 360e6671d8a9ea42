import { EXIT, type ExitCode } from '../model/exit-code.ts'
import type { RunResult, ThresholdResult } from '../model/result.ts'

/**
 * `PASS`: something was asked for, and all of it is so. `FAIL`: something is not, or the numbers cannot be used. `DONE`:
 * nothing was asked for, so nothing passed or failed. `CUT SHORT`: the run did not come to its end.
 */
export type VerdictWord = 'PASS' | 'FAIL' | 'DONE' | 'CUT SHORT'

/** What a run came to. */
export interface Verdict {
  readonly word: VerdictWord
  readonly exitCode: ExitCode
  /** Why, in a few words each; the weightiest first. */
  readonly reasons: readonly string[]
}

/** `signal`: the exit code that goes with the signal which ended the run, if it is known. */
export function verdictOf(result: RunResult, signal?: ExitCode): Verdict {
  const failures = [...failuresOf(result)]
  const [weightiest] = failures
  if (weightiest !== undefined)
    return { word: 'FAIL', exitCode: weightiest.exitCode, reasons: failures.map(({ reason }) => reason) }
  const good = [...achievementsOf(result)]
  if (result.partial)
    return { word: 'CUT SHORT', exitCode: EXIT.ok, reasons: ['the run was killed before its end', ...good] }
  if (isCutShort(result))
    return { word: 'CUT SHORT', exitCode: signal ?? EXIT.ok, reasons: ['ended early by a signal', ...good] }
  const isAsked = result.thresholds.length + result.expectations.length > 0
  return { word: isAsked ? 'PASS' : 'DONE', exitCode: EXIT.ok, reasons: good }
}

/** A run that nobody limited is meant to be ended by a signal. */
function isCutShort({ end_reason, plan }: RunResult): boolean {
  return end_reason === 'signal' && (plan.load.duration_ms !== null || plan.load.count !== null)
}

interface Failure {
  readonly exitCode: ExitCode
  readonly reason: string
}

function* failuresOf(result: RunResult): Generator<Failure> {
  const { audit, faults, plan } = result
  if (result.end_reason === 'thread_crashed')
    yield { exitCode: EXIT.internalError, reason: result.error ?? 'a load thread died' }
  const open = faults.filter(({ reverted }) => reverted === false).length
  if (open > 0) yield { exitCode: EXIT.internalError, reason: `${countOf(open, 'fault')} not taken back` }
  if (!audit.ok) {
    const failed = audit.checks.filter(({ ok }) => !ok).length
    const server = audit.server.status === 'failed' ? 'the server counted otherwise' : undefined
    yield {
      exitCode: EXIT.auditFailed,
      reason: `the audit failed: ${server ?? `${countOf(failed, 'equation')} of ${audit.checks.length} wrong`}`,
    }
  }
  // In a search by steps they are what a step has to hold, and one that does not is what was looked for.
  if (!plan.load.step_search) yield* missedOf('threshold', result.thresholds)
  yield* missedOf('expectation', result.expectations)
}

function* missedOf(what: string, sentences: readonly ThresholdResult[]): Generator<Failure> {
  const missed = sentences.filter(({ ok }) => !ok).length
  if (missed > 0)
    yield {
      exitCode: EXIT.thresholdsFailed,
      reason: `${missed} of ${countOf(sentences.length, what)} not met`,
    }
}

function* achievementsOf({ thresholds, expectations, plan, step_search }: RunResult): Generator<string> {
  if (plan.load.step_search) {
    const held = step_search?.held ?? null
    yield held === null ? 'no step held' : `${held.target_ops_per_second.toLocaleString('en-US')} ops/s held`
  } else if (thresholds.length > 0) yield `${allOf(thresholds.length, 'threshold')} met`
  if (expectations.length > 0) yield `${allOf(expectations.length, 'expectation')} met`
  if (thresholds.length + expectations.length === 0) yield 'no threshold was set'
  yield 'the audit holds'
}

function allOf(count: number, what: string): string {
  return count === 1 ? `the ${what}` : `all ${countOf(count, what)}`
}

/** `1 fault`, `2 faults`. */
function countOf(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`
}
