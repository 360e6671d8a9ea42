import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROFILE_CONTEXT, WORKLOADS_FOLDER } from '../../src/app/facts.ts'
import { listProfiles } from '../../src/config/find-profile.ts'
import { loadProfile } from '../../src/config/load-profile.ts'
import { parseProfile } from '../../src/config/profile.ts'
import { describeProblem, UsageError } from '../../src/model/errors.ts'
import { planOf, PROFILE_TEXT } from '../support/plan.ts'

function problemsOf(text: string): string[] {
  try {
    parseProfile(text, 'p.yaml', PROFILE_CONTEXT)
    return []
  } catch (error) {
    if (error instanceof UsageError) return error.problems.map(describeProblem)
    throw error
  }
}

describe('the profiles that come with the tool', () => {
  it.each(listProfiles(WORKLOADS_FOLDER))('%s is valid, described and commented', (name) => {
    const { value } = loadProfile(name, PROFILE_CONTEXT)
    expect(value.name).toBe(name)
    expect(value.description!.length).toBeGreaterThan(10)
    expect(readFileSync(join(WORKLOADS_FOLDER, `${name}.yaml`), 'utf8')).toMatch(/^# .*\n#\n# /)
  })

  it('are these', () => {
    const names =
      'acl_rotation async_mixed basic_rw bitmaps_hll cache_aside connection_churn counters failover_cluster failover_sentinel ' +
      'geo half_open hash_objects high_throughput hot_key job_queue large_values leaderboard list_operations maxclients ' +
      'memory_pressure network_flap oom pubsub_heavy ramp_up rate_limiter read_only_replicas reconnect-storm rolling_restart ' +
      'session_store set_operations slow_network soak spike stream_consumers transaction_heavy upgrade_rehearsal write_heavy'
    expect(listProfiles(WORKLOADS_FOLDER)).toEqual(names.split(' '))
    const others = readdirSync(WORKLOADS_FOLDER).filter((file) => !file.endsWith('.yaml'))
    expect(others.filter((file) => file !== 'scripts')).toEqual(['profile.schema.json'])
  })
})

describe('parseProfile', () => {
  it('accepts the least', () => {
    const { value } = parseProfile(PROFILE_TEXT, 'p.yaml', PROFILE_CONTEXT)
    expect(value.operations).toEqual([{ command: 'SET' }, { command: 'GET' }])
  })

  it('turns what people write into what the plan holds', () => {
    const text = `${PROFILE_TEXT}load: {duration: PT1M, warmup: 500ms, target_ops_per_second: max}
faults:
  - {kind: client-kill, at: 5, every: 10s, share: 50%}
`
    const { value, locate } = parseProfile(text, 'p.yaml', PROFILE_CONTEXT)
    expect(value['load']).toEqual({ duration: 60_000, warmup: 500, target_ops_per_second: null })
    expect(value.faults).toEqual([{ kind: 'client-kill', at: 5000, every: 10_000, share: 0.5 }])
    expect(locate('load.duration')).toBe('p.yaml:5:18')
  })

  it('takes command names in any case', () => {
    const { plan } = planOf({}, { profile: 'name: p\noperations: [{command: get}]\n' })
    expect(plan.operations[0]).toMatchObject({
      name: 'GET',
      commands: [PROFILE_CONTEXT.commands.templateOf('GET')],
    })
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
      'p.yaml:8:14: operations.0.command: there is no command GTE; did you mean GET?',
      'p.yaml:9:13: operations.0.weight: expected a number from 0 to 1000000000, got -1',
      expect.stringMatching(
        /^p\.yaml:11:11: faults\.0\.kind: expected one of client-kill, .*http, got "explode"$/,
      ),
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
    [
      'a setting that is not its business',
      `${PROFILE_TEXT}target: {host: evil}\n`,
      /target\.host: unknown key/,
    ],
  ])('refuses %s', (_, text, message) => {
    expect(problemsOf(text).join('\n')).toMatch(message)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('refuses aliases, and so the billion laughs', () => {
    const bomb = `a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n${PROFILE_TEXT}`
    expect(problemsOf(bomb)).toEqual([
      'p.yaml:2:8: b.0: aliases (*name) are not allowed',
      'p.yaml:2:12: b.1: aliases (*name) are not allowed',
      'p.yaml:3:8: c.0: aliases (*name) are not allowed',
      'p.yaml:3:12: c.1: aliases (*name) are not allowed',
    ])
  })

  it('points at the character that cannot be in a text', () => {
    expect(problemsOf(`${PROFILE_TEXT}description: a\0b\n`)).toEqual([
      'p.yaml:5:15: a control character (U+0000) cannot be in YAML',
    ])
    expect(problemsOf(`${PROFILE_TEXT}description: "a\\x1b[31m"\n`)).toEqual([
      'p.yaml:5:14: description: expected one line of at most 500 characters',
    ])
  })

  it('shows the first problems of very many', () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `key${index}: 1`).join('\n')
    const problems = problemsOf(`${PROFILE_TEXT}${keys}\n`)
    expect(problems).toHaveLength(51)
    expect(problems.at(-1)).toBe('p.yaml:55:1: and 950 more problems')
  })

  it.each([
    ['brackets', `a: ${'['.repeat(100_000)}`],
    ['dashes', '- '.repeat(50_000)],
    ['mappings', `{a: `.repeat(17) + '1' + '}'.repeat(17)],
  ])('says where %s nest too deep', (_, text) => {
    expect(problemsOf(text).join('\n')).toMatch(/^p\.yaml:\d+:\d+: .*nests too deep/)
  })
})
