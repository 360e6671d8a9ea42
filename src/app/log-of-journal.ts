import type { RunResult } from '../model/result.ts'
import { IntervalLogFile } from './interval-log-file.ts'
import { readJournal } from './read-journal.ts'
import type { WrittenFile } from './result-files.ts'

/** Writes the log (`.hlog`) of a journal, interval by interval, as the run itself would have, and says what became of it. */
export function writeLogOfJournal(
  journal: string,
  path: string,
  { tool_version, plan }: Pick<RunResult, 'tool_version' | 'plan'>,
): WrittenFile {
  const log = new IntervalLogFile(path, tool_version, plan)
  try {
    readJournal(journal, log.interval)
    return { kind: 'hlog', path, error: log.error }
  } finally {
    log.close()
  }
}
