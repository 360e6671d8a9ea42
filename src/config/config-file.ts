import { statSync } from 'node:fs'
import { isMap, isScalar, LineCounter, type Node, parseDocument, visit, type YAMLMap } from 'yaml'
import { type Problem, UsageError } from '../model/errors.ts'
import type { Notice } from './apply-family.ts'
import { FAMILY_KEYS } from './family-file.ts'
import { readText as readBounded } from './read-text.ts'
import { hasPassword } from './redis-url.ts'
import { SETTINGS } from './settings.ts'
import type { FileEntry } from './sources.ts'
import { suggest } from './suggest.ts'

/** The key of the profile in a configuration file; every other key is the key of a setting. */
export const PROFILE_KEY = 'workload_profile'

const READABLE_BY_OTHERS = 0o044

/** What a configuration file (YAML or JSON) says. */
export interface ConfigFile {
  /** By setting key. */
  readonly settings: ReadonlyMap<string, FileEntry>
  readonly profile: string | undefined
  readonly notices: readonly Notice[]
}

/** Every key that a file may hold, and the setting it is; `null`: accepted, without effect. */
const KNOWN: ReadonlyMap<string, string | null> = new Map([
  ...Object.entries(FAMILY_KEYS),
  ...SETTINGS.map(({ key }) => [key, key] as const),
  [PROFILE_KEY, PROFILE_KEY],
])

/** Reads a configuration file. Values are checked later, as those of flags and variables are. */
export function loadConfigFile(path: string): ConfigFile {
  const text = readText(path)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true, schema: 'core' })
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${line}:${col}`
  }
  const faulty = [...document.errors, ...document.warnings]
  if (faulty.length > 0)
    throw new UsageError(
      faulty.map(({ pos, message }) => ({
        path: '',
        where: place(pos[0]),
        message: message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''),
      })),
    )
  visit(document, {
    Alias: (_, { source, range }) => {
      const message = `aliases (*${source}) are not allowed`
      throw new UsageError([{ path: '', where: place(range?.[0] ?? 0), message }])
    },
  })
  const found = collect(document.contents, place)
  if (found.problems.length > 0) throw new UsageError(found.problems)
  const profile = found.settings.get(PROFILE_KEY)
  found.settings.delete(PROFILE_KEY)
  return {
    settings: found.settings,
    profile: profile === undefined ? undefined : String(profile.input),
    notices: [...noticesOf(path, found)],
  }
}

interface Found {
  readonly settings: Map<string, FileEntry>
  readonly withoutEffect: string[]
  readonly problems: Problem[]
}

function collect(root: Node | null, place: (offset: number) => string): Found {
  const found: Found = { settings: new Map(), withoutEffect: [], problems: [] }
  const complain = (key: Node | null, path: string, message: string, hint?: string): void => {
    const where = place(key?.range?.[0] ?? 0)
    found.problems.push({ path, where, message, ...(hint === undefined ? {} : { hint }) })
  }
  const descend = (map: YAMLMap, parents: readonly string[]): void => {
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? String(key.value) : ''
      const path = [...parents, name].join('.')
      const target = KNOWN.get(path)
      const known = childrenOf(path)
      if (target === undefined && known.length === 0) {
        const siblings = childrenOf(parents.join('.'))
        complain(
          key as Node,
          path,
          'unknown key',
          suggest(name, siblings) ?? `known here: ${siblings.join(', ')}`,
        )
      } else if (target === undefined) {
        if (isMap(value)) descend(value, [...parents, name])
        else if (!isNothing(value)) complain(value as Node, path, 'expected a mapping')
      } else if (target === null) {
        if (!isNothing(value)) found.withoutEffect.push(path)
      } else if (!isNothing(value))
        found.settings.set(target, {
          input: inputOf(target, value as Node),
          where: place((value as Node).range?.[0] ?? 0),
        })
    }
  }
  if (isMap(root)) descend(root, [])
  else if (!isNothing(root)) complain(root, '', 'expected a mapping of settings')
  return found
}

/** Names below a path (everything at the top, for an empty one). */
function childrenOf(path: string): string[] {
  const start = path === '' ? '' : `${path}.`
  const below = [...KNOWN.keys()].filter((key) => key.startsWith(start))
  return [...new Set(below.map((key) => key.slice(start.length).split('.')[0]!))]
}

/** Absent, null, an empty list or an empty mapping: as good as not there. */
function isNothing(node: unknown): boolean {
  if (node === null || node === undefined) return true
  if (isScalar(node)) return node.value === null
  return typeof node === 'object' && 'items' in node && (node.items as unknown[]).length === 0
}

/** Nodes of a Cluster are written as a list of `{host, port}` there. */
function inputOf(target: string, node: Node): unknown {
  const plain: unknown = isScalar(node) ? node.value : (node as YAMLMap).toJSON()
  if (target !== 'target.cluster_nodes' || !Array.isArray(plain)) return plain
  return plain.map((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return String(entry)
    const { host, port } = entry as { readonly host?: string; readonly port?: string | number }
    return [host, port].filter((part) => part !== undefined).join(':')
  })
}

function* noticesOf(path: string, { settings, withoutEffect }: Found): Generator<Notice> {
  if (withoutEffect.length > 0) yield `file ${path}: without effect here: ${withoutEffect.join(', ')}`
  const url = settings.get('target.url')?.input
  const isSecret = ({ secret, key }: (typeof SETTINGS)[number]): boolean =>
    secret !== undefined && secret !== 'holds one' && settings.has(key)
  const holdsSecret = SETTINGS.some(isSecret) || (typeof url === 'string' && hasPassword(url))
  if (holdsSecret && (statSync(path).mode & READABLE_BY_OTHERS) !== 0)
    yield `file ${path}: holds a password, and others on this machine can read it (chmod 600 ${path})`
}

function readText(path: string): string {
  const read = readBounded(path, { mayBePipe: true })
  if ('text' in read) return read.text
  throw new UsageError([
    { path: '--config-file', where: path, message: read.problem, hint: 'check the path' },
  ])
}
