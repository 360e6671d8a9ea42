import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { placeholders } from '../src/workload/placeholders.ts'
import { describe, expect, it } from 'vitest'
import { EXIT_CODE_HELP } from '../src/cli/exit-codes.ts'
import { commandsOf, createProgram } from '../src/cli/program.ts'
import { SETTINGS } from '../src/config/settings.ts'
import { REFERENCE } from './support/reference.ts'

const read = (file: string): string => readFileSync(pathOf(file), 'utf8')
const pathOf = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url))

/** Every flag of every command, as commander knows them. */
const FLAGS = commandsOf(
  createProgram({ stdout() {}, stderr() {}, hide() {}, exitCode: 0, hasLostOutput: false }),
).flatMap((command) => command.options.map(({ long }) => long ?? ''))

/** What looks like a variable in the code and is none. */
const NO_VARIABLES = new Set(['REDIS_TEST_DIR'])

describe('reference pages', () => {
  it.each(Object.keys(REFERENCE))('%s says what the code does (npm run docs writes it)', (file) => {
    const text = REFERENCE[file]!()
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(pathOf(file), text)
    expect(read(file)).toBe(text)
  })
})

describe('docs/profiles.md', () => {
  it('lists every placeholder', () => {
    const page = readFileSync('docs/profiles.md', 'utf8')
    const missing = ['key', 'same', 'stream', ...Object.keys(placeholders)].filter(
      (name) => !page.includes(`\`{${name}`),
    )
    expect(missing).toEqual([])
  })
})

describe('docs/settings.md', () => {
  // Read when it is asked for: `npm run docs` has just written it then.
  const page = (): string => read('docs/settings.md')

  it('has every flag of every command, its old names included', () => {
    const missing = FLAGS.filter(
      (flag) =>
        ![flag, flag.replace('--no-', '--')].some((name) => new RegExp(`\\|[^|]*${name}[\` ,]`).test(page())),
    )
    expect(missing).toEqual([])
    expect(FLAGS.length).toBeGreaterThan(150)
  })

  it('has every variable that the code reads', () => {
    const files = readdirSync(pathOf('src'), { recursive: true, withFileTypes: true }).filter(({ name }) =>
      name.endsWith('.ts'),
    )
    const text = files.map(({ parentPath, name }) => readFileSync(`${parentPath}/${name}`, 'utf8')).join('\n')
    const likely = /\b(?:OTEL|REDIS|REDISCLI|TEST|PYROSCOPE|METRICS)_[A-Z_]*[A-Z]\b/g
    const variables = new Set([
      ...SETTINGS.flatMap(({ env }) => env),
      ...[...text.matchAll(likely)].map(([name]) => name).filter((name) => !NO_VARIABLES.has(name)),
      ...[...text.matchAll(/env(?:ironment)?\['([A-Z_]+)'\]/g)].map(([, name]) => name!),
    ])
    expect([...variables].filter((name) => !page().includes(`\`${name}\``))).toEqual([])
    expect(variables.size).toBeGreaterThan(120)
  })
})

describe('README.md', () => {
  const readme = read('README.md')

  it('names only flags that exist', () => {
    const known = new Set([...FLAGS, '--help', '--scale', '--profile', '--only', '--rounds'])
    const named = [...readme.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag)
    expect(named.filter((flag) => !known.has(flag))).toEqual([])
    expect(named.length).toBeGreaterThan(10)
  })

  it('links only to files that exist', () => {
    const links = [...readme.matchAll(/\]\((?!http)([^)#]+)/g)].map(([, link]) => link!)
    for (const link of links) expect(() => read(link)).not.toThrow()
    expect(links.length).toBeGreaterThan(5)
  })

  it('lists every exit code', () => {
    for (const [code] of EXIT_CODE_HELP) expect(readme).toMatch(new RegExp(`^\\| ${code} `, 'm'))
  })

  it('has the two commands, and .ci/run runs the one that tests', () => {
    expect(readme).toContain('npm ci && npm start')
    expect(readme).toContain('npm ci && npm test')
    expect(read('.ci/run')).toMatch(/^npm ci && npm test$/m)
  })
})
