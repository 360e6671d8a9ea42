import { describe, expect, it } from 'vitest'
import { parseLiveFault } from '../../src/config/live-fault.ts'
import { UsageError } from '../../src/model/errors.ts'
import { FAULT_CATALOGUE, FAULT_KINDS } from '../../src/model/fault-catalogue.ts'
import { PROFILE_TEXT, planOf } from '../support/plan.ts'
import { faultPlan } from '../support/faults.ts'

function problemsOf(fault: string): string[] {
  try {
    planOf({}, { profile: `${PROFILE_TEXT}faults:\n  - ${fault}\n` })
    return []
  } catch (error) {
    if (error instanceof UsageError) return error.message.split('\n')
    throw error
  }
}

describe('a fault of a profile', () => {
  it.each([
    [
      '{kind: pause, share: 0.5}',
      'test.yaml:6:19: faults.0.share: unknown key (known here: kind, at, every, jitter, for, on, mode)',
    ],
    [
      '{kind: socket-cut, for: 3s}',
      'test.yaml:6:24: faults.0.for: unknown key (known here: kind, at, every, jitter, share)',
    ],
    ['{kind: pause, mode: some}', 'test.yaml:6:25: faults.0.mode: expected one of all, write, got "some"'],
    ['{kind: pause, on: nobody}', 'test.yaml:6:23: faults.0.on: expected master, masters, replica'],
    ['{kind: block, for: 2m}', 'test.yaml:6:24: faults.0.for: expected a duration'],
    [
      '{kind: freeze, stop: halt}',
      'test.yaml:6:5: faults.0.continue: missing: needed, as what is done by stop has to be undone',
    ],
    [
      '{kind: proxy, toxic: slicer, latency: 5}',
      'test.yaml:6:43: faults.0.latency: the toxic slicer does not take it',
    ],
    ['{kind: acl-change, rules: "-@write >secret"}', 'test.yaml:6:31: faults.0.rules: ">secret" is no rule'],
    ['{kind: acl-change, rules: "off"}', 'faults.0.rules: "off" is no rule'],
    ['{kind: config-change, name: requirepass, to: x}', 'faults.0.name: requirepass is not for faults'],
    ['{kind: config-change, name: timeout}', 'faults.0.to: missing'],
    ['{kind: http, url: "http://u:p@h/"}', 'faults.0.url: expected a URL'],
    ['{kind: failover, force: true}', 'faults.0.to: missing: needed by force'],
    ['{at: 3s}', 'faults.0.kind: missing: expected one of client-kill'],
  ])('%s: says what and where', (fault, problem) => {
    const problems = problemsOf(fault)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(problem)
  })

  it('has the defaults of its kind, and may be spelled with _', () => {
    const fault = '{kind: slot_migration, at: 3s, for: 2s, on: "shard:1"}'
    const { plan } = planOf({}, { profile: `${PROFILE_TEXT}faults: [${fault}]\n` })
    expect(plan.faults).toEqual([
      faultPlan({
        kind: 'slot-migration',
        at_ms: 3000,
        for_ms: 2000,
        on: 'shard:1',
        params: { slots: 16, to: 'random-master' },
      }),
    ])
  })

  it('has commands as words, whether they are written as a list or as a text', () => {
    const text = '{kind: freeze, stop: docker pause x, continue: [docker, unpause, "x y"]}'
    const { plan } = planOf({}, { profile: `${PROFILE_TEXT}faults: [${text}]\n` })
    expect(plan.faults[0]!.params).toEqual({
      stop: ['docker', 'pause', 'x'],
      continue: ['docker', 'unpause', 'x y'],
    })
  })

  it('keeps the jitter of a toxic apart from the jitter of its time', () => {
    const fault = parseLiveFault({ kind: 'proxy', toxic: 'latency', latency: '100', jitter: 20 })
    expect(fault).toMatchObject({ jitter_ms: 0, params: { latency: 100, jitter: 20, toxicity: 1 } })
  })
})

describe('the catalogue', () => {
  it.each(FAULT_KINDS)('%s: its defaults are what it accepts', (kind) => {
    const { parameters, on, lasts } = FAULT_CATALOGUE[kind]
    const samples: Record<string, unknown> = {
      name: 'timeout',
      to: '1',
      cert_file: '/c',
      key_file: '/k',
      toxic: 'down',
      url: 'http://127.0.0.1/',
    }
    const needed = Object.entries(parameters).filter(([, { required }]) => required === true)
    const given = Object.fromEntries(needed.map(([name]) => [name, samples[name]]))
    const plan = parseLiveFault({ kind, ...given })
    expect(plan).toMatchObject({ kind, on, for_ms: lasts?.usual ?? null })
    for (const [name, spec] of Object.entries(parameters))
      if (spec.default !== undefined) expect(plan.params[name]).toEqual(spec.default)
  })
})
