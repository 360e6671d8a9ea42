import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { WORKLOADS_FOLDER } from '../../src/app/facts.ts'
import { findProfile } from '../../src/config/find-profile.ts'

const folder = mkdtempSync(join(tmpdir(), 'redis-test-find-'))
afterAll(() => rmSync(folder, { recursive: true }))

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
      /there are acl_rotation, async_mixed, basic_rw, .*reconnect-storm/,
    )
  })

  it.each([
    ['which file is missing', 'nope.yaml', undefined, 'no such file'],
    ['what is a folder', 'folder.yaml', undefined, 'is not a file'],
    ['what is too large', 'large.yaml', Buffer.alloc(262_145, '#'), 'is larger than 262144 bytes'],
    [
      'where a file is not text',
      'latin1.yaml',
      Buffer.from('# ü\nname: caf\u00e9\n', 'latin1'),
      'is not UTF-8 text (line 1)',
    ],
    [
      'on which line a file is not text',
      'late.yaml',
      Buffer.concat([Buffer.from('# ü\n# €\n# 😀\nname: '), Buffer.from([0xff])]),
      'is not UTF-8 text (line 4)',
    ],
  ])('says %s', (_, name, content, message) => {
    const path = join(folder, name)
    if (name === 'folder.yaml') mkdirSync(path)
    if (content !== undefined) writeFileSync(path, content)
    expect(() => findProfile(path, WORKLOADS_FOLDER)).toThrow(`${path}: ${message}`)
  })

  it('reads no devices', () => {
    expect(() => findProfile('/dev/zero', WORKLOADS_FOLDER)).toThrow('/dev/zero: is not a file')
  })
})
