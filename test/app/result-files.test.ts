import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkResultFiles, RESULT_FILES, writeResultFiles } from '../../src/app/result-files.ts'
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

  it('say what could not be written', async () => {
    expect(await writeResultFiles(result, { file: '/proc/nope/r.json' })).toEqual([
      { kind: 'file', path: '/proc/nope/r.json', error: 'ENOENT' },
    ])
    expect(() => checkResultFiles({ file: '/proc/nope/r.json' })).toThrow(UsageError)
    expect(() => checkResultFiles({ file: folder })).toThrow(`output.file: ${folder} is a folder`)
  })
})
