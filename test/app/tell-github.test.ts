import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { tellGithub } from '../../src/app/tell-github.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { renderMarkdown } from '../../src/reports/markdown.ts'
import { planOf } from '../support/plan.ts'
import { sampleRecord } from '../support/snapshot.ts'

const folder = mkdtempSync(join(tmpdir(), 'redis-test-github-'))
afterAll(() => rmSync(folder, { recursive: true }))

const LABELS = { 'identity.run_id': 'r', 'identity.instance_id': 'i', 'load.seed': '7' }
const resultOf = (flags: Record<string, boolean> = {}): ReturnType<typeof buildResult> =>
  buildResult(sampleRecord(planOf({ ...LABELS, ...flags }).plan), RESULT_TOOLS)

async function tell(
  environment: Record<string, string>,
  result = resultOf(),
): Promise<{ readonly stdout: string; readonly warnings: readonly unknown[] }> {
  let stdout = ''
  const warnings: unknown[] = []
  const log = { debug() {}, info() {}, error() {}, warn: (fields: object) => void warnings.push(fields) }
  await tellGithub(result, environment, { say: (text) => void (stdout += text), log })
  return { stdout, warnings }
}

describe('GitHub Actions', () => {
  it('is told nothing elsewhere, or when it shall not be', async () => {
    expect(await tell({})).toEqual({ stdout: '', warnings: [] })
    expect((await tell({ GITHUB_ACTIONS: 'true' }, resultOf({ 'output.github': false }))).stdout).toBe('')
  })

  it('gets annotations, and the report at the end of the summary of the job', async () => {
    const file = join(folder, 'summary.md')
    writeFileSync(file, 'before\n')
    const { stdout, warnings } = await tell({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file })
    expect(stdout).toMatch(/^::notice title=redis-test test::DONE: /)
    expect(warnings).toEqual([])
    expect(readFileSync(file, 'utf8')).toBe(`before\n${renderMarkdown(resultOf())}\n`)
  })

  it('is told what it can be when the summary cannot be written', async () => {
    const file = join(folder, 'nope', 'summary.md')
    const { stdout, warnings } = await tell({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file })
    expect(stdout).toContain('::notice')
    expect(warnings).toEqual([{ file, reason: 'ENOENT' }])
  })
})
