import { parseValues, textOf } from './value.ts'

/** What matters of a request. */
export interface Request {
  /** Lower case. */
  readonly name: string
  /** How many words it has, its name included. 0 for an empty line, which is not answered. */
  readonly words: number
  /** The word after the name, lower case; empty when there is none. */
  readonly next: string
  /** Its complete bytes, or only the first of them. */
  readonly bytes: Buffer
  readonly isComplete: boolean
}

const STAR = 0x2a
/** Names and subcommands are shorter. */
const LONGEST_WORD = 64

/** Reads the name of a request, and the word after it, from its first bytes. */
export function readRequest(bytes: Buffer, isComplete: boolean): Request {
  if (bytes[0] !== STAR) {
    const words = bytes
      .toString('latin1')
      .split(/\s+/)
      .filter((word) => word !== '')
    const [name = '', next = ''] = words.map((word) => word.slice(0, LONGEST_WORD).toLowerCase())
    return { name, next, words: words.length, bytes, isComplete }
  }
  const headEnd = bytes.indexOf(0x0a)
  const words = Math.max(0, Number(bytes.toString('latin1', 1, headEnd - 1)))
  const name = readWord(bytes, headEnd + 1)
  const next = words > 1 ? readWord(bytes, name.end) : { word: '' }
  return { name: name.word, next: next.word, words, bytes, isComplete }
}

/** All words of a complete request. */
export function wordsOf({ bytes, isComplete }: Request): string[] {
  if (!isComplete) return []
  if (bytes[0] !== STAR) return bytes.toString('latin1').trim().split(/\s+/)
  const [value] = parseValues(bytes)
  return value !== undefined && 'items' in value ? value.items.map((item) => textOf(item) ?? '') : []
}

/** A bulk string that begins here, unless it is too long to be a word that we know. */
export function readWord(bytes: Buffer, at: number): { readonly word: string; readonly end: number } {
  const lineEnd = bytes.indexOf(0x0a, at)
  if (lineEnd === -1) return { word: '', end: bytes.length }
  const length = Number(bytes.toString('latin1', at + 1, lineEnd - 1))
  const end = lineEnd + 1 + length + 2
  if (!(length > 0 && length <= LONGEST_WORD)) return { word: '', end }
  return { word: bytes.toString('latin1', lineEnd + 1, lineEnd + 1 + length).toLowerCase(), end }
}
