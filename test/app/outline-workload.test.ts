import { describe, expect, it } from 'vitest'
import { peakRateOf } from '../../src/app/outline-keys.ts'
import { outlineWorkload } from '../../src/app/outline-workload.ts'
import { keyPrefixOf } from '../../src/app/run-plan-parts.ts'
import type { RunPlan, StagePlan } from '../../src/model/plan.ts'
import { planOf } from '../support/plan.ts'

const PROFILE = `name: p
load: {seed: 1}
keys: {count: 10, prefix: own}
values: {size: 100}
operations:
`

function withCommands(plan: RunPlan, commands: readonly string[]): RunPlan {
  const [like] = plan.operations
  return {
    ...plan,
    operations: commands.map((command) => ({ ...like!, name: command.split(' ')[0]!, commands: [command] })),
  }
}

describe('outlineWorkload', () => {
  it('knows the size of requests and replies', () => {
    const { plan } = planOf({}, { profile: `${PROFILE}  - command: SET\n` })
    const key = `${keyPrefixOf(plan)}:s:0`
    const request = `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$100\r\n${'x'.repeat(100)}\r\n`
    expect(outlineWorkload(plan)).toMatchObject({
      requestBytes: request.length,
      replyBytes: '+OK\r\n'.length,
      readOnly: false,
    })
    const get = outlineWorkload(planOf({}, { profile: `${PROFILE}  - command: GET\n` }).plan)
    expect(get.replyBytes).toBe(`$100\r\n${'x'.repeat(100)}\r\n`.length)
    expect(get).toMatchObject({ spaces: [], readOnly: true })
  })

  it('has audit writes, their lists and their part of the traffic', () => {
    const flags = { 'acked_writes.share': '50%', 'pipeline.size': '3', 'load.clients': '4' }
    const { plan } = planOf(flags, { profile: `${PROFILE}  - command: GET\n` })
    const prefix = keyPrefixOf(plan)
    const { examples, spaces, readOnly, requestBytes, replyBytes } = outlineWorkload(plan)
    expect(examples).toContainEqual(['RPUSH', `${prefix}:acked:0:0`, '1000'])
    expect(spaces).toEqual([
      {
        type: 'list',
        range: { before: `${prefix}:acked:`, after: '', count: 4 },
        keys: 4,
        elements: 256,
        elementBytes: 5,
        sampleBytes: [],
      },
    ])
    expect(readOnly).toBe(false)
    // One of four commands.
    const key = `${prefix}:s:0`
    const audit = `*3\r\n$5\r\nRPUSH\r\n$${prefix.length + 10}\r\n${prefix}:acked:0:0\r\n$4\r\n1000\r\n`
    const get = `*2\r\n$3\r\nGET\r\n$${key.length}\r\n${key}\r\n`
    expect(requestBytes).toBeCloseTo(0.25 * audit.length + 0.75 * get.length)
    expect(replyBytes).toBeCloseTo(0.25 * 5 + 0.75 * `$100\r\n${'x'.repeat(100)}\r\n`.length)
  })

  it('has one example of each command, with keys of the run and arguments cut', () => {
    const { plan } = planOf(
      { 'values.size': '5000' },
      { profile: `${PROFILE}  - command: SET\n  - command: INCR\n` },
    )
    const examples = outlineWorkload(plan).examples.toSorted(([a], [b]) => a.localeCompare(b))
    const prefix = keyPrefixOf(plan)
    expect(examples).toEqual([
      ['INCR', expect.stringMatching(new RegExp(`^${prefix}:c:\\d$`))],
      ['SET', expect.stringMatching(new RegExp(`^${prefix}:s:\\d$`)), expect.stringMatching(/^[\w-]{256}$/)],
    ])
  })

  it('knows the keys of each space, and samples their sizes', () => {
    const { plan } = planOf(
      { 'values.size': '64:3, 1024..2048:1', 'load.duration': '10s' },
      { profile: `${PROFILE}  - command: SET\n  - command: INCR\n` },
    )
    const prefix = keyPrefixOf(plan)
    expect(outlineWorkload(plan).spaces).toEqual([
      {
        type: 'string',
        range: { before: `${prefix}:s:`, after: '', count: 10 },
        keys: 10,
        elements: 1,
        elementBytes: (3 * 64 + 1536) / 4,
        sampleBytes: [64, 64, 64, 64, 64, 64, 1280, 1792],
      },
      {
        type: 'counter',
        range: { before: `${prefix}:c:`, after: '', count: 10 },
        keys: 10,
        elements: 1,
        elementBytes: 0,
        sampleBytes: [0],
      },
    ])
    const [space] = outlineWorkload(planOf({ 'values.size': '1000000' }).plan).spaces
    expect(space!.sampleBytes).toEqual(Array.from({ length: 8 }, () => 65_536))
  })

  it('knows that a short load does not write every key', () => {
    const keysOf = (flags: Record<string, string>): number | undefined =>
      outlineWorkload(planOf({ 'keys.count': '1000', 'load.warmup': '1s', ...flags }).plan).spaces[0]?.keys
    expect(keysOf({})).toBe(1000)
    expect(keysOf({ 'load.target_ops_per_second': '10', 'load.duration': '9s' })).toBe(100)
    expect(keysOf({ 'load.target_ops_per_second': '10', 'load.count': '50' })).toBe(60)
    expect(keysOf({ 'load.count': '50', 'load.warmup': '0' })).toBe(50)
    expect(keysOf({ 'load.count': '50', 'load.warmup': '0', 'keys.preload': '25%' })).toBe(300)
  })

  it('knows what collections hold, and what grows', () => {
    const { plan } = planOf({ 'keys.count': '10', 'keys.members': '500', 'values.size': '50' })
    const outline = outlineWorkload(
      withCommands(plan, [
        'ZADD board:{key} {int 0..1000} {member}',
        'HSET {key} {field} {value}',
        'RPUSH {key} {value}',
        'LPOP {key}',
        'DEL {key zset}',
        'SETBIT flags {int 0..99} 1',
      ]),
    )
    const prefix = keyPrefixOf(plan)
    expect(
      outline.spaces.map(({ type, range, keys, elements, elementBytes }) => [
        ...[type, `${range.before}*${range.after}`, keys, elements, elementBytes],
      ]),
    ).toEqual([
      ['zset', `${prefix}:board:*`, 10, 500, 8 + 112],
      ['hash', `${prefix}:h:*`, 10, 500, 8 + 50 + 64],
      ['list', `${prefix}:l:*`, 10, null, 50],
      ['bitmap', `${prefix}:flags*`, 1, 1, 12_500],
    ])
    expect(outline.hasOthers).toBe(false)
    expect(outlineWorkload(withCommands(plan, ['SET {key}:{int 0..9} 1'])).hasOthers).toBe(true)
  })

  it('knows the keys that are filled before the load', () => {
    const { plan } = planOf({ 'keys.count': '100', 'keys.preload': '25%' })
    expect(outlineWorkload(withCommands(plan, ['GET {key}']))).toMatchObject({
      readOnly: false,
      spaces: [{ type: 'string', keys: 25 }],
    })
  })

  it('counts what a miss is followed by as a command, and not as traffic', () => {
    const { plan } = planOf({ 'values.size': '50' })
    const [operation] = withCommands(plan, ['GET {key}']).operations
    const aside = { ...plan, operations: [{ ...operation!, on_nil: 'SET {same} {value}' }] }
    const outline = outlineWorkload(aside)
    expect(outline.examples.map(([name]) => name)).toEqual(['GET', 'SET'])
    expect(outline.replyBytes).toBe('$50\r\n\r\n'.length + 50)
    expect(outline.spaces).toMatchObject([{ type: 'string', keys: 10_000 }])
    expect(outline.readOnly).toBe(false)
  })

  it('knows replies of several values, and says when one can be longer', () => {
    const { plan } = planOf({ 'values.size': '50' })
    const mget = outlineWorkload(withCommands(plan, ['MGET {key} {key} {key}']))
    expect(mget.replyBytes).toBe('*3\r\n'.length + 3 * ('$50\r\n\r\n'.length + 50))
    expect(mget.hasLongReplies).toBe(false)
    expect(outlineWorkload(withCommands(plan, ['HGETALL {key}']))).toMatchObject({
      replyBytes: 5,
      hasLongReplies: true,
    })
  })

  it('counts every connection of the load', () => {
    const { plan } = planOf({ 'load.clients': '7' })
    const more = {
      ...plan,
      operations: plan.operations.map((operation, index) => ({ ...operation, connections: 2 * index })),
      pubsub: { ...plan.pubsub, subscribers: 3 },
      streams: { ...plan.streams, consumers: 1 },
    }
    expect(outlineWorkload(more).connections).toBe(7 + 2 + 3 + 1)
  })
})

describe('peakRateOf', () => {
  it('is the highest rate of any stage', () => {
    const { plan } = planOf({ 'load.target_ops_per_second': '10' })
    const stage = (from: number, to: number): StagePlan => ({
      name: 's',
      duration_ms: 1,
      from_ops_per_second: from,
      to_ops_per_second: to,
      concurrency: null,
    })
    expect(peakRateOf(plan)).toBe(10)
    expect(peakRateOf({ ...plan, load: { ...plan.load, stages: [stage(1, 50), stage(50, 20)] } })).toBe(50)
    expect(peakRateOf(planOf().plan)).toBeNull()
  })
})
