import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OperationPlan } from '../../../src/model/plan.ts'
import { createIndexedRandom } from '../../../src/model/random.ts'
import type { WorkloadSpec } from '../../../src/workload/build-workload.ts'
import { createDraw } from '../../../src/workload/draw.ts'
import { operationOf } from '../../support/operation.ts'
import { planOf } from '../../support/plan.ts'
import { type Sent, VerificationRig } from '../../support/verification.ts'

const { keys, pubsub, streams } = planOf().plan

function specOf(commands: readonly string[], more: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return {
    operations: commands.map((command, index): OperationPlan => ({
      ...operationOf(command),
      name: `OP${index}`,
    })),
    batch: { kind: 'none', size: 1 },
    keyPrefix: 'p:tag',
    keys: { ...keys, count: 1 },
    values: { size: '64', kind: 'random', compressibility: 0.5, verify: true },
    pubsub,
    streams,
    seed: 1,
    ...more,
  }
}

const ALARMS = ['wrong', 'stale', 'missing'] as const
const KEY = 'p:tag:s:0'

/** Every command that is followed and that the model knows. */
const COMMANDS = [
  'SET',
  'GET',
  'DEL',
  'MGET ({key})*3',
  'MSET ({key} {value})*3',
  'GETDEL',
  'GETSET',
  'SETNX',
  'SET {key} {value} NX',
  'SET {key} {value} XX',
  'SET {key} {value} GET',
  'SET {key} {value} NX GET',
  'SET {key} {value} XX GET',
  'UNLINK',
]

type Step = readonly [kind: 'send' | 'execute' | 'answer' | 'lose' | 'fail' | 'again', pick: number]

const steps = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant('send' as const) },
      { weight: 6, arbitrary: fc.constant('execute' as const) },
      { weight: 6, arbitrary: fc.constant('answer' as const) },
      { weight: 1, arbitrary: fc.constant('lose' as const) },
      { weight: 1, arbitrary: fc.constant('fail' as const) },
      { weight: 1, arbitrary: fc.constant('again' as const) },
    ),
    fc.nat(),
  ),
  { minLength: 50, maxLength: 400 },
)

/**
 * Clients and a server whose commands travel, are run, are run again (by a client that sends twice), are answered and get
 * lost in any order that is possible. What is lost may be run at any time later.
 */
function interleave(rig: VerificationRig, script: readonly Step[], threads: number): void {
  const travelling: Sent[] = []
  const executed: Sent[] = []
  for (const [kind, pick] of script) {
    const one = (list: readonly Sent[]): Sent | undefined => list[pick % Math.max(1, list.length)]
    if (kind === 'send') travelling.push(rig.send(pick % threads, pick % 10 === 0 ? 2 : 1))
    else if (kind === 'answer') {
      const sent = one(executed.filter(({ isSettled }) => !isSettled))
      if (sent !== undefined) rig.answer(sent)
    } else if (kind === 'lose') {
      const sent = one([...travelling, ...executed].filter(({ isSettled }) => !isSettled))
      if (sent !== undefined) rig.lose(sent)
    } else if (kind === 'again') {
      const sent = one(executed.filter(({ call }) => call.writes > 1))
      if (sent !== undefined) rig.execute(sent)
    } else if (kind === 'fail') {
      // What was refused was not run, unless it had been sent before.
      const again = executed.filter(({ call, isSettled }) => call.writes > 1 && !isSettled)
      const sent = one([...travelling.filter(({ isSettled }) => !isSettled), ...again])
      if (sent === undefined) continue
      rig.fail(sent)
      if (travelling.includes(sent)) travelling.splice(travelling.indexOf(sent), 1)
    } else {
      const sent = one(travelling)
      if (sent === undefined) continue
      travelling.splice(travelling.indexOf(sent), 1)
      rig.execute(sent)
      executed.push(sent)
    }
  }
}

describe('Verifier', () => {
  it('raises no false alarm, whatever the order of things, lost answers, repeats and late effects', () => {
    let judged = 0
    let ok = 0
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...COMMANDS), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(),
        steps,
        (commands, count, threads, seed, script) => {
          const spec = specOf(['GET', 'SET', ...commands], { keys: { ...keys, count }, seed })
          const rig = new VerificationRig(spec, { threads })
          interleave(rig, script, threads)
          expect(rig.found).toEqual([])
          judged += rig.verdicts.length
          ok += rig.count('ok')
        },
      ),
      { numRuns: 200 },
    )
    // Nearly all is judged: silence is no proof if nobody looks.
    expect(ok / judged).toBeGreaterThan(0.8)
  })

  it('judges exactly what one client reads after another wrote, when the server lies', () => {
    const lies = fc.constantFrom(
      'none',
      'none',
      'none',
      'roll back',
      'remove',
      'swap',
      'flip',
      'garble',
      'cut',
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(lies, fc.nat()), { minLength: 20, maxLength: 150 }),
        fc.nat(),
        (script, seed) => {
          const rig = new VerificationRig(
            specOf(['GET', 'SET', 'SET', 'DEL'], { keys: { ...keys, count: 4 }, seed }),
            {
              threads: 2,
            },
          )
          const truth = new Map<string, string | undefined>()
          const history = new Map<string, string[]>()
          const expected: string[] = []
          for (const [lie, pick] of script) {
            const sent = rig.send(pick % 2)
            const key = sent.args[1]!
            tamper(rig.store, { lie, pick, key, history })
            const held = rig.store.get(key)
            rig.perform(sent)
            if (sent.call.name === 'get') {
              const right = truth.get(key)
              if (held === right) expected.push('ok')
              else if (held === undefined) expected.push('missing')
              else if (history.get(key)?.includes(held) === true) expected.push('stale')
              // Before the first value nobody knows what was there, unless it is one of ours.
              else if (!truth.has(key) && (held.length < 35 || !held.startsWith('00002r')))
                expected.push('unjudged')
              else expected.push('wrong')
            } else {
              truth.set(key, rig.store.get(key))
              if (sent.call.name === 'set') history.set(key, [...(history.get(key) ?? []), sent.args[2]!])
            }
          }
          expect(rig.verdicts).toEqual(expected)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('finds what a crowd of writers hides for a moment only', () => {
    // A key that always has writes in flight: its floor follows at a distance.
    const rig = new VerificationRig(specOf(['SET', 'GET']))
    const old = rig.perform(rig.sendA('set')).args[2]!
    let flying = [rig.sendA('set'), rig.sendA('set')]
    for (let round = 0; round < 6; round++) {
      const next = rig.sendA('set')
      rig.perform(flying[0]!)
      flying = [...flying.slice(1), next]
    }
    rig.store.set(KEY, old)
    rig.perform(rig.sendA('get'))
    expect(rig.found).toEqual([
      { verdict: 'stale', key: KEY, atLeast: expect.any(Number) as number, got: 'sequence 1' },
    ])
  })

  it('finds an acknowledged write that was lost, and the value that came back', () => {
    const rig = new VerificationRig(specOf(['SET', 'GET', 'DEL']))
    const first = rig.perform(rig.sendA('set')).args[2]!
    rig.perform(rig.sendA('set'))
    rig.store.set(KEY, first)
    rig.perform(rig.sendA('get'))
    rig.store.delete(KEY)
    rig.perform(rig.sendA('get'))
    rig.perform(rig.sendA('del'))
    rig.perform(rig.sendA('get'))
    rig.store.set(KEY, first)
    rig.perform(rig.sendA('get'))
    expect(rig.verdicts).toEqual(['stale', 'missing', 'ok', 'stale'])
    expect(rig.found.map(({ verdict, key, got }) => `${verdict} ${key} ${got}`)).toEqual([
      `stale ${KEY} sequence 1`,
      `missing ${KEY} nothing`,
      `stale ${KEY} sequence 1`,
    ])
  })

  it('takes a write that nobody knows about for one that may come at any time', () => {
    const rig = new VerificationRig(specOf(['SET', 'GET']))
    rig.perform(rig.sendA('set'))
    const lost = rig.sendA('set')
    rig.lose(lost)
    rig.perform(rig.sendA('set'))
    rig.perform(rig.sendA('get'))
    rig.execute(lost)
    rig.perform(rig.sendA('get'))
    expect(rig.verdicts).toEqual(['ok', 'unjudged'])
  })

  it('takes a removal that nobody knows about for one, too; and one that failed for none', () => {
    const rig = new VerificationRig(specOf(['SET', 'GET', 'DEL']))
    rig.perform(rig.sendA('set'))
    rig.fail(rig.sendA('del'))
    rig.store.delete(KEY)
    rig.perform(rig.sendA('get'))
    rig.perform(rig.sendA('set'))
    const lost = rig.sendA('del')
    rig.lose(lost)
    rig.perform(rig.sendA('set'))
    rig.execute(lost)
    rig.perform(rig.sendA('get'))
    expect(rig.verdicts).toEqual(['missing', 'unjudged'])
  })

  it('does not call missing what may expire or be evicted', () => {
    const expiring = new VerificationRig(specOf(['SETEX', 'GET']))
    const set = expiring.sendA('setex')
    expiring.store.set(KEY, set.args[3]!)
    set.reply = Buffer.from('OK')
    expiring.answer(set)
    expiring.perform(expiring.sendA('get'))
    expiring.store.delete(KEY)
    expiring.perform(expiring.sendA('get'))
    const evicting = new VerificationRig(specOf(['SET', 'GET']), { mayEvict: true })
    evicting.perform(evicting.sendA('set'))
    evicting.store.delete(KEY)
    evicting.perform(evicting.sendA('get'))
    expect([expiring.verdicts, evicting.verdicts]).toEqual([['ok', 'unjudged'], ['unjudged']])
  })

  it('knows a value of another key, one that was damaged, and one that nobody wrote', () => {
    const rig = new VerificationRig(
      specOf(['SET', 'GET'], { keys: { ...keys, count: 2, distribution: 'sequential' } }),
    )
    const values = new Map<string, string>()
    while (values.size < 2) {
      const { args } = rig.perform(rig.sendA('set'))
      values.set(args[1]!, args[2]!)
    }
    const [[one, first], [other, second]] = [...values] as [[string, string], [string, string]]
    rig.store.set(one, second)
    rig.store.set(other, `${second.slice(0, -1)}?`)
    while (rig.found.length < 2) rig.perform(rig.sendA('get'))
    expect(new Set(rig.found.map(({ verdict, key, got }) => `${verdict} ${key} ${got}`))).toEqual(
      new Set([`wrong ${one} a value of ${other}`, `wrong ${other} a value that is damaged`]),
    )
    rig.store.set(one, 'x'.repeat(first.length))
    rig.store.set(other, 'x'.repeat(first.length))
    rig.perform(rig.sendA('get'))
    expect(rig.found.at(-1)?.got).toBe('a value that is none of this run')
  })

  it('fills keys with their first values', () => {
    const spec = specOf(['GET {key}'], { keys: { ...keys, count: 3, preload: 1 } })
    const rig = new VerificationRig(spec)
    const filling = rig.verifiers[0]!.filling({ before: 'p:tag:s:', after: '', count: 3 })!
    const draw = createDraw(createIndexedRandom(1))
    const source = filling.values(draw)
    const touch = filling.onKey({ before: 'p:tag:s:', after: '', count: 3 })!
    for (const index of [0, 1, 2]) {
      touch(index)
      rig.store.set(`p:tag:s:${index}`, source.nextText())
    }
    for (let read = 0; read < 50; read++) rig.perform(rig.send())
    expect(rig.verdicts).toEqual(Array.from({ length: 50 }, () => 'ok'))
    rig.store.clear()
    rig.perform(rig.send())
    expect(rig.verdicts.at(-1)).toBe('missing')
    expect(rig.verifiers[0]!.filling({ before: 'p:tag:h:', after: '', count: 3 })).toBeUndefined()
  })

  it('raises no alarm in commands of several keys, and finds the one that is wrong', () => {
    const rig = new VerificationRig(
      specOf(['MSET ({key} {value})*4', 'MGET ({key})*4'], {
        keys: { ...keys, count: 4, distribution: 'sequential' },
      }),
    )
    rig.perform(rig.sendA('mset'))
    rig.perform(rig.sendA('mget'))
    expect(rig.verdicts).toEqual(['ok', 'ok', 'ok', 'ok'])
    rig.store.delete('p:tag:s:2')
    rig.perform(rig.sendA('mget'))
    expect(rig.found).toEqual([{ verdict: 'missing', key: 'p:tag:s:2', atLeast: 1, got: 'nothing' }])
    expect(ALARMS.map((verdict) => rig.count(verdict))).toEqual([0, 0, 1])
  })
})

interface Tampering {
  readonly lie: string
  readonly pick: number
  readonly key: string
  readonly history: ReadonlyMap<string, readonly string[]>
}

function tamper(store: Map<string, string>, { lie, pick, key, history }: Tampering): void {
  const held = store.get(key)
  const flip = (at: number): string =>
    `${held!.slice(0, at)}${String.fromCharCode(held!.charCodeAt(at) ^ 1)}${held!.slice(at + 1)}`
  const earlier = history.get(key) ?? []
  if (lie === 'remove') store.delete(key)
  else if (lie === 'garble') store.set(key, 'x'.repeat(pick % 200))
  else if (lie === 'roll back' && earlier.length > 0) store.set(key, earlier[pick % earlier.length]!)
  else if (held === undefined) return
  else if (lie === 'flip' && held.length > 0) store.set(key, flip(pick % held.length))
  else if (lie === 'cut') store.set(key, held.slice(0, pick % (held.length + 1)))
  else if (lie === 'swap') {
    const other = [...store].find(([name]) => name !== key)
    if (other !== undefined) store.set(key, other[1])
  }
}
