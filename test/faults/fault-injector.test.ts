import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FaultInjector, type PlannedFault } from '../../src/faults/fault-injector.ts'
import { faults } from '../../src/faults/registry.ts'
import type { PreparedFault } from '../../src/model/fault.ts'
import type { FaultPlan } from '../../src/model/fault-plan.ts'
import { createRandom } from '../../src/model/random.ts'
import type { FaultResult } from '../../src/model/fault-result.ts'
import { type FakeParts, fakeTarget } from '../support/fault-target.ts'
import { faultPlan } from '../support/faults.ts'

const MAXCLIENTS = faultPlan({ kind: 'maxclients', for_ms: 1000, params: { to: 5 } })
const A = '127.0.0.1:7000'
const DONE = { connections: 0, detail: '' }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

interface Bench {
  readonly log: string[]
  readonly planned: PlannedFault[]
  readonly ended: FaultResult[]
  readonly injector: FaultInjector
  readonly target: ReturnType<typeof fakeTarget>
  inject(plan: FaultPlan): Promise<FaultResult>
}

function bench(parts: FakeParts = {}, prepared?: () => PreparedFault, onPlanned?: () => void): Bench {
  const target = fakeTarget({
    answer: (_, words) => (words.join(' ') === 'CONFIG GET maxclients' ? ['maxclients', '100'] : undefined),
    ...parts,
  })
  const log: string[] = []
  const planned: PlannedFault[] = []
  const ended: FaultResult[] = []
  const registry = {
    ...faults,
    ...(prepared === undefined ? {} : { maxclients: () => Promise.resolve(prepared()) }),
  }
  const injector = new FaultInjector({
    target,
    registry,
    now: () => Date.now(),
    onPlanned(plan) {
      onPlanned?.()
      planned.push(plan)
      log.push(`planned after ${target.calls.length} calls`)
    },
    onBegun: () => log.push('begun'),
    onEnded(result) {
      ended.push(result)
      log.push('ended')
    },
  })
  const inject: Bench['inject'] = (plan) =>
    injector.inject({ plan, origin: 'plan', plannedAtMillis: Date.now(), random: createRandom(1) })
  return { log, planned, ended, injector, target, inject }
}

/** A fault that is done, and whose taking back never answers. */
function hanging(): Bench {
  return bench(
    { changes: { passwords: { rotate: () => Promise.resolve(), restore: () => new Promise(() => {}) } } },
    () => ({
      nodes: [A],
      undo: [{ do: 'password', address: A, user: 'u', salt: 's' }],
      touches: [],
      act: () => Promise.resolve(DONE),
    }),
  )
}

describe('a fault', () => {
  it('is told before it acts, with what takes it back, then acts, lasts and is taken back', async () => {
    const { inject, log, planned, ended, target } = bench()
    const flow = inject(MAXCLIENTS)
    await vi.advanceTimersByTimeAsync(999)
    expect(log).toEqual(['planned after 1 calls', 'begun'])
    expect(planned[0]).toMatchObject({
      id: 1,
      kind: 'maxclients',
      nodes: [A],
      undo: [{ do: 'config', address: A, values: { maxclients: '100' } }],
    })
    expect(target.said()).toEqual([`${A}: CONFIG GET maxclients`, `${A}: CONFIG SET maxclients 5`])
    await vi.advanceTimersByTimeAsync(1)
    const result = await flow
    expect(ended).toEqual([result])
    expect(result).toMatchObject({ reverted: true, error: null, detail: 'CONFIG SET maxclients 5' })
    expect(result.ended_at_ms! - result.at_ms).toBe(1000)
  })

  it('does not act when it cannot be told', async () => {
    const { inject, target } = bench({}, undefined, () => {
      throw new Error('the journal cannot be written')
    })
    expect(await inject(MAXCLIENTS)).toMatchObject({ error: 'the journal cannot be written', reverted: null })
    expect(target.said()).toEqual([`${A}: CONFIG GET maxclients`])
  })

  it('that cannot be prepared is a result, and nothing was told or done', async () => {
    const { inject, planned, ended } = bench({ answer: () => new Error('NOPERM') })
    expect(await inject(MAXCLIENTS)).toMatchObject({ error: 'NOPERM', reverted: null, nodes: [] })
    expect([planned.length, ended.length]).toEqual([0, 1])
  })

  it('that fails half-way is taken back at once', async () => {
    const { inject, target } = bench({
      answer(_, words) {
        if (words[1] === 'GET') return ['maxclients', '100']
        return words[3] === '5' ? new Error('half done') : undefined
      },
    })
    const result = await inject(MAXCLIENTS)
    expect(result).toMatchObject({ error: 'half done', reverted: true })
    expect(target.said().at(-1)).toBe(`${A}: CONFIG GET maxclients`)
  })

  it('is taken back when all are to end', async () => {
    const { inject, injector } = bench()
    const flow = inject(MAXCLIENTS)
    await vi.advanceTimersByTimeAsync(10)
    expect(injector.active.map(({ kind }) => kind)).toEqual(['maxclients'])
    const over = injector.endAll(1000)
    await vi.advanceTimersByTimeAsync(1)
    await over
    expect(await flow).toMatchObject({ reverted: true })
    expect(injector.active).toEqual([])
    expect(await inject(MAXCLIENTS)).toMatchObject({ error: 'the run is over' })
  })

  it('is tried to be taken back until it works', async () => {
    let refusals = 3
    const undo = [{ do: 'run', argv: [] }] as const
    const { inject, target } = bench(
      {
        answer: (_, words) => (words[0] === 'UNDO' && refusals-- > 0 ? new Error('ECONNREFUSED') : undefined),
      },
      () => ({
        nodes: [A],
        undo: [{ do: 'call', address: A, command: 'UNDO', args: [], unless: [] }],
        touches: [],
        act: () => Promise.resolve(DONE),
      }),
    )
    void undo
    const flow = inject(MAXCLIENTS)
    await vi.advanceTimersByTimeAsync(3000)
    expect(await flow).toMatchObject({ reverted: true, revert_error: null })
    expect(target.said().filter((line) => line.endsWith('UNDO'))).toHaveLength(4)
  })

  it('that cannot be taken back says so', async () => {
    const { inject, ended } = bench({ answer: () => new Error('LOADING') }, () => ({
      nodes: [A],
      undo: [{ do: 'call', address: A, command: 'UNDO', args: [], unless: [] }],
      touches: [],
      act: () => Promise.resolve(DONE),
    }))
    const flow = inject(MAXCLIENTS)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await flow).toMatchObject({ reverted: false, revert_error: 'LOADING', error: null })
    expect(ended).toHaveLength(1)
  })

  it('that hangs while it is taken back is given up, and told once', async () => {
    const { inject, injector, ended } = hanging()
    void inject(MAXCLIENTS)
    await vi.advanceTimersByTimeAsync(10)
    const over = injector.endAll(500)
    await vi.advanceTimersByTimeAsync(2000)
    await over
    expect(ended).toMatchObject([{ reverted: false, revert_error: 'not within 500 ms' }])
  })

  it('that hangs while it is taken back is given up sooner when the user asks for it meanwhile', async () => {
    const { inject, injector, ended } = hanging()
    void inject(MAXCLIENTS)
    await vi.advanceTimersByTimeAsync(10)
    let isOver = false
    void injector.endAll(15_000).then(() => {
      isOver = true
    })
    await vi.advanceTimersByTimeAsync(1000)
    injector.hurry(500)
    await vi.advanceTimersByTimeAsync(900)
    expect(isOver).toBe(true)
    expect(ended).toMatchObject([{ reverted: false, revert_error: 'not within 500 ms' }])
  })

  it('that ends by itself need not be taken back after that', async () => {
    const { inject, target } = bench()
    const flow = inject(faultPlan({ kind: 'pause', for_ms: 300, params: { mode: 'write' } }))
    await vi.advanceTimersByTimeAsync(400)
    expect(await flow).toMatchObject({ reverted: true })
    expect(target.said()).toEqual([`${A}: PING`, `${A}: CLIENT PAUSE 300 WRITE`])
  })
})

describe('two faults', () => {
  it('do not change the same thing at the same time', async () => {
    const { inject } = bench()
    const first = inject(MAXCLIENTS)
    await vi.advanceTimersByTimeAsync(500)
    expect(await inject(MAXCLIENTS)).toMatchObject({ error: `another fault changes maxclients of ${A}` })
    await vi.advanceTimersByTimeAsync(600)
    expect((await first).reverted).toBe(true)
    const third = inject(MAXCLIENTS)
    await vi.advanceTimersByTimeAsync(1100)
    expect(await third).toMatchObject({ error: null, reverted: true })
  })

  it('do not change the same thing when they begin at the same moment', async () => {
    const { inject, planned } = bench()
    const flows = [inject(MAXCLIENTS), inject(MAXCLIENTS)]
    await vi.advanceTimersByTimeAsync(1100)
    const results = await Promise.all(flows)
    expect(results.map(({ error }) => error)).toEqual([null, `another fault changes maxclients of ${A}`])
    expect(planned).toHaveLength(1)
  })

  it('of which one read what the other one had changed: it is refused, though the other one is over', async () => {
    const gates: (() => void)[] = []
    const { inject, injector } = bench({}, undefined)
    const target = fakeTarget({
      changes: {
        deployment: {
          ...fakeTarget().deployment,
          call: (_, __, args) =>
            args[0] === 'GET'
              ? new Promise((resolve) => gates.push(() => resolve(['maxclients', '100'])))
              : Promise.resolve('OK'),
        },
      },
    })
    void [inject, injector]
    const slow = new FaultInjector({
      target,
      now: () => Date.now(),
      onPlanned() {},
      onBegun() {},
      onEnded() {},
    })
    const ask = (plan: FaultPlan): Promise<FaultResult> =>
      slow.inject({ plan, origin: 'plan', plannedAtMillis: 0, random: createRandom(1) })
    const first = ask({ ...MAXCLIENTS, for_ms: 100 })
    const second = ask(MAXCLIENTS)
    await vi.advanceTimersByTimeAsync(1)
    gates[0]!()
    await vi.advanceTimersByTimeAsync(200)
    gates[2]!()
    await vi.advanceTimersByTimeAsync(1)
    expect(await first).toMatchObject({ reverted: true })
    gates[1]!()
    await vi.advanceTimersByTimeAsync(1)
    expect(await second).toMatchObject({ error: `another fault changes maxclients of ${A}` })
  })
})

describe('a server that is not on the list', () => {
  it('is not hit by a dangerous fault, and may lose a connection of ours', async () => {
    const { inject } = bench({ connections: ['1'], changes: { isAllowed: () => false } })
    expect(await inject(MAXCLIENTS)).toMatchObject({
      error: `${A} is not on the list of targets (--fault-target)`,
    })
    expect(await inject(faultPlan())).toMatchObject({ error: null, connections: 1 })
  })
})
