import { OutputError } from '../model/errors.ts'
import type { ExitCode } from '../model/exit-code.ts'
import type { Log } from '../model/log.ts'
import type { RunResult } from '../model/result.ts'
import { describePreset } from '../redis/client-options.ts'
import { describeTarget } from '../redis/connect-failure.ts'
import { overallLatencies } from '../reports/overall-latencies.ts'
import { paintSummary } from '../reports/paint-summary.ts'
import type { SummaryMode } from '../reports/text-operations.ts'
import { renderTextSummary } from '../reports/text-summary.ts'
import { tellGithub } from './tell-github.ts'
import { type ResultPaths, STDOUT, type WrittenFile, writeResultFiles } from './result-files.ts'
import { RESULT_TOOLS } from './result-tools.ts'

export interface ReportOptions {
  readonly stdout: (text: string) => void
  /** Takes the summary when a file goes to stdout. */
  readonly stderr: (text: string) => void
  readonly log: Log
  readonly mode: SummaryMode
  readonly colours: boolean
  /** Of the terminal that shows the summary, if one does. */
  readonly columns?: number | undefined
  readonly paths: ResultPaths
  /** Of the run, which has written it. */
  readonly journal?: string | null
  /** Files that are there already. */
  readonly written?: readonly WrittenFile[]
  /** The exit code that goes with the signal which ended the run. */
  readonly signal: ExitCode | undefined
  /** Where a CI system may be told of the result; absent: it is told nothing. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** Writes the files and shows the summary. A file that cannot be written is an error, but not before the summary. */
export async function reportResult(result: RunResult, options: ReportOptions): Promise<void> {
  const { log, colours, environment, paths } = options
  const written = await writeResultFiles(result, paths, options.written, options.stdout)
  const summary = summarize(result, options, written)
  const say = Object.values(paths).includes(STDOUT) ? options.stderr : options.stdout
  say(colours ? paintSummary(summary) : summary)
  if (environment !== undefined) await tellGithub(result, environment, { say, log })
  for (const { path, error } of written) if (error === undefined) log.info({ file: path }, 'result written')
  const lost = written.find(({ error }) => error !== undefined)
  if (lost !== undefined) throw new OutputError(`cannot write ${lost.path}: ${lost.error ?? ''}`)
}

/** The summary in words and numbers. */
function summarize(
  result: RunResult,
  { mode, signal, columns, journal = null }: ReportOptions,
  written: readonly WrittenFile[],
): string {
  const { plan } = result
  return renderTextSummary(result, {
    preset: describePreset(plan.client),
    target: describeTarget(plan.target),
    mode,
    signal,
    columns,
    files: journal === null ? written : [...written, { path: journal, error: undefined }],
    overall: overallLatencies(result, RESULT_TOOLS),
  })
}
