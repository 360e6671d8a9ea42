import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sequenceOf } from '../../../src/workload/acked/audit-lists.ts'
import { addCounts, countUnread, judgeSegment, noCounts } from '../../../src/workload/acked/judge-segment.ts'
import { ACKNOWLEDGED, IN_FLIGHT, REFUSED, UNKNOWN } from '../../../src/workload/acked/write-fates.ts'

const at = (millis: number): number => ACKNOWLEDGED + millis

function judge(
  fates: readonly number[],
  places: readonly (number | string)[],
  { ordinal = 0, isOver = true, later = 0 } = {},
): ReturnType<typeof judgeSegment> {
  return judgeSegment({
    ordinal,
    fates: Uint32Array.from(fates),
    issuedAfter: fates.length + later,
    elements: places.map((place) => (typeof place === 'string' ? place : String(sequenceOf(ordinal, place)))),
    isOver,
  })
}

describe('judgeSegment', () => {
  it('finds nothing wrong with a list that is as it was written', () => {
    const { counts, found } = judge([at(1), at(2), at(3)], [0, 1, 2])
    expect(counts).toEqual({ ...noCounts(), acknowledged: 3, confirmed: 3 })
    expect(found).toEqual([])
  })

  it('names what is lost, with the time of its acknowledgement and its sequence in the whole list', () => {
    const { counts, found } = judge([at(1), at(20), at(3)], [0, 2], { ordinal: 2 })
    expect(counts).toMatchObject({ acknowledged: 3, confirmed: 2, lost: 1 })
    expect(found).toEqual([{ problem: 'lost', sequence: 513, acknowledgedAtMillis: 20 }])
  })

  it('counts every repetition, and takes the first one for the place', () => {
    const { counts, found } = judge([at(1), at(2), at(3)], [0, 1, 2, 0, 1, 2, 0])
    expect(counts).toMatchObject({ confirmed: 3, duplicated: 4, reordered: 0 })
    expect(found.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 0])
  })

  it('counts the acknowledged writes that stand behind a later one', () => {
    expect(judge([at(1), at(2), at(3), at(4)], [3, 0, 1, 2]).counts.reordered).toBe(3)
    expect(judge([at(1), at(2), at(3), at(4)], [1, 2, 3, 0]).counts.reordered).toBe(1)
  })

  it('promises no order for a write without an answer: it may be executed whenever it likes', () => {
    const { counts } = judge([UNKNOWN, at(2), UNKNOWN, at(4)], [1, 3, 0])
    expect(counts).toMatchObject({ unknown: 2, applied_unacknowledged: 1, not_applied: 1, reordered: 0 })
  })

  it('says so when a write that was refused is there', () => {
    const { counts, found } = judge([REFUSED, REFUSED, at(3)], [1, 2])
    expect(counts).toMatchObject({ refused: 2, refused_applied: 1, confirmed: 1 })
    expect(found).toEqual([{ problem: 'refused_applied', sequence: 1, acknowledgedAtMillis: null }])
  })

  it('leaves open what is in flight while the load goes on, and takes it for unknown when it is over', () => {
    expect(judge([IN_FLIGHT, IN_FLIGHT], [0], { isOver: false }).counts).toEqual(noCounts())
    expect(judge([IN_FLIGHT, IN_FLIGHT], [0]).counts).toMatchObject({
      unknown: 2,
      applied_unacknowledged: 1,
      not_applied: 1,
    })
  })

  it('knows that writes may be made while the list is being read', () => {
    const { counts } = judge([at(1)], [0, 1], { isOver: false, later: 1 })
    expect(counts).toEqual({ ...noCounts(), acknowledged: 1, confirmed: 1 })
  })

  it('finds what nobody wrote', () => {
    const { counts, found } = judge([at(1)], ['x', 0, '7', '-1', '0x0'])
    expect(counts).toMatchObject({ confirmed: 1, unexpected: 4 })
    expect(found.map(({ problem }) => problem)).toEqual(Array.from({ length: 4 }, () => 'unexpected'))
  })

  it('agrees with a judge that looks at each write by itself, whatever was done to the list', () => {
    const history = fc.record({
      fates: fc.array(fc.constantFrom(at(0), at(5), at(9), REFUSED, UNKNOWN, IN_FLIGHT), { maxLength: 30 }),
      order: fc.array(fc.nat(29), { maxLength: 60 }),
      isOver: fc.boolean(),
    })
    fc.assert(
      fc.property(history, ({ fates, order, isOver }) => {
        const places = order.filter((place) => place < fates.length)
        const { counts, found } = judge(fates, places, { isOver })
        expect(counts).toEqual(judgedOneByOne(fates, places, isOver))
        const { lost, duplicated, reordered, refused_applied: contradictions, unexpected } = counts
        expect(found).toHaveLength(lost + duplicated + reordered + contradictions + unexpected)
      }),
      { numRuns: 2000 },
    )
  })

  it('finds exactly what was done to a list that had been whole', () => {
    const damage = fc.record({
      writes: fc.integer({ min: 1, max: 100 }),
      lost: fc.uniqueArray(fc.nat(99)),
      repeated: fc.array(fc.nat(99), { maxLength: 20 }),
    })
    fc.assert(
      fc.property(damage, ({ writes, lost, repeated }) => {
        const fates = Array.from({ length: writes }, (_, place) => at(place))
        const gone = lost.filter((place) => place < writes)
        const kept = fates.map((_, place) => place).filter((place) => !gone.includes(place))
        const again = repeated.filter((place) => kept.includes(place))
        const { counts, found } = judge(fates, [...kept, ...again])
        expect(counts).toMatchObject({
          acknowledged: writes,
          confirmed: writes - gone.length,
          lost: gone.length,
          duplicated: again.length,
          reordered: 0,
        })
        const ofKind = (kind: string): number[] =>
          found.filter(({ problem }) => problem === kind).map(({ sequence }) => sequence)
        expect(ofKind('lost')).toEqual(gone.toSorted((a, b) => a - b))
        expect(ofKind('duplicated')).toEqual(again)
      }),
    )
  })
})

describe('countUnread', () => {
  it('confirms nothing', () => {
    const fates = Uint32Array.from([at(1), REFUSED, UNKNOWN, IN_FLIGHT, at(2)])
    expect(countUnread(fates, true)).toEqual({
      ...noCounts(),
      acknowledged: 2,
      unread: 2,
      refused: 1,
      unknown: 2,
    })
    expect(countUnread(fates, false).unknown).toBe(1)
  })
})

describe('addCounts', () => {
  it('adds every count', () => {
    const total = noCounts()
    const one = judge([at(1), at(2), REFUSED], [0, 0, 2]).counts
    addCounts(total, one)
    addCounts(total, one)
    expect(total).toEqual({
      ...noCounts(),
      acknowledged: 4,
      confirmed: 2,
      lost: 2,
      refused: 2,
      refused_applied: 2,
      duplicated: 2,
    })
  })
})

/** Straight from what the words mean, one write at a time. */
function judgedOneByOne(
  fates: readonly number[],
  places: readonly number[],
  isOver: boolean,
): ReturnType<typeof noCounts> {
  const counts = noCounts()
  const isAcknowledged = (place: number): boolean => fates[place]! >= ACKNOWLEDGED
  for (const [place, fate] of fates.entries()) {
    const times = places.filter((one) => one === place).length
    const first = places.indexOf(place)
    counts.duplicated += Math.max(0, times - 1)
    if (isAcknowledged(place)) {
      counts.acknowledged++
      if (times === 0) counts.lost++
      else counts.confirmed++
      const isBehind = places
        .slice(0, Math.max(0, first))
        .some((other) => other > place && isAcknowledged(other))
      if (isBehind) counts.reordered++
    } else if (fate === REFUSED) {
      counts.refused++
      if (times > 0) counts.refused_applied++
    } else if (fate === UNKNOWN || isOver) {
      counts.unknown++
      if (times > 0) counts.applied_unacknowledged++
      else counts.not_applied++
    }
  }
  return counts
}
