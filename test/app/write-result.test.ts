import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UsageError } from '../../src/model/errors.ts'
import { checkWritable, writeWhole } from '../../src/app/write-result.ts'

const folder = mkdtempSync(join(tmpdir(), 'redis-test-write-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

describe('an output', () => {
  it('is written whole, into folders that are made for it', () => {
    const file = at('a/b/out.txt')
    checkWritable(file)
    writeWhole(file, 'first')
    writeWhole(file, 'second')
    expect(readFileSync(file, 'utf8')).toBe('second')
    expect(lstatSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(at('a/b'))).toEqual(['out.txt'])
  })

  it('goes into a pipe, which stays one', () => {
    const pipe = at('pipe')
    execFileSync('mkfifo', [pipe])
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    checkWritable(pipe)
    writeWhole(pipe, 'told')
    const read = Buffer.alloc(16)
    expect(read.subarray(0, readSync(reader, read)).toString()).toBe('told')
    closeSync(reader)
    expect(lstatSync(pipe).isFIFO()).toBe(true)
  })

  it('takes the place of a link to a file, and not of one to a device', () => {
    writeFileSync(at('target'), 'kept')
    symlinkSync(at('target'), at('link'))
    checkWritable(at('link'))
    writeWhole(at('link'), 'new')
    expect(readFileSync(at('target'), 'utf8')).toBe('kept')
    expect(lstatSync(at('link')).isFile()).toBe(true)
    symlinkSync('/dev/null', at('nowhere'))
    expect(() => checkWritable(at('nowhere'), 'output.csv')).toThrow(
      `output.csv: ${at('nowhere')} is a link to something that is no file of its own (give the path of a file, or - for standard output)`,
    )
  })

  it('takes the place of no descriptor, whatever it leads to', () => {
    const descriptor = openSync(at('open'), 'w')
    symlinkSync(`/proc/self/fd/${descriptor}`, at('descriptor'))
    for (const path of [at('descriptor'), `/proc/self/fd/${descriptor}`, `/dev/fd/${descriptor}`])
      expect(() => checkWritable(path)).toThrow('is a link to something that is no file of its own')
    closeSync(descriptor)
  })

  it('is refused where there is a folder, or cannot be one', () => {
    expect(() => checkWritable(folder)).toThrow(`output.file: ${folder} is a folder`)
    writeFileSync(at('file'), 'kept')
    expect(() => checkWritable(join(at('file'), 'x'))).toThrow('ENOTDIR')
    expect(() => writeWhole(join(at('file'), 'x'), 'new')).toThrow('ENOTDIR')
    expect(readFileSync(at('file'), 'utf8')).toBe('kept')
    expect(() => checkWritable('/proc/nope/result.json')).toThrow(UsageError)
  })
})
