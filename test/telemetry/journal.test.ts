import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UsageError } from '../../src/model/errors.ts'
import { openJournal } from '../../src/telemetry/journal.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-test-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('openJournal', () => {
  it('has handed a line to the kernel when append returns', () => {
    const file = join(folder, 'deep', 'j.ndjson')
    const journal = openJournal<{ n: number }>(file, () => {})
    journal.append({ n: 1 })
    expect(readFileSync(file, 'utf8')).toBe('{"n":1}\n')
    journal.append({ n: 2 })
    journal.close()
    expect(readFileSync(file, 'utf8')).toBe('{"n":1}\n{"n":2}\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('reports what it cannot write, and does not throw', () => {
    const reasons: string[] = []
    const journal = openJournal('/dev/full', (reason) => reasons.push(reason))
    journal.append({})
    journal.append({})
    expect(reasons).toEqual(['ENOSPC', 'ENOSPC'])
  })

  it('says when it cannot be opened', () => {
    expect(() => openJournal(folder, () => {})).toThrow(UsageError)
    expect(() => openJournal(folder, () => {})).toThrow(/output\.journal: cannot write .*: EISDIR/)
  })
})
