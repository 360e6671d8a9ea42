/** What RESP is made of, and the frames that most replies are. */
export const CR = 13
export const LF = 10
export const MINUS = 45
export const ZERO = 48
/** How the part of a frame after its first byte is read. */
export const LINE = 1
const BULK = 2
export const VERBATIM = 3
export const LIST = 4
export const MAP = 5
export const FIXED = 6

/** By the first byte of a frame; 0 for what is none. */
export const KIND = new Uint8Array(256)
for (const [types, kind] of [
  ['+-:,(', LINE],
  ['$!', BULK],
  ['=', VERBATIM],
  ['*~>', LIST],
  ['%', MAP],
  ['_#', FIXED],
] as const)
  for (const type of types) KIND[type.charCodeAt(0)] = kind

/** No length has more. */
export const MOST_DIGITS = 10
/** Most lines are shorter. */
const SHORT_LINE_BYTES = 200

/** Where `$3\r\nabc\r\n` ends, from its length on; -1 unless all of it is there and as it should be. */
export function endOfText(data: Uint8Array, from: number, mostBytes: number): number {
  let length = 0
  let at = from
  for (; at < from + MOST_DIGITS; at++) {
    const digit = data[at]! - ZERO
    // Also where the data ends.
    if (!(digit >= 0 && digit <= 9)) break
    length = length * 10 + digit
  }
  const end = at + length + 4
  if (at === from || end > data.length || end - from >= mostBytes) return -1
  return isLineEnd(data, at) && isLineEnd(data, end - 2) ? end : -1
}

/** Where `+OK\r\n`, `-ERR\r\n` or `:1\r\n` ends; -1 unless all of it is there, or it is long. */
export function endOfLine(data: Uint8Array, from: number): number {
  if (KIND[data[from]!] !== LINE) return -1
  const last = Math.min(data.length - 1, from + SHORT_LINE_BYTES)
  let at = from + 1
  while (at < last && data[at] !== CR) at++
  return at < last && data[at + 1] === LF ? at + 2 : -1
}

function isLineEnd(data: Uint8Array, at: number): boolean {
  return data[at] === CR && data[at + 1] === LF
}
