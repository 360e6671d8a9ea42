import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const SRC = join(import.meta.dirname, '../src')

/** Which folders each folder may import from, besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  model: [],
  config: ['model'],
  workload: ['model'],
  schedule: ['model'],
  engine: ['model'],
  redis: ['model'],
  ledger: ['model'],
  faults: ['model'],
  proxy: ['model'],
  telemetry: ['model'],
  reports: ['model'],
  capacity: ['model'],
  calibration: ['model'],
  app: [
    'model',
    'config',
    'workload',
    'schedule',
    'engine',
    'redis',
    'ledger',
    'faults',
    'proxy',
    'telemetry',
    'reports',
    'capacity',
    'calibration',
  ],
  cli: ['model', 'config', 'app'],
}

/** Who alone may import a library. */
const OWNER: Record<string, string> = {
  ioredis: 'redis',
  '@ioredis': 'workload',
  'prom-client': 'telemetry',
  '@opentelemetry': 'telemetry',
  pino: 'telemetry',
  'pino-pretty': 'telemetry',
  commander: 'cli',
  zod: 'config',
  yaml: 'config',
  leven: 'config',
  'hdr-histogram-js': 'ledger',
  uplot: 'reports',
}

/** What a load thread may not drag in: it would cost its hot path, or its start. */
const NOT_IN_LOAD_THREAD = new Set([
  'prom-client',
  '@opentelemetry',
  'pino',
  'commander',
  'hdr-histogram-js',
  'zod',
  'yaml',
])

interface Import {
  readonly from: string
  readonly to: string
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Imports of values; `import type` disappears in the build. */
function importsOf(file: string, kinds: RegExp): string[] {
  return [...readFileSync(file, 'utf8').matchAll(kinds)].map((match) => match[1]!)
}

const ANY_IMPORT = /(?<![\w.-])(?:from|import)\s*\(?\s*'([^']+)'/g
const VALUE_IMPORT = /^(?:import|export)\s+(?!type\b)[^']*?from\s+'([^']+)'/gm

const imports: Import[] = filesBelow(SRC).flatMap((file) =>
  importsOf(file, ANY_IMPORT).map((to) => ({
    from: relative(SRC, file),
    to: to.startsWith('.') ? relative(SRC, normalize(join(dirname(file), to))) : to,
  })),
)

const folderOf = (path: string): string => path.split('/')[0]!
const packageOf = (name: string): string => (name.startsWith('@') ? name.split('/')[0]! : name.split('/')[0]!)

describe('architecture', () => {
  it('has a rule for every folder', () => {
    expect(readdirSync(SRC).toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted())
  })

  it('imports only what the table allows', () => {
    const local = imports.filter(({ to }) => to.endsWith('.ts'))
    expect(local.length).toBeGreaterThan(200)
    const forbidden = local.filter(({ from, to }) => {
      const allowed = [folderOf(from), ...MAY_IMPORT[folderOf(from)]!]
      return !allowed.includes(folderOf(to))
    })
    expect(forbidden).toEqual([])
  })

  it('has one owner for each library', () => {
    const libraries = imports.filter(({ to }) => !to.endsWith('.ts') && !to.startsWith('node:'))
    const unknown = libraries.filter(({ to }) => OWNER[packageOf(to)] === undefined)
    const trespassing = libraries.filter(({ from, to }) => OWNER[packageOf(to)] !== folderOf(from))
    expect(unknown).toEqual([])
    expect(trespassing).toEqual([])
  })

  it('leaves the process only from cli', () => {
    const leaving = filesBelow(SRC).filter((file) => readFileSync(file, 'utf8').includes('process.exit('))
    expect(leaving.map((file) => folderOf(relative(SRC, file)))).toEqual(leaving.map(() => 'cli'))
  })

  it('keeps everything that looks at numbers out of the load thread', () => {
    const reached = new Set<string>()
    const libraries = new Set<string>()
    const visit = (file: string): void => {
      if (reached.has(file)) return
      reached.add(file)
      for (const to of importsOf(file, VALUE_IMPORT)) {
        if (to.startsWith('.')) visit(normalize(join(dirname(file), to)))
        else libraries.add(packageOf(to))
      }
    }
    visit(join(SRC, 'app/load-thread.ts'))
    expect(libraries).toContain('ioredis')
    expect([...libraries].filter((library) => NOT_IN_LOAD_THREAD.has(library))).toEqual([])
    expect([...reached].filter((file) => /src\/(telemetry|reports)\//.test(file))).toEqual([])
  })
})
