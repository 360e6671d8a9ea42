/** Above this many keys their text is made when needed; below, once at the start. About 100 bytes a key. */
const LARGEST_TABLE = 100_000

/** The letter that a type of keys has in their names, so that keys of different types never meet. */
export const KEY_SPACES = {
  string: 's',
  counter: 'c',
  hash: 'h',
  list: 'l',
  set: 't',
  zset: 'z',
  stream: 'x',
  geo: 'g',
  bitmap: 'b',
  hll: 'p',
} as const

export type KeySpace = keyof typeof KEY_SPACES

/** Keys `<before>0<after>` to `<before><count-1><after>`; with tags, `<before>{0}:0<after>` and so on. */
export interface KeyRange {
  readonly before: string
  readonly after: string
  readonly count: number
  /** Key n has the hash tag n mod this: keys of one tag are in one slot of a Cluster. Absent: no tags. */
  readonly tags?: number
}

/** The keys of one range. A bulk is a RESP bulk string, ready to be put on the wire. */
export interface KeyTable {
  bulkAt(index: number): string
}

/** The keys of the streams. */
export function streamKeys(spec: {
  readonly keyPrefix: string
  readonly streams: { readonly count: number }
}): KeyRange {
  return { before: `${spec.keyPrefix}:${KEY_SPACES.stream}:`, after: '', count: spec.streams.count }
}

export function keyName({ before, after, tags }: KeyRange, index: number): string {
  return tags === undefined ? `${before}${index}${after}` : `${before}{${index % tags}}:${index}${after}`
}

/**
 * RESP bulk string of a byte string, as one flat string: what V8 concatenates it remembers as a tree, and walking many
 * small trees at each write costs more than copying.
 */
export function bulkString(text: string): string {
  return Buffer.from(`$${text.length}\r\n${text}\r\n`, 'latin1').toString('latin1')
}

/** Tables of ranges, each made when it is first asked for: the less memory the hot path touches, the better. */
export function keyTables(): (range: KeyRange) => KeyTable {
  const tables = new Map<string, KeyTable>()
  return (range) => {
    const name = JSON.stringify(range)
    const table = tables.get(name) ?? keyTable(range)
    tables.set(name, table)
    return table
  }
}

function keyTable(range: KeyRange): KeyTable {
  if (range.count > LARGEST_TABLE)
    return {
      bulkAt(index) {
        const name = keyName(range, index)
        return `$${name.length}\r\n${name}\r\n`
      },
    }
  const table = Array.from({ length: range.count }, (_, index) => bulkString(keyName(range, index)))
  return { bulkAt: (index) => table[index]! }
}
