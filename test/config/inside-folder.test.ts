import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { insideFolder } from '../../src/config/inside-folder.ts'

const outer = mkdtempSync(join(tmpdir(), 'redis-test-inside-'))
const folder = join(outer, 'profiles')
beforeAll(() => {
  mkdirSync(join(folder, 'real'), { recursive: true })
  writeFileSync(join(outer, 'secret.lua'), 'return 1')
  writeFileSync(join(folder, 'real/x.lua'), 'return 1')
  symlinkSync(join(outer, 'secret.lua'), join(folder, 'link.lua'))
  symlinkSync('real/x.lua', join(folder, 'near.lua'))
  symlinkSync(outer, join(folder, 'up'))
})
afterAll(() => rmSync(outer, { recursive: true }))

it.each(['x.lua', './real/x.lua', 'real/../near.lua', 'near.lua', 'nope/nope.lua', '..x/y.lua'])(
  '%s is inside',
  (path) => {
    expect(insideFolder(folder, path)).toEqual({ path: join(folder, path) })
  },
)

it.each(['../secret.lua', 'real/../../secret.lua', 'link.lua', 'up/secret.lua', '..', '/etc/passwd'])(
  '%s leads out',
  (path) => {
    expect(insideFolder(folder, path)).toEqual({
      problem: expect.stringMatching(/^leads out of the folder of the profile/) as unknown,
    })
  },
)
