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
