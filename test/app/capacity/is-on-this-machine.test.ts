import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { isOnThisMachine } from '../../../src/app/capacity/is-on-this-machine.ts'
import { planOf } from '../../support/plan.ts'

const isHere = (flags: Record<string, string | boolean>): boolean => isOnThisMachine(planOf(flags).plan)

describe('whether a server shares the CPU of the generator', () => {
  it('is told by its address', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1'])
      expect(isHere({ 'target.host': host })).toBe(true)
    expect(isHere({ 'target.host': 'redis.example.net' })).toBe(false)
    expect(isHere({ 'target.host': '192.0.2.1' })).toBe(false)
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
    for (const { address } of own) expect(isHere({ 'target.host': address })).toBe(true)
  })

  it('needs no address for what can be nowhere else', () => {
    expect(isHere({ 'target.socket': '/tmp/redis.sock', 'target.host': 'redis.example.net' })).toBe(true)
    expect(isHere({ 'target.embedded': true })).toBe(true)
  })
})
