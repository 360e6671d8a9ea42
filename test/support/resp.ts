import { expect } from 'vitest'

/** Arguments of a request in RESP, one character for each byte, checked for its lengths. */
export function parseRequest(wire: string): string[] {
  const head = /^\*(\d+)\r\n/.exec(wire)!
  const found: string[] = []
  let at = head[0].length
  for (let index = 0; index < Number(head[1]); index++) {
    const [line, length] = /^\$(\d+)\r\n/.exec(wire.slice(at, at + 20))!
    const from = at + line.length
    at = from + Number(length)
    found.push(wire.slice(from, at))
    expect(wire.slice(at, at + 2)).toBe('\r\n')
    at += 2
  }
  expect(at).toBe(wire.length)
  return found
}

export type PushValue = string | number | null | readonly PushValue[]

/** A RESP3 push frame. */
export function pushFrame(...values: readonly PushValue[]): string {
  return `>${values.length}\r\n${values.map(encode).join('')}`
}

function encode(value: PushValue): string {
  if (value === null) return '_\r\n'
  if (typeof value === 'number') return `:${value}\r\n`
  if (typeof value === 'string') return `$${Buffer.byteLength(value)}\r\n${value}\r\n`
  return `*${value.length}\r\n${value.map(encode).join('')}`
}
