import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { UsageError } from '../model/errors.ts'

/** A file of JSON lines of one kind. */
export interface Journal<Entry extends object> {
  append(entry: Entry): void
  close(): void
}

export const NO_JOURNAL: Journal<object> = { append() {}, close() {} }

/**
 * Opens a journal: one JSON object a line, each handed to the kernel before `append` returns, so that it survives
 * `kill -9`. A line that cannot be written is reported to `onFailure` and lost; the run goes on.
 */
export function openJournal<Entry extends object>(
  file: string,
  onFailure: (reason: string) => void,
): Journal<Entry> {
  const descriptor = open(file)
  return {
    append(entry) {
      try {
        writeSync(descriptor, `${JSON.stringify(entry)}\n`)
      } catch (error) {
        onFailure(reasonOf(error))
      }
    },
    close() {
      try {
        fsyncSync(descriptor)
        closeSync(descriptor)
      } catch (error) {
        onFailure(reasonOf(error))
      }
    },
  }
}

function open(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true })
    return openSync(file, 'w', 0o600)
  } catch (error) {
    throw new UsageError([
      {
        path: 'output.journal',
        message: `cannot write ${file}: ${reasonOf(error)}`,
        hint: 'choose another path',
      },
    ])
  }
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
