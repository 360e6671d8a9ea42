import { describe, expect, it } from 'vitest'
import { AnnouncedMaintenance } from '../../src/redis/announced-maintenance.ts'

const BOUND = 30_000

describe('what is announced', () => {
  it('lasts until its end is announced', () => {
    const announced = new AnnouncedMaintenance(BOUND)
    expect(announced.isAnnounced(0)).toBe(false)
    expect(announced.hear('MIGRATING', 1, 2000, 100)).toBe(true)
    expect(announced.isAnnounced(10_000)).toBe(true)
    expect(announced.isOpen('MIGRATING', 10_000)).toBe(true)
    expect(announced.isOpen('FAILING_OVER', 10_000)).toBe(false)
    announced.hear('MIGRATED', 2, null, 12_000)
    expect(announced.isAnnounced(12_000)).toBe(false)
    expect(announced.until).toBe(12_000)
  })

  it('is not believed for ever', () => {
    const announced = new AnnouncedMaintenance(BOUND)
    announced.hear('SMIGRATING', 1, null, 0)
    expect(announced.isAnnounced(BOUND - 1)).toBe(true)
    expect(announced.isAnnounced(BOUND)).toBe(false)
    announced.hear('FAILING_OVER', 2, 5000, 40_000)
    expect(announced.until).toBe(75_000)
    announced.hear('MIGRATING', 3, 1e12, 0)
    expect(announced.until).toBe(86_400_000 + BOUND)
  })

  it('lasts, with MOVING, for the time that it names', () => {
    const announced = new AnnouncedMaintenance(BOUND)
    announced.hear('MOVING', 1, 15_000, 1000)
    expect(announced.isAnnounced(15_999)).toBe(true)
    expect(announced.isAnnounced(16_000)).toBe(false)
  })

  it('lasts, with MOVING, until the connection that was lost is back', () => {
    const announced = new AnnouncedMaintenance(BOUND)
    announced.hear('MOVING', 1, 15_000, 1000)
    expect(announced.lost(16_100)).toMatchObject([{ notification: 'MOVING', sequence: 1, at: 1000 }])
    expect(announced.isAnnounced(17_000)).toBe(true)
    announced.renew(17_500)
    expect(announced.until).toBe(17_500)
  })

  it('ends only by an end of its own kind that is not older', () => {
    const announced = new AnnouncedMaintenance(BOUND)
    announced.hear('MIGRATING', 5, 0, 0)
    announced.hear('FAILED_OVER', 6, null, 10)
    announced.hear('SMIGRATED', 7, null, 10)
    announced.hear('MIGRATED', 4, null, 10)
    expect(announced.isAnnounced(20)).toBe(true)
    announced.hear('MIGRATED', 5, null, 30)
    expect(announced.until).toBe(30)
  })

  it('goes on while another kind does', () => {
    const announced = new AnnouncedMaintenance(BOUND)
    announced.hear('MIGRATING', 1, 0, 0)
    announced.hear('FAILING_OVER', 2, 0, 0)
    announced.hear('MIGRATED', 3, null, 10)
    expect(announced.isAnnounced(20)).toBe(true)
    announced.hear('FAILED_OVER', 4, null, 30)
    expect(announced.isAnnounced(30)).toBe(false)
  })
})

describe('a repetition', () => {
  it('is known by kind and number, on the same connection', () => {
    const announced = new AnnouncedMaintenance(BOUND)
    expect(announced.hear('MIGRATING', 1, 0, 0)).toBe(true)
    expect(announced.hear('MIGRATED', 1, null, 5)).toBe(true)
    expect(announced.hear('MIGRATING', 1, 0, 10)).toBe(false)
    expect(announced.isAnnounced(10)).toBe(false)
    announced.renew(20)
    expect(announced.hear('MIGRATING', 1, 0, 30)).toBe(true)
  })

  it('is forgotten after many others', () => {
    const announced = new AnnouncedMaintenance(BOUND)
    for (let sequence = 0; sequence < 100; sequence++)
      expect(announced.hear('MIGRATED', sequence, null, 0)).toBe(true)
    expect(announced.hear('MIGRATED', 36, null, 0)).toBe(false)
    expect(announced.hear('MIGRATED', 35, null, 0)).toBe(true)
  })
})

describe('a loss', () => {
  it('is put down to what was announced and has not ended, once', () => {
    const announced = new AnnouncedMaintenance(BOUND)
    announced.hear('MIGRATING', 1, 0, 0)
    announced.hear('MIGRATED', 2, null, 1)
    announced.hear('FAILING_OVER', 3, 0, 2)
    expect(announced.lost(10)).toMatchObject([{ notification: 'FAILING_OVER', sequence: 3, at: 2 }])
    expect(announced.lost(11)).toEqual([])
  })

  it('is not put down to what was long ago', () => {
    const announced = new AnnouncedMaintenance(BOUND)
    announced.hear('MOVING', 1, 1000, 0)
    expect(announced.lost(BOUND + 1000)).toEqual([])
  })
})
