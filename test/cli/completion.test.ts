import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WORKLOADS_FOLDER } from '../../src/app/facts.ts'
import { bashScript } from '../../src/cli/completion/bash.ts'
import { describeCommands, flatten } from '../../src/cli/completion/command-tree.ts'
import { fishScript } from '../../src/cli/completion/fish.ts'
import { zshScript } from '../../src/cli/completion/zsh.ts'
import { createProgram } from '../../src/cli/program.ts'
import { listProfiles } from '../../src/config/find-profile.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { KEY_DISTRIBUTIONS } from '../../src/model/plan.ts'

const terminal = { stdout() {}, stderr() {}, hide() {}, exitCode: 0, hasLostOutput: false } as const
const tree = describeCommands(createProgram(terminal))
const profiles = listProfiles(WORKLOADS_FOLDER)

const folder = mkdtempSync(join(tmpdir(), 'completion-'))
const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript }
beforeAll(() => {
  for (const [shell, script] of Object.entries(scripts))
    writeFileSync(join(folder, shell), script(tree, profiles))
  writeFileSync(join(folder, 'my profile.yaml'), '')
})
afterAll(() => rmSync(folder, { recursive: true }))

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0
const ask = (shell: string, ...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(shell, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 15_000,
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return stdout
}

describe('what is completed', () => {
  it('is every command and every flag that help shows', () => {
    expect(flatten(tree).map(({ path }) => path.join(' '))).toEqual([
      '',
      'run',
      'capacity',
      'calibrate',
      'watch',
      'fault',
      'profiles',
      'profiles list',
      'profiles show',
      'profiles validate',
      'profiles schema',
      'check',
      'report',
      'compare',
      'history',
      'recover',
      'proxy',
      'cleanup',
      'completion',
    ])
    const run = tree.subcommands.find(({ path }) => path[0] === 'run')!
    const names = run.options.flatMap((option) => option.names)
    for (const { flags } of SETTINGS.filter((setting) => setting.flags.length > 0))
      expect(names.some((name) => name.replace('--no-', '--') === flags[0])).toBe(true)
    expect(names).toEqual(expect.arrayContaining(['-w', '--workload-profile', '--config-file', '--help']))
  })
})

describe.skipIf(!has('bash'))('bash', () => {
  /** What is offered for the last word. A `=` is a word of its own, as readline has it. */
  const complete = (...words: readonly string[]): string[] => {
    const quoted = words.map((word) => `'${word}'`).join(' ')
    const text = ask(
      'bash',
      '--norc',
      '-c',
      `source ./bash; COMP_WORDS=(redis-test ${quoted}); COMP_CWORD=${words.length}; _redis_test; printf '%s\\n' "\${COMPREPLY[@]}"`,
    )
    return text.split('\n').filter((line) => line !== '')
  }

  it.each<[readonly string[], readonly string[]]>([
    [
      [''],
      [
        'run',
        'capacity',
        'calibrate',
        'watch',
        'fault',
        'profiles',
        'check',
        'report',
        'compare',
        'history',
        'recover',
        'proxy',
        'cleanup',
        'completion',
      ],
    ],
    [['r'], ['run', 'report', 'recover']],
    [
      ['profiles', ''],
      ['list', 'show', 'validate', 'schema'],
    ],
    [['profiles', 'show', 'high'], ['high_throughput']],
    [['profiles', 'validate', 'my'], ['my profile.yaml']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['run', '--otel-e'],
      ['--otel-endpoint', '--otel-export-interval'],
    ],
    [['run', '--key-distribution', 's'], ['sequential']],
    [['run', '--key-distribution', '=', 'zip'], ['zipfian']],
    [['run', '--key-distribution', '='], KEY_DISTRIBUTIONS],
    [['run', '--host', ''], []],
    [['run', '-w', 'basic'], ['basic_rw']],
    [['run', '--duration', '5', '--workload-profile', 'my'], ['my profile.yaml']],
    [['run', '--quiet', '--prese'], ['--preset']],
    [['report', '--output-file', 'fi'], ['fish']],
    [['report', 'my'], ['my profile.yaml']],
    [['check', '--js'], ['--json']],
    [['--ver'], ['--version']],
    [['nonsense', '--ver'], ['--version']],
  ])('%j', (words, offered) => {
    expect(complete(...words)).toEqual(offered)
  })

  it('is registered', () => {
    expect(ask('bash', '--norc', '-c', 'source ./bash; complete -p redis-test')).toBe(
      'complete -F _redis_test redis-test\n',
    )
  })
})

describe.skipIf(!has('zsh'))('zsh', () => {
  it('takes the script, and offers what fits', () => {
    ask('zsh', '-n', 'zsh')
    // A terminal of its own, in which the keys are pressed.
    const text = ask(
      'zsh',
      '-f',
      '-c',
      `zmodload zsh/zpty; zpty z zsh -f -i
zpty -w z "PS1=; cd ${folder}; autoload -U compinit; compinit -u -D; source ./zsh; print re''ady"
zpty -r z line '*ready*'
for typed in 'redis-test run --key-distribution zip' 'redis-test prof' 'redis-test profiles show high_t' 'redis-test run --embedded-r' 'redis-test report my'
do zpty -w -n z "$typed"$'\\t'$'\\n'; zpty -r z line '*(not found)*'; print -r -- "$line"; done
zpty -d z`,
    )
    for (const completed of [
      '--key-distribution zipfian',
      'profiles',
      'show high_throughput',
      '--embedded-redis',
      String.raw`my\ profile.yaml`,
    ])
      expect(text).toContain(completed)
  })
})

describe.skipIf(!has('fish'))('fish', () => {
  const complete = (line: string): string[] =>
    ask('fish', '--no-config', '-c', `source ./fish; complete -C ${JSON.stringify(line)}`)
      .split('\n')
      .filter((offer) => offer !== '')
      .map((offer) => offer.split('\t')[0]!)

  it.each<[string, readonly string[]]>([
    ['redis-test r', ['recover', 'report', 'run']],
    ['redis-test profiles ', ['list', 'schema', 'show', 'validate']],
    ['redis-test profiles show high', ['high_throughput']],
    ['redis-test run --key-distribution z', ['zipfian']],
    ['redis-test run --otel-e', ['--otel-endpoint', '--otel-export-interval']],
    ['redis-test run -w basic', ['basic_rw']],
    ['redis-test completion b', ['bash']],
    ['redis-test run --host ', []],
    ['redis-test check --js', ['--json']],
  ])('%s', (line, offered) => {
    expect(complete(line).toSorted()).toEqual(offered)
  })
})
