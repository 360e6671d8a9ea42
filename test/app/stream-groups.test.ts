import { describe, expect, it } from 'vitest'
import { BacklogWatch, createGroups } from '../../src/app/stream-groups.ts'
import { ConnectError } from '../../src/model/errors.ts'
import { createToolCounters } from '../../src/model/run-view.ts'
import type { ControlClient } from '../../src/redis/control-client.ts'
import { planOf } from '../support/plan.ts'

const { plan } = planOf({ 'streams.consumers': '1', 'streams.count': '2', 'streams.group': 'g' })

type Answer = (command: string, args: readonly (string | number)[]) => unknown

/** A control client that answers as it is told; what is thrown is the server's refusal. */
function controlWith(answer: Answer): { control: ControlClient; sent: string[] } {
  const sent: string[] = []
  const call = (command: string, args: readonly (string | number)[]): Promise<unknown> => {
    sent.push([command, ...args].join(' ').replace(/[\w-]+:[0-9a-f]{8}:/, 'p:'))
    return new Promise((resolve) => resolve(answer(command, args)))
  }
  return { control: { call } as unknown as ControlClient, sent }
}

function refusal(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' })
}

function group(lag: number | null | undefined, pending: number, name = 'g'): unknown[] {
  return ['name', name, 'pending', pending, ...(lag === undefined ? [] : ['lag', lag])]
}

describe('createGroups', () => {
  it('makes each stream and its group, from where the server can count', async () => {
    const { control, sent } = controlWith(() => 'OK')
    await createGroups(plan, control)
    expect(sent).toEqual([
      'XGROUP CREATE p:x:0 g $ MKSTREAM ENTRIESREAD 0',
      'XGROUP CREATE p:x:1 g $ MKSTREAM ENTRIESREAD 0',
    ])
  })

  it('does without the count on an older server, and takes a group that is there', async () => {
    const { control, sent } = controlWith((_, args) => {
      if (args.includes('ENTRIESREAD')) throw refusal('ERR syntax error')
      if (String(args[1]).endsWith(':1')) throw refusal('BUSYGROUP Consumer Group name already exists')
      return 'OK'
    })
    await createGroups(plan, control)
    expect(sent.slice(2)).toEqual(['XGROUP CREATE p:x:0 g $ MKSTREAM', 'XGROUP CREATE p:x:1 g $ MKSTREAM'])
  })

  it('says what is missing when it may not', async () => {
    const { control } = controlWith(() => {
      throw refusal('NOPERM no permission')
    })
    await expect(createGroups(plan, control)).rejects.toThrow(ConnectError)
  })
})

describe('BacklogWatch', () => {
  it('adds up over the streams and remembers the highest', async () => {
    const tool = createToolCounters()
    let lag = 30
    const { control } = controlWith((command) =>
      command === 'XLEN' ? 50 : [group(9, 9, 'other'), group(lag, 2)],
    )
    const watch = new BacklogWatch(plan, control, tool)
    watch.look()
    await expect.poll(() => tool.streams).toEqual({ lag: 60, pending: 4 })
    lag = 1
    expect(await watch.finish(1000)).toEqual({
      lag: 2,
      pending: 4,
      length: 100,
      lag_max: 60,
      pending_max: 4,
    })
    expect(tool.streams).toEqual({ lag: 2, pending: 4 })
  })

  it.each([[undefined], [null]])('knows no lag where the server has %s', async (lag) => {
    const { control } = controlWith((command) => (command === 'XLEN' ? 0 : [group(lag, 3)]))
    const end = await new BacklogWatch(plan, control, createToolCounters()).finish(1000)
    expect(end).toMatchObject({ lag: null, pending: 6, lag_max: null })
  })

  it('knows nothing where it may not ask', async () => {
    const { control } = controlWith(() => {
      throw refusal('NOPERM no permission')
    })
    expect(await new BacklogWatch(plan, control, createToolCounters()).finish(1000)).toEqual({
      lag: null,
      pending: null,
      length: null,
      lag_max: null,
      pending_max: null,
    })
  })
})
