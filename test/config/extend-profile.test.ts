import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROFILE_CONTEXT } from '../../src/app/facts.ts'
import { loadProfile } from '../../src/config/load-profile.ts'
import { describeProblem, UsageError } from '../../src/model/errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'redis-test-extends-'))
const write = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
beforeAll(() => {
  mkdirSync(join(folder, 'bases/scripts'), { recursive: true })
  write('bases/scripts/hit.lua', 'return 1\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

const load = (path: string): ReturnType<typeof loadProfile> => loadProfile(path, PROFILE_CONTEXT)

function problemsOf(path: string): string[] {
  try {
    load(path)
    return []
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return error.problems.map((problem) => describeProblem(problem).replaceAll(`${folder}/`, ''))
  }
}

describe('extends', () => {
  it('puts a profile over one that comes with the tool', () => {
    const path = write('child.yaml', 'name: child\nextends: basic-rw\nload: {clients: 7}\n')
    const { value, locate } = load(path)
    expect(value.name).toBe('child')
    expect(value.description).toBeUndefined()
    expect(value['load']).toEqual({ clients: 7, warmup: 1000 })
    expect(value.operations).toHaveLength(3)
    expect(locate('load.clients')).toBe(`${path}:3:17`)
    expect(locate('load.warmup')).toMatch(/^basic_rw\.yaml:\d+:11$/)
  })

  it('merges sections and replaces lists, over any number of files', () => {
    write(
      'bases/base.yaml',
      'description: base\nload: {clients: 3, duration: 5s}\nvalues: {size: 10}\noperations: [{script: scripts/hit.lua}]\n',
    )
    write('middle.yml', 'extends: bases/base.yaml\nload: {duration: 6s}\nfaults: [{kind: socket-cut}]\n')
    const path = write('top.yaml', 'name: top\nextends: ./middle.yml\nload: {warmup: 0}\nfaults: []\n')
    const { value, scripts } = load(path)
    expect(value).toMatchObject({
      load: { clients: 3, duration: 6000, warmup: 0 },
      values: { size: '10' },
      faults: [],
    })
    // A path starts from the file in which it stands.
    expect(scripts.get(0)).toEqual({ file: 'scripts/hit.lua', engine: 'script', text: 'return 1\n' })
  })

  it('names the file that a problem is in', () => {
    write('bases/wrong.yaml', 'load: {clients: many}\noperations: [{command: GET}]\n')
    const path = write('of-wrong.yaml', 'extends: bases/wrong.yaml\nload: {threads: 0}\n')
    expect(problemsOf(path)).toEqual([
      expect.stringMatching(/^of-wrong\.yaml:1:1: name: missing: /),
      expect.stringMatching(/^of-wrong\.yaml:2:17: load\.threads: /),
      expect.stringMatching(/^bases\/wrong\.yaml:1:17: load\.clients: /),
    ])
  })

  it('says what is wrong with the YAML of a parent', () => {
    write('bases/broken.yaml', 'load: {clients: 1\n')
    const path = write('of-broken.yaml', 'name: p\nextends: bases/broken.yaml\n')
    expect(problemsOf(path)[0]).toMatch(/^bases\/broken\.yaml:\d+:\d+: /)
  })

  it.each([
    ['nothing of that name', 'basic_rv', 'there is no profile "basic_rv" (did you mean basic_rw?)'],
    ['no such file', './nope.yaml', 'nope.yaml: no such file (check the path of the profile)'],
    ['a number', '5', 'expected the name of a profile, or a path such as ./base.yaml'],
    ['itself', './p.yaml', 'a profile cannot extend itself: p.yaml → p.yaml'],
  ])('refuses %s', (_, parent, message) => {
    const path = write('p.yaml', `name: p\nextends: ${parent}\n`)
    expect(problemsOf(path)).toEqual([`p.yaml:2:10: extends: ${message}`])
  })

  it('refuses circles, and shows them', () => {
    write('a.yaml', 'extends: ./b.yaml\n')
    write('b.yaml', 'extends: bases/../c.yaml\n')
    write('c.yaml', 'extends: ./a.yaml\n')
    expect(problemsOf(join(folder, 'a.yaml'))).toEqual([
      'c.yaml:1:10: extends: a profile cannot extend itself: a.yaml → b.yaml → c.yaml → a.yaml',
    ])
  })

  it('takes eight profiles above one another, not nine', () => {
    write('d0.yaml', 'operations: [{command: GET}]\n')
    for (let depth = 1; depth <= 9; depth++)
      write(`d${depth}.yaml`, `name: d${depth}\nextends: ./d${depth - 1}.yaml\n`)
    expect(problemsOf(join(folder, 'd8.yaml'))).toEqual([])
    expect(problemsOf(join(folder, 'd9.yaml'))).toEqual([
      'd1.yaml:2:10: extends: more than 8 profiles above one another: d9.yaml → d8.yaml → d7.yaml → d6.yaml → d5.yaml → d4.yaml → d3.yaml → d2.yaml → d1.yaml → d0.yaml',
    ])
  })
})
