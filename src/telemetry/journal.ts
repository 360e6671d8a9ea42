import { closeSync, fsyncSync, ftruncateSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemReason, UsageError } from '../model/errors.ts'
import { makeFolder } from './make-folder.ts'
import { openOutput } from './open-output.ts'

/** A file of JSON lines of one kind. */
export interface Journal<Entry extends object> {
  /** Whether the line was written, whole. */
  append(entry: Entry): boolean
  /** As `append`, and returns only when the line is on the disk. */
  appendDurably(entry: Entry): boolean
  close(): void
}

export const NO_JOURNAL: Journal<object> = { append: () => true, appendDurably: () => true, close() {} }

/**
 * Opens a journal: one JSON object a line, each handed to the kernel before `append` returns, so that it survives
 * `kill -9`. A line that cannot be written is reported to `onFailure` and leaves nothing behind; the run goes on.
 */
export function openJournal<Entry extends object>(
  file: string,
  onFailure: (reason: string) => void,
): Journal<Entry> {
  const descriptor = open(file)
  let size = 0
  const append = (entry: Entry, isDurable: boolean): boolean => {
    try {
      size += writeLine(descriptor, size, Buffer.from(`${JSON.stringify(entry)}\n`))
      if (isDurable) fsyncSync(descriptor)
      return true
    } catch (error) {
      onFailure(systemReason(error))
      return false
    }
  }
  return {
    append: (entry) => append(entry, false),
    appendDurably: (entry) => append(entry, true),
    close() {
      try {
        fsyncSync(descriptor)
        closeSync(descriptor)
      } catch (error) {
        onFailure(systemReason(error))
      }
    },
  }
}

/** Writes all of a line at the end of what was written before, or, where the disk is full, none of it. */
function writeLine(descriptor: number, at: number, line: Buffer): number {
  let written = 0
  try {
    while (written < line.length) written += writeSync(descriptor, line, written)
    return written
  } catch (error) {
    if (written > 0) ftruncateSync(descriptor, at)
    throw error
  }
}

function open(file: string): number {
  try {
    makeFolder(dirname(file))
    return openOutput(file, 'replace')
  } catch (error) {
    throw new UsageError([
      {
        path: 'output.journal',
        message: `cannot write ${file}: ${systemReason(error)}`,
        hint: 'choose another path',
      },
    ])
  }
}
