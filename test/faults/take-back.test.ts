import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { processBirth } from '../../src/faults/process-birth.ts'
import { takeBack } from '../../src/faults/take-back.ts'
import { describeUndo, type UndoStep } from '../../src/model/undo.ts'
import { fakeTarget } from '../support/fault-target.ts'

const A = '127.0.0.1:7000'

describe('takeBack', () => {
  it('does nothing for what has ended by itself', async () => {
    const target = fakeTarget()
    const step: UndoStep = {
      do: 'call',
      address: A,
      command: 'X',
      args: [],
      unless: [],
      ends_by_itself_at_ms: 100,
    }
    expect(await takeBack(step, target, 100)).toBe('not needed')
    expect(target.said()).toEqual([])
    expect(await takeBack(step, target, 99)).toBe('done')
  })

  it('knows the errors that say that it is not necessary', async () => {
    const target = fakeTarget({ answer: () => new Error('NOTBUSY No scripts in execution right now.') })
    const step: UndoStep = { do: 'call', address: A, command: 'SCRIPT', args: ['KILL'], unless: ['NOTBUSY'] }
    expect(await takeBack(step, target, 0)).toBe('not needed')
    await expect(takeBack({ ...step, unless: [] }, target, 0)).rejects.toThrow('NOTBUSY')
  })

  it('makes a master again only of what follows nobody', async () => {
    const step: UndoStep = { do: 'master-again', address: A }
    for (const [role, outcome] of [
      [['slave', '127.0.0.1', 1], 'done'],
      [['slave', '10.0.0.1', 6379], 'not needed'],
      [['master', 0, []], 'not needed'],
    ] as const)
      expect(
        await takeBack(step, fakeTarget({ answer: (_, [word]) => (word === 'ROLE' ? role : 'OK') }), 0),
      ).toBe(outcome)
  })

  it('lets the process go on that is meant, and no other of its number', async () => {
    const child = spawn('sleep', ['30'])
    const born = processBirth(child.pid!)!
    child.kill('SIGSTOP')
    expect(await takeBack({ do: 'continue', pid: child.pid!, born: 'another' }, fakeTarget(), 0)).toBe(
      'not needed',
    )
    expect(await takeBack({ do: 'continue', pid: child.pid!, born }, fakeTarget(), 0)).toBe('done')
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
    expect(await takeBack({ do: 'continue', pid: child.pid!, born }, fakeTarget(), 0)).toBe('not needed')
  })

  it('is described in a line', () => {
    const values = { maxmemory: '0', save: '' }
    expect(describeUndo({ do: 'config', address: A, values })).toBe(`${A}: CONFIG SET maxmemory 0 save ""`)
    expect(describeUndo({ do: 'slots', slots: [1, 2], from: 'a:1', to: 'b:2' })).toBe(
      'b:2: 2 slots come back from a:1',
    )
  })
})
