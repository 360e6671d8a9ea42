import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OPERATION_NAMES, WORKLOADS_FOLDER } from '../../src/app/facts.ts'
import { findProfile, listProfiles, loadProfile } from '../../src/config/find-profile.ts'
import { parseProfile } from '../../src/config/profile.ts'
import { describeProblem, UsageError } from '../../src/model/errors.ts'
import { PROFILE_TEXT } from '../support/plan.ts'

function problemsOf(text: string): string[] {
  try {
    parseProfile(text, 'p.yaml', OPERATION_NAMES)
    return []
  } catch (error) {
    if (error instanceof UsageError) return error.problems.map(describeProblem)
    throw error
  }
}

describe('the profiles that come with the tool', () => {
  it.each(listProfiles(WORKLOADS_FOLDER))('%s is valid, described and commented', (name) => {
    const { value } = loadProfile(name, WORKLOADS_FOLDER, OPERATION_NAMES)
    expect(value.name).toBe(name)
    expect(value.description!.length).toBeGreaterThan(10)
    expect(readFileSync(join(WORKLOADS_FOLDER, `${name}.yaml`), 'utf8')).toMatch(/^# /)
  })

  it('are these', () => {
    expect(listProfiles(WORKLOADS_FOLDER)).toEqual(['basic_rw', 'high_throughput', 'reconnect-storm'])
    expect(readdirSync(WORKLOADS_FOLDER).every((file) => file.endsWith('.yaml'))).toBe(true)
  })
})

describe('findProfile', () => {
  it.each(['high_throughput', 'high-throughput', 'HIGH_THROUGHPUT', 'reconnect_storm'])(
    'finds %s',
    (name) => {
      expect(findProfile(name, WORKLOADS_FOLDER).text).toContain('operations:')
    },
  )

  it('suggests the nearest name, or lists what there is', () => {
    expect(() => findProfile('high_troughput', WORKLOADS_FOLDER)).toThrow('did you mean high_throughput?')
    expect(() => findProfile('x', WORKLOADS_FOLDER)).toThrow(
      'there are basic_rw, high_throughput, reconnect-storm',
    )
  })

  it('says which file is missing', () => {
    expect(() => findProfile('./nope.yaml', WORKLOADS_FOLDER)).toThrow('./nope.yaml: no such file')
  })
})

describe('parseProfile', () => {
  it('accepts the least', () => {
    const { value } = parseProfile(PROFILE_TEXT, 'p.yaml', OPERATION_NAMES)
    expect(value.operations).toEqual([{ command: 'SET' }, { command: 'GET' }])
  })

  it('turns what people write into what the plan holds', () => {
    const text = `${PROFILE_TEXT}load: {duration: PT1M, warmup: 500ms, target_ops_per_second: max}
faults:
  - {kind: client-kill, at: 5, every: 10s, share: 50%}
`
    const { value, locate } = parseProfile(text, 'p.yaml', OPERATION_NAMES)
    expect(value['load']).toEqual({ duration: 60_000, warmup: 500, target_ops_per_second: null })
    expect(value.faults).toEqual([{ kind: 'client-kill', at: 5000, every: 10_000, share: 0.5 }])
    expect(locate('load.duration')).toBe('p.yaml:5:18')
  })

  it('takes command names in any case', () => {
    const { value } = parseProfile('name: p\noperations: [{command: get}]\n', 'p.yaml', OPERATION_NAMES)
    expect(value.operations[0]!.command).toBe('GET')
  })

  it('reports every problem at once, in order, with path, place and a hint', () => {
    const text = `name: bad name
load:
  clents: 3
  duration: forever
  threads: 2.5
keys: 7
operations:
  - command: GTE
    weight: -1
faults:
  - kind: explode
`
    expect(problemsOf(text)).toEqual([
      'p.yaml:1:7: name: expected 1 to 64 characters from A-Z a-z 0-9 . _ -',
      'p.yaml:3:3: load.clents: unknown key (did you mean clients?)',
      expect.stringMatching(/^p\.yaml:4:13: load\.duration: expected a duration .* got "forever"$/),
      'p.yaml:5:12: load.threads: expected a whole number from 1 to 256, got 2.5',
      'p.yaml:6:7: keys: expected a mapping',
      `p.yaml:8:14: operations.0.command: no such command: GTE; known are ${OPERATION_NAMES.join(', ')}`,
      'p.yaml:9:13: operations.0.weight: expected a number from 0 to 1000000000, got -1',
      'p.yaml:11:11: faults.0.kind: expected one of client-kill, socket-cut, got "explode"',
    ])
  })

  it('says what is missing', () => {
    const problems = problemsOf('description: nothing else\n')
    expect(problems).toHaveLength(2)
    expect(problems.join('\n')).toMatch(
      /name: missing: expected 1 to 64 characters.*\n.*operations: missing: expected a list/,
    )
  })

  it.each([
    ['a tab', 'name: p\n\toperations: []', /p\.yaml:2:1: /],
    ['a key twice', `${PROFILE_TEXT}name: q\n`, /p\.yaml:5:1: .*unique/i],
    ['a tag', `name: !!js/function "x"\noperations: [{command: GET}]`, /p\.yaml:1:7: .*tag/i],
    ['a prototype', `${PROFILE_TEXT}__proto__: {polluted: true}\n`, /__proto__: unknown key/],
    ['a list instead of a mapping', '- 1\n- 2\n', /expected a mapping/],
    ['nothing', '', /expected a mapping/],
    ['no operations', 'name: p\noperations: []\n', /expected at least one operation/],
    ['a setting that is not its business', `${PROFILE_TEXT}target: {host: evil}\n`, /target: unknown key/],
  ])('refuses %s', (_, text, message) => {
    expect(problemsOf(text).join('\n')).toMatch(message)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('refuses aliases, and so the billion laughs', () => {
    const bomb = `a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n${PROFILE_TEXT}`
    expect(problemsOf(bomb)).toEqual(['p.yaml: aliases (*name) are not allowed'])
  })

  it('refuses a file that is too large', () => {
    expect(problemsOf(`#${'x'.repeat(300_000)}`)[0]).toContain('larger than')
  })
})
