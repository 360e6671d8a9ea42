import { describe, expect, it } from 'vitest'
import { readStreamReply } from '../../src/workload/stream-reply.ts'

const text = (value: string): Buffer => Buffer.from(value)
const entry = (id: string, message: string): [Buffer, Buffer[]] => [
  text(id),
  [text('kind'), text('x'), text('message'), text(message)],
]
const READ = [
  { key: 'a', entries: [{ id: '1-0', message: text('hi') }] },
  {
    key: 'b',
    entries: [
      { id: '2-0', message: text('ho') },
      { id: '3-0', message: null },
      { id: '4-0', message: null },
    ],
  },
]
const OF_A = [entry('1-0', 'hi')]
const OF_B = [entry('2-0', 'ho'), [text('3-0'), null], [text('4-0'), [text('other'), text('1')]]]

describe('readStreamReply', () => {
  it.each([
    [
      'RESP2',
      [
        [text('a'), OF_A],
        [text('b'), OF_B],
      ],
    ],
    ['RESP3', [text('a'), OF_A, text('b'), OF_B]],
  ])('reads entries as %s has them', (_, reply) => {
    expect(readStreamReply(reply)).toEqual(READ)
  })

  it('finds nothing in a nil', () => {
    expect(readStreamReply(null)).toEqual([])
    expect(readStreamReply([])).toEqual([])
  })
})
