import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  checkResultFiles,
  checkRunFiles,
  RESULT_FILES,
  writeResultFiles,
} from '../../src/app/result-files.ts'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { UsageError } from '../../src/model/errors.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { planOf } from '../support/plan.ts'
import { sampleRecord } from '../support/snapshot.ts'

const folder = mkdtempSync(join(tmpdir(), 'redis-test-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

const { plan } = planOf()
const result = buildResult(sampleRecord(plan), RESULT_TOOLS)

describe('the files of a result', () => {
  it('have a setting each, with a flag and a variable, for a path with labels', () => {
    for (const [kind, { setting }] of Object.entries(RESULT_FILES)) {
      const found = SETTINGS.find(({ key }) => key === setting)
      expect(found?.flags.length).toBeGreaterThan(0)
      expect(found?.env.length).toBeGreaterThan(0)
      expect(found?.kind.isPath).toBe(true)
      const { output } = planOf({ [setting]: 'r/{run_id}', 'identity.run_id': 'a/b' }).plan
      expect(output[kind as keyof typeof RESULT_FILES]).toBe('r/a_b')
    }
  })

  it('are written where they are asked for', async () => {
    const file = join(folder, 'new', 'r.json')
    checkResultFiles({ file })
    expect(existsSync(file)).toBe(false)
    expect(await writeResultFiles(result, { file })).toEqual([{ kind: 'file', path: file, error: undefined }])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(result)))
    expect(readdirSync(join(folder, 'new'))).toEqual(['r.json'])
  })

  it('are all of them, each in its own form; those of operations are one each', async () => {
    const at = (name: string): string => join(folder, 'all', name)
    const paths = {
      ...{ file: at('r.json'), markdown: at('r.md'), junit: at('r.xml'), csv: at('r.csv') },
      ...{ hlog: at('r.hlog'), percentiles: at('r.hgrm') },
    }
    checkResultFiles(paths)
    const written = await writeResultFiles(result, paths)
    expect(written.map(({ path, error }) => [path, error])).toEqual(
      Object.values({ ...paths, percentiles: at('r.*.hgrm') }).map((path) => [path, undefined]),
    )
    expect(readdirSync(join(folder, 'all')).toSorted()).toEqual([
      ...[
        'r.GET.hgrm',
        'r.GET_failed.hgrm',
        'r.SET.hgrm',
        'r.all.hgrm',
        'r.csv',
        'r.hlog',
        'r.json',
        'r.md',
        'r.xml',
      ],
    ])
    expect(readFileSync(at('r.md'), 'utf8')).toMatch(/^## /)
    expect(readFileSync(at('r.xml'), 'utf8')).toMatch(/^<\?xml /)
    expect(readFileSync(at('r.csv'), 'utf8')).toMatch(/^at,elapsed_s,/)
    expect(readFileSync(at('r.hlog'), 'utf8')).toMatch(/^#\[/)
    expect(readFileSync(at('r.GET.hgrm'), 'utf8')).toMatch(/^ +Value +Percentile /)
  })

  it('of operations may be anywhere in a path, and are not written again when a run has', async () => {
    const percentiles = join(folder, 'parts', 'x-{operation}')
    checkResultFiles({ percentiles })
    const done = { kind: 'hlog', path: '/there', error: 'ENOSPC' } as const
    expect(await writeResultFiles(result, { percentiles, hlog: '/there' }, [done])).toEqual([
      done,
      { kind: 'percentiles', path: join(folder, 'parts', 'x-*'), error: undefined },
    ])
    expect(readdirSync(join(folder, 'parts')).toSorted()).toEqual(['x-GET', 'x-GET_failed', 'x-SET', 'x-all'])
  })

  it('are refused when two are the same', () => {
    const same = join(folder, 'same')
    expect(() => checkResultFiles({ csv: same, markdown: same })).toThrow(
      `output.csv: ${same} is the file of output.markdown as well (choose another path)`,
    )
  })

  it('say what could not be written', async () => {
    expect(await writeResultFiles(result, { file: '/proc/nope/r.json' })).toEqual([
      { kind: 'file', path: '/proc/nope/r.json', error: 'ENOENT' },
    ])
    expect(() => checkResultFiles({ file: '/proc/nope/r.json' })).toThrow(UsageError)
    expect(() => checkResultFiles({ file: folder })).toThrow(`output.file: ${folder} is a folder`)
  })

  it('are told apart by where they are, not by how their paths are written', () => {
    const file = join(folder, 'same.json')
    writeFileSync(file, '{}')
    symlinkSync(file, join(folder, 'alias.json'))
    const other = `${folder}/x/../same.json`
    expect(() => checkResultFiles({ file, html: other })).toThrow(
      `output.html: ${other} is the file of output.file as well (choose another path)`,
    )
    const alias = join(folder, 'alias.json')
    expect(() => checkResultFiles({ csv: alias }, { 'what is read': file })).toThrow(
      `output.csv: ${alias} is the file of what is read as well`,
    )
    const { output, log } = planOf({ 'output.journal': file, 'output.csv': file }).plan
    expect(() => checkRunFiles({ output, log })).toThrow('is the file of output.journal as well')
    const logged = planOf({ 'output.journal': file, 'log.file': other }).plan
    expect(() => checkRunFiles(logged)).toThrow(`output.journal: ${file} is the file of log.file as well`)
  })

  it('go to standard output, one of them, when it can', async () => {
    checkResultFiles({ csv: '-' })
    expect(() => checkResultFiles({ csv: '-', markdown: '-' })).toThrow('is the file of')
    expect(() => checkResultFiles({ hlog: '-' })).toThrow(
      'output.hlog: cannot go to standard output (give the path of a file)',
    )
    expect(() => checkResultFiles({ percentiles: '-' })).toThrow('cannot go to standard output')
    expect(() => checkRunFiles(planOf({ 'output.journal': '-' }).plan)).toThrow(
      'cannot go to standard output',
    )
    let told = ''
    expect(await writeResultFiles(result, { csv: '-' }, [], (text) => void (told += text))).toEqual([])
    expect(told).toMatch(/^at,elapsed_s,/)
  })

  it('of operations have folders of their own where the path says so, and never the same file', async () => {
    const percentiles = join(folder, 'deep', '{operation}', 'p.hgrm')
    const [operation] = result.operations
    const named = ['a?b', 'a_b'].map((name) => ({ ...operation!, operation: name }))
    checkResultFiles({ percentiles })
    const [written] = await writeResultFiles({ ...result, operations: named }, { percentiles })
    expect(written!.error).toBeUndefined()
    expect(readdirSync(join(folder, 'deep')).toSorted()).toEqual([
      ...['a_b', 'a_b_2', 'a_b_failed', 'a_b_failed_2', 'all'],
    ])
  })
})
