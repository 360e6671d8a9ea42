import { describe, expect, it } from 'vitest'
import {
  ACKNOWLEDGED,
  allocateFates,
  IN_FLIGHT,
  REFUSED,
  SEGMENT_WRITES,
  UNKNOWN,
  WriteFates,
} from '../../../src/workload/acked/write-fates.ts'

function pool(): { readonly writer: WriteFates; readonly reader: WriteFates } {
  const memory = allocateFates(1)
  return { writer: new WriteFates(memory), reader: new WriteFates(memory) }
}

describe('WriteFates', () => {
  it('shows the other side what became of each write', () => {
    const { writer, reader } = pool()
    const segment = writer.take()
    expect([...reader.used()]).toEqual([])
    writer.open(segment, 7, 3)
    const places = [
      writer.issue(segment),
      writer.issue(segment),
      writer.issue(segment),
      writer.issue(segment),
    ]
    expect(places).toEqual([0, 1, 2, 3])
    writer.settle(segment, 1, 'acknowledged', 1234.9)
    writer.settle(segment, 3, 'refused', 1235)
    writer.settle(segment, 0, 'unknown', 1236)
    expect([...reader.fatesOf(segment)]).toEqual([UNKNOWN, ACKNOWLEDGED + 1234, IN_FLIGHT, REFUSED])
    expect([...reader.used()]).toEqual([
      { index: segment, list: 7, ordinal: 3, issued: 4, isComplete: false, settledAtMillis: 1236 },
    ])
  })

  it('gives a copy: what happens later does not change it', () => {
    const { writer, reader } = pool()
    const segment = writer.take()
    writer.open(segment, 0, 0)
    writer.issue(segment)
    const before = reader.fatesOf(segment)
    writer.settle(segment, 0, 'acknowledged', 5)
    writer.issue(segment)
    expect([...before]).toEqual([IN_FLIGHT])
    expect(reader.issuedOf(segment)).toBe(2)
  })

  it('is complete when all its writes are settled', () => {
    const { writer, reader } = pool()
    const segment = writer.take()
    writer.open(segment, 0, 0)
    for (let made = 0; made < SEGMENT_WRITES; made++) writer.issue(segment)
    for (let place = 1; place < SEGMENT_WRITES; place++) writer.settle(segment, place, 'acknowledged', place)
    expect([...reader.used()][0]!.isComplete).toBe(false)
    writer.settle(segment, 0, 'acknowledged', 99)
    expect([...reader.used()][0]).toMatchObject({ isComplete: true, settledAtMillis: 99 })
  })

  it('runs out of segments, says so at once the second time, and goes on when one is given back', () => {
    const { writer, reader } = pool()
    let taken = 0
    for (let segment = writer.take(); segment >= 0; segment = writer.take()) writer.open(segment, 0, taken++)
    expect(taken).toBe(8192)
    expect(writer.take()).toBe(-1)
    reader.release(4000)
    const again = writer.take()
    expect(again).toBe(4000)
    writer.open(again, 1, 0)
    expect(reader.issuedOf(again)).toBe(0)
    expect(writer.take()).toBe(-1)
  })

  it('remembers times of seven weeks, and takes what is later for the end of them', () => {
    const { writer, reader } = pool()
    const segment = writer.take()
    writer.open(segment, 0, 0)
    for (const [place, millis] of [48 * 86_400_000, 60 * 86_400_000, -5].entries()) {
      writer.issue(segment)
      writer.settle(segment, place, 'acknowledged', millis)
    }
    expect([...reader.fatesOf(segment)]).toEqual([ACKNOWLEDGED + 48 * 86_400_000, 2 ** 32 - 1, ACKNOWLEDGED])
  })

  it('has four segments for each list of a great many', () => {
    expect(allocateFates(16_000).byteLength).toBeGreaterThan(64_000 * SEGMENT_WRITES * 4)
  })
})
