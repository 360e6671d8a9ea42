import { execFile, spawnSync } from 'node:child_process'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ROOT, rulePaths, testPaths } from './rule-files.ts'

const isInstalled = spawnSync('promtool', ['--version']).error === undefined

/** Everything that promtool says; it throws when promtool is not content. Most of its time is garbage collection. */
async function promtool(...parameters: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('promtool', parameters, {
    env: { ...process.env, GOGC: '400' },
  })
  return stdout + stderr
}

describe.skipIf(!isInstalled)('promtool (skipped where it is not installed)', { timeout: 180_000 }, () => {
  it('accepts the configuration, with all rule files', async () => {
    const said = await promtool('check', 'config', join(ROOT, 'prometheus/prometheus.yml'))
    expect(said).toContain(`SUCCESS: ${rulePaths().length} rule files found`)
    expect(said).not.toContain('FAILED')
  })

  it('finds nothing to complain about in the rules', async () => {
    const said = await promtool('check', 'rules', '--lint=all', '--lint-fatal', ...rulePaths())
    expect(said.match(/SUCCESS/g)).toHaveLength(rulePaths().length)
    expect(said).not.toMatch(/FAILED|duplicate/)
  })

  it.concurrent.each(testPaths().map((path) => [basename(path), path] as const))(
    'passes the tests of %s',
    async (_, path) => {
      expect(await promtool('test', 'rules', path)).toContain('SUCCESS')
    },
  )
})
