import { isUtf8 } from 'node:buffer'
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { systemReason } from '../model/errors.ts'

/** The text of a file, or why there is none. */
export type ReadText = { readonly text: string } | { readonly problem: string }

export const LARGEST_FILE_BYTES = 262_144

/**
 * Reads a text file that somebody named: never a device, never more than a quarter of a megabyte. What stands in a
 * profile may not name a pipe either: nobody may ever write to it.
 */
export function readText(path: string, { mayBePipe = false } = {}): ReadText {
  try {
    const bytes = readBounded(path, LARGEST_FILE_BYTES, { mayBePipe })
    if (bytes === 'not a file') return { problem: 'is not a file' }
    if (bytes === 'too large') return { problem: `is larger than ${LARGEST_FILE_BYTES} bytes` }
    return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { problem: notUtf8(bytes) }
  } catch (error) {
    const reason = systemReason(error)
    return { problem: reason === 'ENOENT' ? 'no such file' : `cannot be read: ${reason}` }
  }
}

/**
 * The bytes of a file or a pipe (`--password-file <(pass redis)`), as long as there are no more than that: a file may
 * grow while it is read, and a pipe has no size at all.
 */
export function readBounded(
  path: string,
  mostBytes: number,
  { mayBePipe }: { readonly mayBePipe: boolean },
): Buffer | 'not a file' | 'too large' {
  const kind = statSync(path)
  if (!kind.isFile() && !(mayBePipe && kind.isFIFO())) return 'not a file'
  const descriptor = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(mostBytes + 1)
    let length = 0
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, null)
      if (read === 0) return bytes.subarray(0, length)
      length += read
    }
    return 'too large'
  } finally {
    closeSync(descriptor)
  }
}

/** Where the text stops being text. */
function notUtf8(bytes: Buffer): string {
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    // A cut inside a character is not its fault: up to three bytes more may complete it.
    const isGood = [0, 1, 2, 3].some((more) => isUtf8(bytes.subarray(0, middle + more)))
    if (isGood) good = middle
    else bad = middle
  }
  const line = bytes.subarray(0, good).toString('latin1').split('\n').length
  return `is not UTF-8 text (line ${line})`
}
