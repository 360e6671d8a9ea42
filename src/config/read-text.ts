import { isUtf8 } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { systemReason } from '../model/errors.ts'

/** The text of a file, or why there is none. */
export type ReadText = { readonly text: string } | { readonly problem: string }

export const LARGEST_FILE_BYTES = 262_144

/** Reads a text file that somebody named in a profile: never a device, never more than a quarter of a megabyte. */
export function readText(path: string): ReadText {
  try {
    const { size, isFile } = fileAt(path)
    if (!isFile) return { problem: 'is not a file' }
    if (size > LARGEST_FILE_BYTES) return { problem: `is larger than ${LARGEST_FILE_BYTES} bytes` }
    const bytes = readFileSync(path)
    return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { problem: notUtf8(bytes) }
  } catch (error) {
    const reason = systemReason(error)
    return { problem: reason === 'ENOENT' ? 'no such file' : `cannot be read: ${reason}` }
  }
}

function fileAt(path: string): { readonly size: number; readonly isFile: boolean } {
  const found = statSync(path)
  return { size: found.size, isFile: found.isFile() }
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
