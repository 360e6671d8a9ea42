import { closeSync, writeFileSync } from 'node:fs'
import type { Log } from '../model/log.ts'
import type { RunResult } from '../model/result.ts'
import { systemReason } from '../model/errors.ts'
import { openOutput } from '../telemetry/open-output.ts'

/** What GitHub takes for one step. */
const LARGEST_SUMMARY_BYTES = 1_048_576

/**
 * In a job of GitHub Actions: annotations where the summary goes, and the report as Markdown at the end of the summary of the job. Not
 * being able to is a warning, not a failure of the run.
 */
export async function tellGithub(
  result: RunResult,
  environment: Readonly<Record<string, string | undefined>>,
  { say, log }: { readonly say: (text: string) => void; readonly log: Log },
): Promise<void> {
  if (environment['GITHUB_ACTIONS'] !== 'true' || !result.plan.output.github) return
  const { githubAnnotations } = await import('../reports/github.ts')
  say([...githubAnnotations(result)].join(''))
  const file = environment['GITHUB_STEP_SUMMARY'] ?? ''
  if (file === '') return
  const { renderMarkdown } = await import('../reports/markdown.ts')
  const text = Buffer.from(`${renderMarkdown(result)}\n`)
  try {
    if (text.length > LARGEST_SUMMARY_BYTES) throw new Error('too long')
    const descriptor = openOutput(file, 'append')
    writeFileSync(descriptor, text)
    closeSync(descriptor)
  } catch (error) {
    log.warn({ file, reason: systemReason(error) }, 'cannot write the summary of the job')
  }
}
