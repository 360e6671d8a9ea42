import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { placeholders } from '../src/workload/placeholders.ts'
import { describe, expect, it } from 'vitest'
import { EXIT_CODE_HELP } from '../src/cli/exit-codes.ts'
import { SETTINGS } from '../src/config/settings.ts'
import { REFERENCE } from './support/reference.ts'

const read = (file: string): string => readFileSync(pathOf(file), 'utf8')
const pathOf = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url))

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

describe('README.md', () => {
  const readme = read('README.md')

  it('names only flags that exist', () => {
    const known = new Set(
      SETTINGS.flatMap(({ flags }) => flags.flatMap((flag) => [flag, `--no-${flag.slice(2)}`])),
    )
    const others = [
      '--workload-profile',
      '--print-plan',
      '--dry-run',
      '--json',
      '--help',
      '--version',
      '--scale',
      '--profile',
      '--only',
      '--rounds',
    ]
    for (const flag of others) known.add(flag)
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
