import type { RunResult } from '../model/result.ts'
import { describePreset } from '../redis/client-options.ts'
import { describeTarget } from '../redis/connect-failure.ts'
import { renderTextSummary } from '../reports/text-summary.ts'
import { type ResultPaths, writeResultFiles } from './result-files.ts'
import type { RunDependencies } from './run-test.ts'

/** Writes the files and shows the summary. A file that cannot be written is an error, but not before the summary. */
export async function reportResult(
  result: RunResult,
  { stdout, log }: Pick<RunDependencies, 'stdout' | 'log'>,
  paths: ResultPaths = result.plan.output,
): Promise<void> {
  const written = await writeResultFiles(result, paths)
  stdout(summarize(result))
  for (const { path, error } of written) if (error === undefined) log.info({ file: path }, 'result written')
  const lost = written.find(({ error }) => error !== undefined)
  if (lost !== undefined) throw new Error(`cannot write ${lost.path}: ${lost.error ?? ''}`)
}

/** The summary in words and numbers. */
function summarize(result: RunResult): string {
  const { plan } = result
  return renderTextSummary(result, {
    preset: describePreset(plan.client),
    target: describeTarget(plan.target),
  })
}
