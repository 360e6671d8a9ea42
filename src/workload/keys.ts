import type { KeyDraw } from './distributions.ts'

/** Above this many keys their text is made when needed; below, once at the start. About 100 bytes a key. */
const LARGEST_TABLE = 100_000

/** The keys of one key space. A bulk is a RESP bulk string, ready to be put on the wire. */
export interface KeyTable {
  readonly count: number
  bulkAt(index: number): string
}

/** Where the keys of one operation come from. */
export interface KeySource {
  nextBulk(): string
}

/** `<prefix><n>`, n from 0 to count - 1. */
export function keyName(prefix: string, index: number): string {
  return `${prefix}${index}`
}

/**
 * RESP bulk string of a text, as one flat string: what V8 concatenates it remembers as a tree, and walking many small
 * trees at each write costs more than copying.
 */
export function bulkString(text: string): string {
  return Buffer.from(`$${Buffer.byteLength(text)}\r\n${text}\r\n`).toString()
}

/** The table is shared by all operations on the same keys: the less memory the hot path touches, the better. */
export function keyTable(prefix: string, count: number): KeyTable {
  if (count > LARGEST_TABLE) return { count, bulkAt: (index) => bulkString(keyName(prefix, index)) }
  const table = Array.from({ length: count }, (_, index) => bulkString(keyName(prefix, index)))
  return { count, bulkAt: (index) => table[index]! }
}

/** The keys of a table, as they are drawn. */
export function drawnKeys(table: KeyTable, draw: KeyDraw): KeySource {
  return { nextBulk: () => table.bulkAt(draw()) }
}
