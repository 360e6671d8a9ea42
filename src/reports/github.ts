import type { RunResult, ThresholdResult } from '../model/result.ts'
import { verdictOf } from './verdict.ts'

const LONGEST = 4000
const SHOWN = 10

/**
 * Lines that GitHub Actions turns into annotations: an error for the verdict and for each sentence that is not met, a
 * warning for each way in which the generator shaped the numbers, or a notice that all is well.
 */
export function* githubAnnotations(result: RunResult): Generator<string> {
  const { word, reasons, exitCode } = verdictOf(result)
  const title = `redis-test ${result.workload_name}`
  const verdict = `${word}: ${reasons.join(', ')}`
  if (word === 'FAIL') {
    yield annotation('error', title, `${verdict} (exit code ${exitCode})`)
    const missed = [...result.thresholds, ...result.expectations].filter(({ ok }) => !ok)
    for (const sentence of missed.slice(0, SHOWN))
      yield annotation('error', `${title}: not met`, describe(sentence))
  } else yield annotation(word === 'CUT SHORT' ? 'warning' : 'notice', title, verdict)
  for (const warning of result.generator.warnings.slice(0, SHOWN))
    yield annotation('warning', `${title}: generator`, warning)
}

function describe({ expression, actual, unit, note }: ThresholdResult): string {
  return `${expression}: ${actual === null ? (note ?? 'no data') : `${actual}${unit}`}`
}

/** https://docs.github.com/actions/reference/workflow-commands: % and line breaks are escaped, in a title : and , as well. */
function annotation(kind: 'error' | 'warning' | 'notice', title: string, message: string): string {
  return `::${kind} title=${escaped(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${escaped(message)}\n`
}

function escaped(text: string): string {
  return text.slice(0, LONGEST).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
