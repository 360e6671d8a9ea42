import { UsageError } from '../model/errors.ts'
import type { JournalEntry } from './journal-entry.ts'
import { readLines } from './read-lines.ts'

/** Lines of a journal, each as it was written. Only the last line may be cut. */
export function* readEntries(file: string): Generator<JournalEntry> {
  let number = 0
  let cut = 0
  for (const line of linesOf(file)) {
    number += 1
    if (line === '') continue
    if (cut > 0)
      throw journalProblem(
        `${file}:${cut}`,
        'is not a line of JSON',
        'the file was changed after it was written',
      )
    const entry = parseEntry(line)
    if (entry === undefined) cut = number
    else yield entry
  }
}

function parseEntry(line: string): JournalEntry | undefined {
  try {
    return JSON.parse(line) as JournalEntry
  } catch {
    return undefined
  }
}

function* linesOf(file: string): Generator<string> {
  try {
    yield* readLines(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw journalProblem(file, `cannot be read: ${code}`, 'check the path')
  }
}

/** What is wrong with a journal, in one line. */
export function journalProblem(file: string, message: string, hint: string): UsageError {
  return new UsageError([{ path: '', where: file, message, hint }])
}
