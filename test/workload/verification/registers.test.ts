import { describe, expect, it } from 'vitest'
import { LATE_WRITES_WORDS } from '../../../src/workload/verification/late-writes.ts'
import {
  allocateRegisters,
  BYTES_PER_KEY,
  isBelow,
  Registers,
  type Write,
} from '../../../src/workload/verification/registers.ts'

const DONE = { applied: true, mayComeLate: false }
const VOID = { applied: false, mayComeLate: false }
const UNKNOWN = { applied: false, mayComeLate: true }

function newWrite(): Write {
  return { register: 0, sequence: 0, isRemoval: false, floor: 0, lastRemoval: 0 }
}

function begin(registers: Registers, register = 0, isRemoval = false): Write {
  const write = newWrite()
  registers.begin(write, register, isRemoval)
  return write
}

/** The second of two keys, after so many writes. */
function registersAfter(issued: number): Registers {
  const memory = allocateRegisters(2)
  const words = new Int32Array(memory)
  const at = LATE_WRITES_WORDS + BYTES_PER_KEY / 4
  // Words as they stand when all of them are settled.
  for (const word of [1, 2, 3, 6, 7]) words[at + word] = issued
  return new Registers(memory)
}

describe('Registers', () => {
  it('count the writes of each key, for all threads that share them', () => {
    const memory = allocateRegisters(2)
    const [one, other] = [new Registers(memory), new Registers(memory)]
    expect([begin(one), begin(other), begin(one, 1)].map(({ sequence }) => sequence)).toEqual([1, 2, 1])
    expect(other.wasIssued(0, 2)).toBe(true)
    expect(other.wasIssued(0, 3)).toBe(false)
    expect(other.wasIssued(1, 2)).toBe(false)
  })

  it('raise the floor to a write that was alone, and no further than to the oldest that was not', () => {
    const registers = new Registers(allocateRegisters(1))
    registers.settle(begin(registers), DONE)
    expect(registers.floorOf(0)).toBe(1)
    const [second, third] = [begin(registers), begin(registers)]
    registers.settle(third, DONE)
    expect(registers.floorOf(0)).toBe(2)
    registers.settle(second, DONE)
    registers.settle(begin(registers), DONE)
    expect(registers.floorOf(0)).toBe(4)
  })

  it('do not raise it for a write that had no effect, or none that is known', () => {
    const registers = new Registers(allocateRegisters(1))
    registers.settle(begin(registers), VOID)
    registers.settle(begin(registers), UNKNOWN)
    expect(registers.floorOf(0)).toBe(0)
    expect([registers.mayComeLate(0, 1), registers.mayComeLate(0, 2)]).toEqual([false, true])
  })

  it('have a floor that follows a key which is never at rest', () => {
    const registers = new Registers(allocateRegisters(1))
    const flying = [begin(registers), begin(registers), begin(registers)]
    for (let write = 4; write <= 1000; write++) {
      flying.push(begin(registers))
      registers.settle(flying.shift()!, DONE)
      const behind = write - registers.floorOf(0)
      if (write > 20) expect(behind).toBeLessThanOrEqual(12)
    }
  })

  it('know whether a removal may be seen', () => {
    const registers = new Registers(allocateRegisters(1))
    expect(registers.mayBeRemoved(0, registers.floorOf(0))).toBe(true)
    registers.settle(begin(registers), DONE)
    expect(registers.mayBeRemoved(0, registers.floorOf(0))).toBe(false)
    const removal = begin(registers, 0, true)
    expect(registers.mayBeRemoved(0, registers.floorOf(0))).toBe(true)
    registers.settle(removal, VOID)
    expect(registers.mayBeRemoved(0, registers.floorOf(0))).toBe(false)
    expect(registers.mayBeRemovedLate(0)).toBe(false)
    registers.settle(begin(registers, 0, true), UNKNOWN)
    registers.settle(begin(registers), DONE)
    expect(registers.mayBeRemoved(0, registers.floorOf(0))).toBe(false)
    expect(registers.mayBeRemovedLate(0)).toBe(true)
  })

  it('go on when sequences wrap around', () => {
    for (const issued of [2 ** 31 - 3, -3]) {
      const registers = registersAfter(issued | 0)
      for (let write = 0; write < 6; write++) {
        const begun = begin(registers, 1)
        expect(isBelow(registers.floorOf(1), begun.sequence)).toBe(true)
        registers.settle(begun, DONE)
        expect(registers.floorOf(1)).toBe(begun.sequence)
        expect(registers.mayBeRemoved(1, registers.floorOf(1))).toBe(false)
      }
    }
  })

  it('remember a last removal that lies very far behind as one that is over', () => {
    const memory = allocateRegisters(1)
    const registers = new Registers(memory)
    const words = new Int32Array(memory)
    for (let issued = 0; issued < 2 ** 32; issued += 2 ** 29) {
      for (const word of [1, 2, 3]) words[LATE_WRITES_WORDS + word] = issued | 0
      registers.settle(begin(registers), DONE)
      expect(registers.mayBeRemoved(0, registers.floorOf(0))).toBe(false)
    }
  })

  it('take every write of a key for a late one when there is no room to remember which', () => {
    const registers = new Registers(allocateRegisters(2))
    const lost = 32_768
    for (let write = 0; write < lost; write++) registers.settle(begin(registers), UNKNOWN)
    expect([1, 2, lost].map((sequence) => registers.mayComeLate(0, sequence))).toEqual([true, true, true])
    expect(registers.mayComeLate(0, lost + 1)).toBe(false)
    registers.settle(begin(registers, 1), DONE)
    expect(registers.mayComeLate(1, 1)).toBe(false)
    registers.settle(begin(registers, 1), UNKNOWN)
    expect(registers.mayComeLate(1, 1)).toBe(true)
  })

  it('take 32 bytes a key', () => {
    const [small, large] = [allocateRegisters(1), allocateRegisters(1_000_001)]
    expect(large.byteLength - small.byteLength).toBe(32_000_000)
  })
})
