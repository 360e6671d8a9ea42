import { describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { UsageError } from '../../src/model/errors.ts'

/** What is said about these words, and nothing is run. */
async function mistakeIn(words: readonly string[]): Promise<string> {
  const terminal = { stdout() {}, stderr() {}, hide() {}, exitCode: 0, hasLostOutput: false } as const
  try {
    await createProgram({ ...terminal }).parseAsync(words, { from: 'user' })
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'nothing'
}

describe('what cannot be compared', () => {
  it.each([
    [['compare'], 'compare: expected a baseline and a candidate'],
    [['compare', 'nowhere.json', 'b.json'], 'nowhere.json: there is no such result'],
    [['compare', 'a', 'b', '--fail-if', 'p99 >> 1'], '--fail-if: "p99 >> 1": expected a metric'],
    [['compare', 'a', 'b', '--run-spread', 'much'], '--run-spread: expected a percentage up to 50%'],
    [['history'], '--results-dir: no folder of results is named'],
    [['history', '--results-dir', '.', '--trend', 'p42'], '--trend: there is no metric "p42"'],
    [['run', '--repeat', '0'], '--repeat: expected a number from 1 to 1000, got "0"'],
    [
      ['run', '--against', 'load.cliens=3'],
      '--against: there is no setting "load.cliens" (did you mean load.clients?)',
    ],
    [['run', '--repeat', '2', '--fail-if', 'p99 > +1%'], '--fail-if: there is nothing to compare with'],
    [['run', '--strict'], '--strict: belongs to --repeat or --against'],
  ])('%j', async (words, message) => {
    const said = await mistakeIn(words)
    expect(said).toContain(message)
    expect(said.split('\n')).toHaveLength(1)
  })
})
