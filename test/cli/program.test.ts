import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { commandPath, commandsOf, createProgram } from '../../src/cli/program.ts'

function programTo(out: string[]): Command {
  const write = (text: string): void => void out.push(text)
  return createProgram({ stdout: write, stderr: write, hide() {}, exitCode: 0, hasLostOutput: false })
}

function said(...words: readonly string[]): string {
  const out: string[] = []
  try {
    programTo(out).parse(words, { from: 'user' })
  } catch {
    // Commander throws instead of leaving the process.
  }
  return out.join('')
}

describe('help', () => {
  const commands = commandsOf(programTo([])).map((command) => [commandPath(command), command] as const)

  it.each(commands.flatMap(([path, command]) => [80, 120].map((width) => [path, width, command] as const)))(
    '%s fits on %i columns',
    (_, width, command) => {
      command.configureOutput({ getOutHelpWidth: () => width })
      const lines = command.helpInformation().split('\n')
      expect(lines.filter((line) => line.length > width)).toEqual([])
    },
  )

  it('puts what is most used first, each setting in one group, and ends with examples', () => {
    const help = said('run', '--help')
    const headings = [...help.matchAll(/^(\S.*):$/gm)].map(([, heading]) => heading)
    expect(headings.slice(0, 3)).toEqual(['Most used', 'Load', 'Workload'])
    expect(headings.at(-1)).toBe('Examples')
    expect(new Set(headings).size).toBe(headings.length)
    expect(help).toMatch(/^Most used:\n +-w, --workload-profile /m)
    const examples = help.slice(help.indexOf('\nExamples:\n'))
    for (const [flag] of examples.matchAll(/--[a-z-]+/g)) expect(help).toContain(`  ${flag} `)
  })

  it('is what one gets without a command', () => {
    expect(said()).toMatch(/^Usage: redis-test .*\n/)
    expect(said()).toContain('Exit codes:\n')
  })
})

describe('mistakes', () => {
  it.each([
    [
      ['run', '--durration', '3'],
      "redis-test: unknown option '--durration' (Did you mean --duration?); see redis-test run --help\n",
    ],
    [['runn'], "redis-test: unknown command 'runn' (Did you mean run?); see redis-test --help\n"],
    [
      ['profiles', 'lst'],
      "redis-test: unknown command 'lst' (Did you mean list?); see redis-test profiles --help\n",
    ],
    [
      ['run', '--version'],
      "redis-test: option '--version <text>' argument missing; see redis-test run --help\n",
    ],
    [
      ['run', 'now'],
      "redis-test: too many arguments for 'run'. Expected 0 arguments but got 1; see redis-test run --help\n",
    ],
    [
      ['run', '--ask-password', 'hunter2'],
      "redis-test: too many arguments for 'run'. Expected 0 arguments but got 1: --ask-password takes no value; see redis-test run --help\n",
    ],
  ])('%j', (words, message) => {
    expect(said(...words)).toBe(message)
  })
})

describe('--version', () => {
  it('is the version of the tool, but a label on run', () => {
    expect(said('--version')).toMatch(/^\d+\.\d+\.\d+\n$/)
    const run = commandsOf(programTo([])).find((command) => command.name() === 'run')!
    run.action(() => {}).parse(['--version', 'v1'], { from: 'user' })
    expect(run.opts()).toMatchObject({ version: 'v1' })
  })
})
