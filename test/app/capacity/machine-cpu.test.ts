import { describe, expect, it } from 'vitest'
import { machineCpuOf } from '../../../src/app/capacity/machine-cpu.ts'

const sample = (atMillis: number, times: { idle: number; busy: number; own: number }) => ({
  atMillis,
  cores: 4,
  idleMillis: times.idle,
  busyMillis: times.busy,
  ownMillis: times.own,
})
const BEFORE = sample(10_000, { idle: 1000, busy: 500, own: 70 })

describe('CPU of the machine', () => {
  it('is split into what is idle, what is ours, and what others use', () => {
    // In two seconds 5 of 8 seconds were idle, and of the other 3 one was ours.
    const after = sample(12_000, { idle: 6000, busy: 3500, own: 1070 })
    expect(machineCpuOf(BEFORE, after, 0)).toEqual({ cores: 4, idle: 2.5, others: 1 })
    expect(machineCpuOf(BEFORE, after, 0.4)).toEqual({ cores: 4, idle: 2.5, others: 0.6 })
    // Clocks are not read at the same instant.
    expect(machineCpuOf(BEFORE, after, 1.1)).toEqual({ cores: 4, idle: 2.5, others: 0 })
  })

  it('is not known from one look, nor where the system does not count', () => {
    expect(machineCpuOf(BEFORE, BEFORE, 0)).toBeNull()
    expect(machineCpuOf(undefined, undefined, 0)).toBeNull()
    expect(machineCpuOf(BEFORE, { ...BEFORE, atMillis: 12_000 }, 0)).toBeNull()
  })
})
