import { isMap, isScalar, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml'
import { z } from 'zod'
import { type Problem, UsageError } from '../model/errors.ts'
import { type ParsedProfile, profileSchema } from './profile-schema.ts'
import { suggest } from './suggest.ts'

const LARGEST_FILE_BYTES = 262_144
const DANGEROUS_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/** A profile and where in its file each value stands. */
export interface Profile {
  readonly value: ParsedProfile
  /** `file:line:column` of the value at a dotted path. */
  locate(path: string): string
}

/** Parses and checks a profile. Every problem is in the one {@link UsageError}, with path, line and a hint. */
export function parseProfile(text: string, fileName: string, operationNames: readonly string[]): Profile {
  if (Buffer.byteLength(text) > LARGEST_FILE_BYTES)
    throw new UsageError([
      { path: '', where: fileName, message: `is larger than ${LARGEST_FILE_BYTES} bytes` },
    ])
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true, schema: 'core' })
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${fileName}:${line}:${col}`
  }
  const faulty = [...document.errors, ...document.warnings]
  if (faulty.length > 0)
    throw new UsageError(
      faulty.map(({ pos, message }) => ({ path: '', where: place(pos[0]), message: firstLine(message) })),
    )
  const root = document.contents
  const locate = (path: readonly PropertyKey[]): string => place(offsetOf(root, path))
  const schema = profileSchema(operationNames)
  const result = schema.safeParse(toPlain(document, fileName))
  if (!result.success) {
    const located = result.error.issues.flatMap((issue) => describe(issue, root, schema))
    const inOrder = located.toSorted((a, b) => a.offset - b.offset)
    throw new UsageError(inOrder.map(({ offset, ...problem }) => ({ ...problem, where: place(offset) })))
  }
  return { value: result.data as ParsedProfile, locate: (path) => locate(path.split('.')) }
}

/** Aliases are refused: a profile needs none, and a few of them can grow without bound. */
function toPlain(document: ReturnType<typeof parseDocument>, fileName: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    throw new UsageError([{ path: '', where: fileName, message: 'aliases (*name) are not allowed' }])
  }
}

/** A problem, and where in the text it is. */
type Located = Omit<Problem, 'where'> & { readonly offset: number }

function describe(issue: z.core.$ZodIssue, root: Node | null, schema: z.ZodType): Located[] {
  const path = issue.path
  if (issue.code !== 'unrecognized_keys')
    return [{ path: path.join('.'), offset: offsetOf(root, path), message: messageOf(issue, root) }]
  const known = keysAt(schema, path)
  return issue.keys.map((key) => {
    const hint = DANGEROUS_KEYS.has(key) ? undefined : suggest(key, known)
    return {
      path: [...path, key].join('.'),
      offset: offsetOfKey(root, path, key),
      message: 'unknown key',
      hint: hint ?? `known here: ${known.join(', ')}`,
    }
  })
}

function messageOf({ path, message }: z.core.$ZodIssue, root: Node | null): string {
  const isThere = nodesOn(root, path).length === path.length
  return `${isThere ? '' : 'missing: '}${firstLine(message)}`
}

/** Keys that the schema knows at a path. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let current: unknown = schema
  for (const step of path) current = descend(unwrap(current), step)
  const object = unwrap(current)
  return object instanceof z.ZodObject ? Object.keys(object.shape) : []
}

function descend(schema: unknown, step: PropertyKey): unknown {
  if (schema instanceof z.ZodArray) return schema.element
  return schema instanceof z.ZodObject ? schema.shape[String(step)] : undefined
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema
}

/** Where the value at a path begins; the nearest enclosing node when the value is absent. */
function offsetOf(root: Node | null, path: readonly PropertyKey[]): number {
  return (nodesOn(root, path).at(-1) ?? root)?.range?.[0] ?? 0
}

/** The nodes along a path, as far as they exist. */
function nodesOn(root: Node | null, path: readonly PropertyKey[]): Node[] {
  const nodes: Node[] = []
  for (const step of path) {
    const next = childOf(nodes.at(-1) ?? root, step)
    if (next === undefined) break
    nodes.push(next)
  }
  return nodes
}

function childOf(node: Node | null, step: PropertyKey): Node | undefined {
  if (node === null || !('get' in node)) return undefined
  const key = typeof step === 'symbol' ? String(step) : step
  const child = (node as YAMLMap).get(isMap(node) ? key : Number(key), true) as unknown
  return child !== undefined && child !== null ? (child as Node) : undefined
}

function offsetOfKey(root: Node | null, path: readonly PropertyKey[], key: string): number {
  let node: Node | null = root
  for (const step of path) node = childOf(node, step) ?? node
  const pair = isMap(node)
    ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    : undefined
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : offsetOf(root, path)
}

function firstLine(message: string): string {
  return message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')
}
