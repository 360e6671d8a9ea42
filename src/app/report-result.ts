import type { RunResult } from '../model/result.ts'
import { describePreset } from '../redis/client-options.ts'
import { describeTarget } from '../redis/connect-failure.ts'
import { renderJson } from '../reports/render-json.ts'
import { renderTextSummary } from '../reports/text-summary.ts'
import type { RunDependencies } from './run-test.ts'
import { writeWhole } from './write-result.ts'

/** Shows the summary and writes the output file. A file that cannot be written is an error, but not before the summary. */
export function reportResult(
  result: RunResult,
  { stdout, log }: Pick<RunDependencies, 'stdout' | 'log'>,
  outputFile: string | null = result.plan.output.file,
): void {
  stdout(summarize(result))
  if (outputFile === null) return
  writeWhole(outputFile, renderJson(result))
  log.info({ file: outputFile }, 'result written')
}

/** The summary in words and numbers. */
export function summarize(result: RunResult): string {
  const { plan } = result
  return renderTextSummary(result, {
    preset: describePreset(plan.client),
    target: describeTarget(plan.target),
  })
}
