import { describe, expect, it } from 'vitest'
import { rateCurve } from '../../src/schedule/rate-curve.ts'

describe('rateCurve', () => {
  const triangle = [
    { durationMillis: 1000, from: 0, to: 100 },
    { durationMillis: 1000, from: 100, to: 0 },
  ]

  it.each([
    [0, 0, 0],
    [500, 50, 12.5],
    [1000, 100, 50],
    [1500, 50, 87.5],
    [2000, 0, 100],
    [9000, 0, 100],
  ])('at %d ms has a rate of %d and an integral of %d', (at, rate, commands) => {
    const curve = rateCurve(triangle)
    expect(curve.rateAt(at)).toBe(rate)
    expect(curve.commandsBefore(at)).toBe(commands)
  })

  it('begins again when it is repeated', () => {
    const curve = rateCurve(triangle, true)
    expect(curve.rateAt(100_500)).toBe(50)
    expect(curve.commandsBefore(100_500)).toBe(5012.5)
  })

  it('turns its integral round', () => {
    const dueAfter = rateCurve(triangle).follow()
    expect(dueAfter(12.5)).toBeCloseTo(500, 9)
    expect(dueAfter(50)).toBe(1000)
    expect(dueAfter(87.5)).toBeCloseTo(1500, 9)
    expect(dueAfter(100)).toBe(Number.POSITIVE_INFINITY)
  })

  it('is nothing without pieces, and does not look for what never comes', () => {
    expect(rateCurve([]).commandsBefore(1000)).toBe(0)
    expect(rateCurve([]).rateAt(0)).toBe(0)
    expect(rateCurve([{ durationMillis: 5, from: 0, to: 0 }], true).follow()(1)).toBe(
      Number.POSITIVE_INFINITY,
    )
  })

  it('keeps a boundary where it is after a month', () => {
    const curve = rateCurve(
      [
        { durationMillis: 700, from: 30, to: 30 },
        { durationMillis: 300, from: 0, to: 0 },
      ],
      true,
    )
    const month = 30 * 86_400
    expect(curve.commandsBefore(month * 1000)).toBe(21 * month)
    expect(curve.follow()(21 * month)).toBe(month * 1000)
  })
})
