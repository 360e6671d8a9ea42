import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Pair } from 'yaml'
import { type Problem, UsageError } from '../model/errors.ts'

/** A file that was read: how it is called in messages, and the folder that relative paths in it start from. */
export interface SourceFile {
  readonly text: string
  readonly fileName: string
  readonly folder: string
}

/** A point in a file. */
export interface Place {
  readonly file: SourceFile
  readonly offset: number
  /** `file:line:column`. */
  readonly shown: string
}

/** A problem, and where in which file it is. */
export type PlacedProblem = Omit<Problem, 'where'> & { readonly place: Place }

export type Entries = ReadonlyMap<string, { readonly key: Place; readonly value: Placed }>

/** A YAML value in which every part knows where it stands, so that parts of several files can be put together. */
export interface Placed {
  readonly place: Place
  readonly content: string | number | boolean | null | readonly Placed[] | Entries
}

const MOST_PROBLEMS = 50
const DEEPEST = 16
/** What YAML forbids: all control characters but tab and line ends. */
// oxlint-disable-next-line no-control-regex
const CONTROL_CHARACTER = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]/

/** Parses YAML. Throws every problem with it as one {@link UsageError}. */
export function parsePlaced(file: SourceFile): Placed {
  const lines = new LineCounter()
  const document = parseDocument(file.text, {
    lineCounter: lines,
    strict: true,
    uniqueKeys: true,
    schema: 'core',
  })
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, offset, shown: `${file.fileName}:${Math.max(line, 1)}:${Math.max(col, 1)}` }
  }
  const problems: PlacedProblem[] = []
  const control = CONTROL_CHARACTER.exec(file.text)
  if (control !== null) problems.push(controlCharacter(control, at))
  for (const { pos, message } of [...document.errors, ...document.warnings])
    problems.push({ path: '', place: at(pos[0]), message: syntaxMessage(message) })
  const placed = problems.length === 0 ? placeNode(document.contents, { at, problems, path: [] }) : undefined
  if (placed === undefined || problems.length > 0) throw asUsageError(problems)
  return placed
}

/** All of them (if there are not too many) as one error, as one reads them: file by file, from top to bottom. */
export function asUsageError(problems: readonly PlacedProblem[]): UsageError {
  const files = [...new Set(problems.map(({ place }) => place.file))]
  const inOrder = problems.toSorted(
    (a, b) => files.indexOf(a.place.file) - files.indexOf(b.place.file) || a.place.offset - b.place.offset,
  )
  const shown = inOrder.slice(0, MOST_PROBLEMS)
  const next = inOrder[MOST_PROBLEMS]
  if (next !== undefined)
    shown.push({
      path: '',
      place: next.place,
      message: `and ${inOrder.length - MOST_PROBLEMS} more problems`,
    })
  return new UsageError(shown.map(({ place, ...problem }) => ({ ...problem, where: place.shown })))
}

function controlCharacter(found: RegExpExecArray, at: (offset: number) => Place): PlacedProblem {
  const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
  return { path: '', place: at(found.index), message: `a control character (U+${code}) cannot be in YAML` }
}

function syntaxMessage(message: string): string {
  const line = message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')
  return line.includes('call stack') ? 'nests too deep' : line
}

interface Walk {
  readonly at: (offset: number) => Place
  readonly problems: PlacedProblem[]
  readonly path: readonly string[]
}

function placeNode(node: Node | null, walk: Walk): Placed {
  const place = walk.at(node?.range?.[0] ?? 0)
  const complain = (message: string): Placed => {
    walk.problems.push({ path: walk.path.join('.'), place, message })
    return { place, content: null }
  }
  if (node === null) return { place, content: null }
  // A profile needs no aliases, and a few of them can grow without bound.
  if (isAlias(node)) return complain('aliases (*name) are not allowed')
  if (walk.path.length > DEEPEST) return complain('nests too deep')
  const content = isScalar(node) ? asScalar(node.value) : contentOf(node, walk)
  return content === undefined
    ? complain('is a kind of value that a profile cannot hold')
    : { place, content }
}

function contentOf(node: Node, walk: Walk): Placed['content'] | undefined {
  if (isMap(node) && node.tag !== 'tag:yaml.org,2002:set')
    return placeEntries(node.items as Pair<Node, Node | null>[], walk)
  if (!isSeq(node)) return undefined
  return node.items.map((item, index) =>
    placeNode(item as Node | null, { ...walk, path: [...walk.path, String(index)] }),
  )
}

function asScalar(value: unknown): string | number | boolean | null | undefined {
  const isPlain =
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return isPlain ? value : undefined
}

function placeEntries(pairs: readonly Pair<Node, Node | null>[], walk: Walk): Entries {
  const entries = new Map<string, { key: Place; value: Placed }>()
  for (const { key, value } of pairs) {
    const place = walk.at(key.range?.[0] ?? 0)
    const named = isScalar(key) ? asScalar(key.value) : undefined
    const name = named === undefined || named === null ? undefined : String(named)
    const problem =
      name === undefined ? 'a key must be a name' : entries.has(name) ? 'Map keys must be unique' : undefined
    if (problem !== undefined) walk.problems.push({ path: walk.path.join('.'), place, message: problem })
    else if (name !== undefined) {
      const placed = placeNode(value, { ...walk, path: [...walk.path, name] })
      // The place of an empty value is where its key is: that is what one has to look at.
      entries.set(name, { key: place, value: value === null ? { ...placed, place } : placed })
    }
  }
  return entries
}

export function isEntries(content: Placed['content']): content is Entries {
  return content instanceof Map
}

/** As plain data. */
export function plainOf({ content }: Placed): unknown {
  if (isEntries(content))
    return Object.fromEntries([...content].map(([name, { value }]) => [name, plainOf(value)]))
  return Array.isArray(content) ? content.map((item: Placed) => plainOf(item)) : content
}

/** The parts along a path, as far as they exist. */
export function partsOn(root: Placed, path: readonly PropertyKey[]): Placed[] {
  const parts: Placed[] = []
  for (const step of path) {
    const next = partOf(parts.at(-1) ?? root, String(step))
    if (next === undefined) break
    parts.push(next)
  }
  return parts
}

/** An entry of a mapping, or an item of a list. */
export function partOf({ content }: Placed, step: string): Placed | undefined {
  if (isEntries(content)) return content.get(step)?.value
  return Array.isArray(content) ? (content as readonly Placed[])[Number(step)] : undefined
}

/** Where the value at a path begins; the nearest enclosing one when it is absent. */
export function placeOf(root: Placed, path: readonly PropertyKey[]): Place {
  return (partsOn(root, path).at(-1) ?? root).place
}

/** Where the key of an entry stands. */
export function placeOfKey(root: Placed, path: readonly PropertyKey[], key: string): Place {
  const { content, place } = partsOn(root, path).at(-1) ?? root
  return (isEntries(content) ? content.get(key)?.key : undefined) ?? place
}

/** `child` over `parent`: mappings key by key, everything else as a whole. */
export function mergeOver(child: Placed, parent: Placed): Placed {
  if (!isEntries(child.content) || !isEntries(parent.content)) return child
  const merged = new Map(parent.content)
  for (const [name, entry] of child.content) {
    const below = parent.content.get(name)
    merged.set(name, below === undefined ? entry : { ...entry, value: mergeOver(entry.value, below.value) })
  }
  return { place: child.place, content: merged }
}
