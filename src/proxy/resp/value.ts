import type { ToxicValue } from '../../model/toxic.ts'

/** A value of RESP2 or RESP3, with its type, so that it can be written again as it was. */
export type RespValue =
  | { readonly type: '*' | '~' | '>' | '%' | '|'; readonly items: readonly RespValue[] }
  | { readonly type: '$' | '!' | '='; readonly bytes: Buffer }
  /** Simple strings and the like; also nulls of RESP2, as `$-1`. */
  | { readonly type: 'line'; readonly line: string }

const CRLF = '\r\n'

/** Reads complete values; an attribute is a value of its own here. Throws when they are not complete. */
export function parseValues(frame: Buffer): RespValue[] {
  let at = 0
  const readLine = (): string => {
    const end = frame.indexOf('\n', at)
    if (end === -1) throw new Error('an incomplete value')
    const line = frame.toString('latin1', at, end)
    at = end + 1
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }
  const readValue = (): RespValue => {
    const line = readLine()
    const type = line[0]
    const size = Number(line.slice(1))
    if (size >= 0) {
      if (type === '$' || type === '!' || type === '=') {
        const bytes = frame.subarray(at, at + size)
        at += size + 2
        return { type, bytes }
      }
      if (type === '*' || type === '~' || type === '>') return { type, items: readItems(size) }
      if (type === '%' || type === '|') return { type, items: readItems(2 * size) }
    }
    return { type: 'line', line }
  }
  const readItems = (count: number): RespValue[] => {
    const items: RespValue[] = []
    for (let index = 0; index < count; index++) items.push(readValue())
    return items
  }
  const found: RespValue[] = []
  while (at < frame.length) found.push(readValue())
  return found
}

/** Writes values as the wire has them. */
export function encodeValues(found: readonly RespValue[]): Buffer {
  const parts: Buffer[] = []
  const write = (value: RespValue): void => {
    if (value.type === 'line') parts.push(Buffer.from(value.line + CRLF, 'latin1'))
    else if ('bytes' in value)
      parts.push(Buffer.from(`${value.type}${value.bytes.length}${CRLF}`), value.bytes, Buffer.from(CRLF))
    else {
      const count = value.type === '%' || value.type === '|' ? value.items.length / 2 : value.items.length
      parts.push(Buffer.from(`${value.type}${count}${CRLF}`))
      value.items.forEach(write)
    }
  }
  found.forEach(write)
  return Buffer.concat(parts)
}

export function bulk(text: string): RespValue {
  return { type: '$', bytes: Buffer.from(text) }
}

/** What a string, an integer or an error says; undefined for everything else. */
export function textOf(value: RespValue | undefined): string | undefined {
  if (value === undefined || 'items' in value) return undefined
  if ('bytes' in value) return value.bytes.toString()
  return '$*_'.includes(value.line[0]!) ? undefined : value.line.slice(1)
}

/** A push of RESP3: texts are bulk strings, whole numbers integers. */
export function encodePush(items: readonly ToxicValue[]): Buffer {
  return encodeValues([{ type: '>', items: items.map(toValue) }])
}

function toValue(item: ToxicValue): RespValue {
  if (typeof item === 'string') return bulk(item)
  if (typeof item === 'number')
    return { type: 'line', line: Number.isInteger(item) ? `:${item}` : `,${item}` }
  if (typeof item === 'boolean') return { type: 'line', line: item ? '#t' : '#f' }
  if (item === null) return { type: 'line', line: '_' }
  return { type: '*', items: item.map(toValue) }
}

/** `-text`, whatever was given: one line, with or without the sign. */
export function encodeError(text: string): Buffer {
  return Buffer.from(`-${text.replace(/^-/, '').replaceAll(/[\r\n]+/g, ' ')}${CRLF}`)
}
