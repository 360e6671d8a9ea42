import { describe, expect, it } from 'vitest'
import type { Call, CallListener } from '../../src/model/call.ts'
import { errorCodeAt } from '../../src/model/error-codes.ts'
import { FAILED, INDETERMINATE, OK, type Outcome } from '../../src/model/outcome.ts'
import type { CommandOwner } from '../../src/redis/command-owner.ts'
import { MeasuredCommand } from '../../src/redis/measured-command.ts'
import { type Rerouted, RoutedCommand } from '../../src/redis/routed-command.ts'

interface Told {
  settled: [Outcome, string][]
  rerouted: [string, boolean][]
  reroutedFrom: Rerouted[]
  resends: number
  unroutable: number
  answeredBy: number[]
}

function setUp(): { routed: RoutedCommand; told: Told; command: MeasuredCommand } {
  const told: Told = {
    settled: [],
    rerouted: [],
    reroutedFrom: [],
    resends: 0,
    unroutable: 0,
    answeredBy: [],
  }
  const owner = {
    clock: { now: () => 7 },
    held: 1,
    countResend: () => told.resends++,
    countUnexpected() {},
    noteLost() {},
    noteElsewhere() {},
  } as unknown as CommandOwner
  const listener: CallListener = {
    settled: (_: Call, outcome, code) => void told.settled.push([outcome, errorCodeAt(code).code]),
    settledLate() {},
    connected() {},
  }
  const command = new MeasuredCommand(owner, listener)
  command.name = 'get'
  command.isHeld = true
  command.slot = 42
  command.node = 3
  const routed = new RoutedCommand(command, {
    answeredBy: (node) => told.answeredBy.push(node),
    rerouted(from, code, answered) {
      told.rerouted.push([errorCodeAt(code).code, answered])
      told.reroutedFrom.push(from)
    },
    unroutable: () => told.unroutable++,
  })
  return { routed, told, command }
}

const reply = (text: string): Error => Object.assign(new Error(text), { name: 'ReplyError' })
const closed = new Error('Connection is closed.')

/** What ioredis' Cluster does: keeps `reject` for the end and puts a function of its own in its place. */
function asCluster(
  routed: RoutedCommand,
  handle: (error: Error, giveUp: (error: Error) => void) => void,
): void {
  const last = routed.reject
  routed.reject = function (error) {
    handle(error, (final) => last.call(routed, final))
  }
}

describe('RoutedCommand', () => {
  it('says to which slot it goes, and to none when it has no key', () => {
    const { routed, command } = setUp()
    expect(routed.getSlot()).toBe(42)
    command.slot = -1
    expect(routed.getSlot()).toBeNull()
  })

  it('is no repetition when a node has sent it elsewhere, and is counted as redirected', () => {
    const { routed, told } = setUp()
    asCluster(routed, () => routed.toWritable())
    routed.toWritable()
    routed.reject(reply('MOVED 42 h:1'))
    routed.reject(reply('ASK 42 h:2'))
    routed.resolve('x')
    expect(told.rerouted).toEqual([
      ['MOVED', true],
      ['ASK', true],
    ])
    expect(told).toMatchObject({ resends: 0, answeredBy: [3, 3, 3], settled: [[OK, 'none']] })
  })

  it('is counted for the node that sent it elsewhere, whatever it is by then', () => {
    const { routed, told, command } = setUp()
    asCluster(routed, (_, giveUp) => {
      command.node = 4
      giveUp(closed)
      // Given back, and used for another operation.
      Object.assign(command, { node: 5, phase: 1, series: 9 })
    })
    routed.toWritable()
    routed.reject(reply('MOVED 42 h:1'))
    expect(told.reroutedFrom).toEqual([{ node: 3, phase: 0, series: 0 }])
  })

  it('is a repetition when its answer was lost and it is sent again', () => {
    const { routed, told } = setUp()
    asCluster(routed, () => routed.toWritable())
    routed.toWritable()
    routed.reject(closed)
    expect(told.rerouted).toEqual([['closed', false]])
    expect(told.resends).toBe(1)
  })

  it('is indeterminate when a copy was lost and the next one is refused', () => {
    const { routed, told } = setUp()
    let turn = 0
    asCluster(routed, (error, giveUp) => {
      if (turn++ === 0) routed.toWritable()
      else giveUp(error)
    })
    routed.toWritable()
    routed.reject(closed)
    routed.reject(reply('WRONGTYPE Operation against a key'))
    expect(told.settled).toEqual([[INDETERMINATE, 'WRONGTYPE']])
    expect(told.resends).toBe(1)
  })

  it('is repeated once when the repetition is sent elsewhere', () => {
    const { routed, told } = setUp()
    asCluster(routed, () => routed.toWritable())
    routed.toWritable()
    routed.reject(closed)
    routed.reject(reply('MOVED 42 h:1'))
    routed.resolve('x')
    expect(told.resends).toBe(1)
    expect(told.settled).toEqual([[OK, 'none']])
  })

  it('is indeterminate when its answer was lost and the client gives up', () => {
    const { routed, told } = setUp()
    asCluster(routed, (error, giveUp) => giveUp(error))
    routed.toWritable()
    routed.reject(closed)
    expect(told.settled).toEqual([[INDETERMINATE, 'closed']])
    expect(told).toMatchObject({ rerouted: [], unroutable: 0 })
  })

  it('has failed for certain when it was never written, and asks who serves the slot', () => {
    const { routed, told } = setUp()
    asCluster(routed, (error, giveUp) => giveUp(error))
    routed.reject(closed)
    expect(told.settled).toEqual([[FAILED, 'closed']])
    expect(told.unroutable).toBe(1)
  })

  it('has failed for certain with too many redirections, the last of which was counted by a node', () => {
    const { routed, told } = setUp()
    asCluster(routed, (error, giveUp) =>
      giveUp(new Error(`Too many Cluster redirections. Last error: ${String(error)}`)),
    )
    routed.toWritable()
    routed.reject(reply('MOVED 42 h:1'))
    expect(told.settled).toEqual([[FAILED, 'too_many_redirections']])
    expect(told.rerouted).toEqual([['MOVED', true]])
  })

  it('does not count as redirected an error that is the answer', () => {
    const { routed, told } = setUp()
    asCluster(routed, (error, giveUp) => giveUp(error))
    routed.toWritable()
    routed.reject(reply('CLUSTERDOWN The cluster is down'))
    expect(told.settled).toEqual([[FAILED, 'CLUSTERDOWN']])
    expect(told.rerouted).toEqual([])
  })
})
