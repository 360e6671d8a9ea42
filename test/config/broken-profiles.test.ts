import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { planFromOptions } from '../../src/cli/commands/plan-from-options.ts'
import { addSettingFlags } from '../../src/cli/flags.ts'
import { addProfileOption } from '../../src/cli/plan-options.ts'
import { describeProblem, type Problem, UsageError } from '../../src/model/errors.ts'
import { BROKEN_FAMILIES, brokenProfile } from '../support/broken-profiles.ts'

const RUNS = 2000

const folder = mkdtempSync(join(tmpdir(), 'redis-test-broken-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'broken.yaml')

const TERMINAL = { stdout() {}, stderr() {}, hide() {}, exitCode: 0, hasLostOutput: false } as const

/** What `redis-test run -w FILE` would say before it does anything. */
async function problemsOf(bytes: Buffer): Promise<readonly Problem[]> {
  writeFileSync(file, bytes)
  const command = new Command().exitOverride()
  addProfileOption(command)
  addSettingFlags(command)
  command.parse(['-w', file], { from: 'user' })
  try {
    await planFromOptions(command, TERMINAL)
  } catch (error) {
    if (error instanceof UsageError) return error.problems
    throw error
  }
  return []
}

describe('broken profiles', () => {
  it(`each have problems that say where they are (${RUNS} of them)`, { timeout: 120_000 }, async () => {
    const seen = new Map<string, number>()
    const check = fc.asyncProperty(brokenProfile, async ({ family, bytes }) => {
      const problems = await problemsOf(bytes)
      expect(problems.length).toBeGreaterThan(0)
      expect(problems.length).toBeLessThan(60)
      for (const { where, message, ...rest } of problems) {
        // In the file, or the file itself when it cannot be read at all.
        expect(where === file || /:\d+:\d+$/.test(where ?? '')).toBe(true)
        expect(where!.startsWith(file)).toBe(true)
        const line = describeProblem({ where: where!, message, ...rest })
        expect(line.length).toBeLessThan(2100)
        expect(line).not.toMatch(/\p{Cc}|undefined|\[object|Invalid input|Too (small|big)/u)
        expect(message).not.toBe('')
      }
      seen.set(family, (seen.get(family) ?? 0) + 1)
    })
    await fc.assert(check, { numRuns: RUNS })
    expect([...seen.keys()].toSorted()).toEqual(BROKEN_FAMILIES.toSorted())
  })

  it('are told from others by a problem, never by a crash, whatever stands in their templates', async () => {
    const pieces = fc.constantFrom(
      ...'GET SET ZADD BLPOP XGROUP {key} {same} {int 1..9} {int {{ }} { } ( ) )*3 \' " \\x \\ k: 1 __proto__'.split(
        ' ',
      ),
    )
    const template = fc
      .array(fc.oneof(pieces, fc.string({ unit: 'grapheme', maxLength: 5 })), { maxLength: 8 })
      .map((words) => JSON.stringify(words.join(' ')))
    const operations = fc.tuple(template, template, template, template).map(
      ([command, onNil, watched, argument]) => `name: p
operations:
  - {command: ${command}, on_nil: ${onNil}}
  - {name: A, script: nope.lua, keys: [${watched}], args: [${argument}]}
  - {name: B, command: ${command}, transaction: true, watch: [${watched}], connections: 1}
`,
    )
    await fc.assert(
      fc.asyncProperty(operations, async (text) => {
        const paths = (await problemsOf(Buffer.from(text))).map(({ path }) => path)
        expect(paths).toContain('operations.1.script')
      }),
      { numRuns: 500 },
    )
  })
})
