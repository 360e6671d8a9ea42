import type { ExitCode } from '../model/exit-code.ts'
import type { Log } from '../model/log.ts'
import type { RunResult } from '../model/result.ts'
import type { IntervalLogFile } from './interval-log-file.ts'
import { reportResult } from './report-result.ts'
import { keepResult } from './results-index.ts'

/** Where and how a run tells what it came to. */
export interface Reporting {
  readonly environment: NodeJS.ProcessEnv
  readonly log: Log
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** Whether stdout is for somebody who wants colours. */
  readonly hasColours: boolean
  /** How wide stdout is, if it is a terminal. */
  readonly columns?: number | undefined
  /** The exit code of the signal that the user sent, if one came. */
  readonly signal: () => ExitCode | undefined
}

/** Writes the files of a run, shows its summary, and keeps it. A file that could not be written must not cost the place in the history. */
export async function reportRun(
  result: RunResult,
  intervalLog: IntervalLogFile | undefined,
  reporting: Reporting,
): Promise<void> {
  const { output } = result.plan
  try {
    await reportResult(result, {
      stdout: reporting.stdout,
      stderr: reporting.stderr,
      log: reporting.log,
      mode: output.summary,
      colours: reporting.hasColours,
      columns: reporting.columns,
      paths: output,
      journal: output.journal,
      written:
        intervalLog === undefined ? [] : [{ kind: 'hlog', path: intervalLog.path, error: intervalLog.error }],
      environment: reporting.environment,
      signal: reporting.signal(),
    })
  } finally {
    if (output.results_dir !== null) keepResult(result, output.results_dir)
  }
}
