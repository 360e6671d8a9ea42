import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSplitter, KEPT_BYTES } from '../../../src/proxy/resp/splitter.ts'
import { encodeValues, parseValues, type RespValue } from '../../../src/proxy/resp/value.ts'

interface Cut {
  readonly frames: string[]
  readonly rest: string
  readonly broken: string
}

function cut(chunks: readonly Buffer[], allowsInline = false): Cut {
  const found = { frames: [] as string[], rest: '', broken: '' }
  let long = ''
  const splitter = createSplitter(
    {
      frame: (bytes) => found.frames.push(bytes.toString('latin1')),
      begin: (head) => (long = head.toString('latin1')),
      more(bytes, isLast) {
        long += bytes.toString('latin1')
        if (isLast) found.frames.push(long)
      },
      broken: (rest) => (found.broken += rest.toString('latin1')),
    },
    allowsInline,
  )
  for (const chunk of chunks) splitter.feed(chunk)
  return { ...found, rest: splitter.takeRest().toString('latin1') }
}

const whole = (text: string): Cut => cut([Buffer.from(text, 'latin1')])

function chunksOf(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length]!
    // A copy of its own, as the network gives it.
    chunks.push(Buffer.from(bytes.subarray(at, at + size)))
    at += size
  }
  return chunks
}

const line = fc
  .tuple(fc.constantFrom('+', '-', ':', '_', ',', '#', '('), fc.stringMatching(/^[ -~]{0,12}$/))
  .map(([type, text]): RespValue => ({ type: 'line', line: type + text }))
const bytes = fc
  .tuple(fc.constantFrom('$' as const, '!' as const, '=' as const), fc.uint8Array({ maxLength: 40 }))
  .map(([type, data]): RespValue => ({ type, bytes: Buffer.from(data) }))
const nil = fc.constantFrom('$-1', '*-1').map((text): RespValue => ({ type: 'line', line: text }))
const value: fc.Arbitrary<RespValue> = fc.letrec<{ value: RespValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    line,
    bytes,
    nil,
    fc
      .tuple(
        fc.constantFrom('*' as const, '~' as const, '>' as const),
        fc.array(tie('value'), { maxLength: 4 }),
      )
      .map(([type, items]): RespValue => ({ type, items })),
    fc
      .array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 })
      .map((pairs): RespValue => ({ type: '%', items: pairs.flat() })),
  ),
})).value
const attribute = fc
  .array(fc.tuple(bytes, line), { minLength: 1, maxLength: 2 })
  .map((pairs): RespValue => ({ type: '|', items: pairs.flat() }))
/** A value, some with an attribute before it. */
const frame = fc
  .tuple(fc.option(attribute), value)
  .map(([before, of]) => (before === null ? [of] : [before, of]))
const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 })

describe('cutting a stream into values', () => {
  it('finds the same values however the stream is cut into chunks', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), sizes, fc.nat(20), (frames, chunkSizes, left) => {
        const wires = frames.map((each) => encodeValues(each).toString('latin1'))
        const stream = Buffer.from(wires.join(''), 'latin1')
        expect(cut(chunksOf(stream, chunkSizes))).toEqual({ frames: wires, rest: '', broken: '' })
        const short = stream.subarray(0, Math.max(0, stream.length - left))
        const found = cut(chunksOf(short, chunkSizes))
        expect(found.frames.join('') + found.rest).toBe(short.toString('latin1'))
        expect(found.frames).toEqual(wires.slice(0, found.frames.length))
      }),
      { numRuns: 500 },
    )
  })

  it('reads and writes values without changing them', () => {
    fc.assert(
      fc.property(frame, (values) => {
        const wire = encodeValues(values)
        expect(encodeValues(parseValues(wire)).equals(wire)).toBe(true)
      }),
    )
  })

  it('loses no byte of what is not RESP', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), sizes, fc.boolean(), (data, chunkSizes, inline) => {
        const found = cut(chunksOf(Buffer.from(data), chunkSizes), inline)
        expect(found.frames.join('') + found.rest + found.broken).toBe(Buffer.from(data).toString('latin1'))
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['\u0016\u0003\u0001 as TLS begins', ''],
    ['$3\r\nabcd\r\n', ''],
    ['$+3\r\n', ''],
    ['*99999999999\r\n', ''],
    ['$-2\r\n', ''],
    ['$1\na\r\n', ''],
    [`${'*1\r\n'.repeat(40)}:1\r\n`, ''],
    ['+OK\r\nhello', '+OK\r\n'],
  ])('sees that %j is not RESP', (text, frames) => {
    const found = whole(text)
    expect(found.frames.join('')).toBe(frames)
    expect(found.broken).toBe(text.slice(frames.length))
  })

  it('takes lines for requests, where they may be', () => {
    const found = cut([Buffer.from('PING\r\n\r\nset a b\n*1\r\n$4\r\nPING\r\n')], true)
    expect(found.frames).toEqual(['PING\r\n', '\r\n', 'set a b\n', '*1\r\n$4\r\nPING\r\n'])
    expect(cut([Buffer.from('\u0016\u0003')], true).broken).toBe('\u0016\u0003')
  })

  it('hands on a long value piece by piece', () => {
    const size = KEPT_BYTES * 3
    const wire = `*2\r\n$${size}\r\n${'x'.repeat(size)}\r\n:1\r\n`
    const heads: number[] = []
    const splitter = createSplitter(
      {
        frame: () => {},
        begin: (head) => heads.push(head.length),
        more: () => {},
        broken: () => {},
      },
      false,
    )
    for (const chunk of chunksOf(Buffer.from(wire), [60_000])) splitter.feed(chunk)
    expect(heads).toEqual([300_000])
    expect(cut(chunksOf(Buffer.from(`${wire}+OK\r\n`), [60_000])).frames).toEqual([wire, '+OK\r\n'])
  })
})
