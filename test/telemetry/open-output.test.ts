import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkWritable, writeWhole } from '../../src/app/write-result.ts'
import { openJournal } from '../../src/telemetry/journal.ts'
import { openOutput } from '../../src/telemetry/open-output.ts'

const folder = mkdtempSync(join(tmpdir(), 'redis-test-output-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = (name: string): string => join(folder, name)

describe('output files', () => {
  it('are for whoever runs the test', () => {
    writeWhole(path('result.json'), '{}')
    openJournal(path('journal'), () => {}).close()
    openOutput(path('log'), 'append')
    for (const name of ['result.json', 'journal', 'log'])
      expect(statSync(path(name)).mode & 0o777).toBe(0o600)
  })

  it('are never written through a symbolic link', () => {
    writeFileSync(path('victim'), 'precious')
    for (const name of ['a', 'b', 'c']) symlinkSync(path('victim'), path(name))
    expect(() => openJournal(path('a'), () => {})).toThrow('ELOOP')
    expect(() => openOutput(path('b'), 'append')).toThrow('ELOOP')
    checkWritable(path('c'))
    writeWhole(path('c'), 'result')
    expect(readFileSync(path('c'), 'utf8')).toBe('result')
    expect(readFileSync(path('victim'), 'utf8')).toBe('precious')
  })

  it('are replaced, continued or made', () => {
    writeFileSync(path('there'), 'before')
    expect(() => openOutput(path('there'), 'create')).toThrow('EEXIST')
    writeSync(openOutput(path('there'), 'append'), ' after')
    expect(readFileSync(path('there'), 'utf8')).toBe('before after')
    writeSync(openOutput(path('there'), 'replace'), 'new')
    expect(readFileSync(path('there'), 'utf8')).toBe('new')
  })
})
