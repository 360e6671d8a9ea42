import { describe, expect, it } from 'vitest'
import { checkFaults, checkFaultTargets } from '../../src/app/check-faults.ts'
import { isFaultTarget } from '../../src/app/fault-target.ts'
import { PROFILE_TEXT, planOf } from '../support/plan.ts'
import { fakeTarget, node } from '../support/fault-target.ts'

function plan(
  faults: string,
  flags: Record<string, string | boolean> = {},
): ReturnType<typeof planOf>['plan'] {
  return planOf(flags, { profile: `${PROFILE_TEXT}faults: [${faults}]\n` }).plan
}

const ALLOWED = { 'safety.allow_dangerous': true }

describe('checkFaults', () => {
  it('lets everybody break their own connections', () => {
    for (const fault of [
      '{kind: client-kill}',
      '{kind: client-kill, type: ours-pubsub}',
      '{kind: socket-cut}',
    ])
      expect(() => checkFaults(plan(fault), false)).not.toThrow()
    expect(() => checkFaults(plan('{kind: client-kill, type: replica}'), false)).toThrow('--allow-dangerous')
  })

  it.each([
    ['{kind: sentinel-failover}', 'needs --topology sentinel'],
    ['{kind: slot-migration}', 'needs --topology cluster'],
    ['{kind: crash}', 'crash needs command and restart, or --embedded-redis'],
    ['{kind: password-rotation}', 'password-rotation needs a password'],
    ['{kind: pause, on: "10.0.0.1:1"}', '10.0.0.1:1 is not on the list of targets'],
  ])('%s: %s', (fault, message) => {
    expect(() => checkFaults(plan(fault, ALLOWED), false)).toThrow(message)
  })

  it('tells all of them at once', () => {
    expect(() => checkFaults(plan('{kind: pause}, {kind: block}'), false)).toThrow(
      /faults\.0: pause.*\n.*faults\.1: block/,
    )
  })
})

describe('checkFaultTargets', () => {
  const { deployment } = fakeTarget({ nodes: [node('127.0.0.1:1'), node('10.0.0.7:2'), node('10.0.0.8:2')] })

  it('wants every server on the list that could be chosen', async () => {
    await expect(checkFaultTargets(plan('{kind: pause}', ALLOWED), deployment)).rejects.toThrow(
      '10.0.0.7:2, 10.0.0.8:2 are not on the list of targets of dangerous faults (--fault-target 10.0.0.7:2,10.0.0.8:2 puts them there)',
    )
    const named = { ...ALLOWED, 'safety.fault_targets': '10.0.0.7:2;10.0.0.8:2' }
    await checkFaultTargets(plan('{kind: pause}', named), deployment)
    await checkFaultTargets(plan('{kind: pause, on: "127.0.0.1:1"}', ALLOWED), deployment)
    await checkFaultTargets(plan('{kind: client-kill}'), deployment)
  })
})

describe('isFaultTarget', () => {
  it('is this machine, and what was named', () => {
    const { safety } = plan('', { 'safety.fault_targets': 'Redis.test:7000' })
    const answers = [
      '127.0.0.1:1',
      '127.1.2.3:9',
      'localhost:5',
      '[::1]:6',
      'redis.TEST:7000',
      'redis.test:7001',
      '127.evil.com:1',
    ]
    expect(answers.map((address) => isFaultTarget({ safety }, address))).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ])
  })
})
