import { readFileSync } from 'node:fs'
import { systemReason, UsageError } from '../model/errors.ts'
import type { RunResult } from '../model/result.ts'
import { completeResult } from './older-versions.ts'
import { readJournal } from './read-journal.ts'
import { readLines } from './read-lines.ts'

/** Beyond it a string would not hold the file; a result has a few megabytes. */
const LARGEST_BYTES = 500_000_000
const NEWEST_VERSION = 1

/**
 * The result that a file holds: one that was written as JSON, or one rebuilt from a journal. What the file is, its
 * content says. What a version before this one did not write is filled in (older-versions.ts).
 */
export function readResult(file: string): RunResult {
  return isJournal(file) ? readJournal(file) : toResult(file, parse(file, readWhole(file)))
}

/** Whether a file is a journal by its first line. */
export function isJournal(file: string): boolean {
  const [first = ''] = reading(file, () => [...firstLineOf(file)])
  try {
    const { type } = JSON.parse(first) as { readonly type?: unknown }
    return type === 'journal'
  } catch {
    return false
  }
}

function* firstLineOf(file: string): Generator<string> {
  for (const line of readLines(file)) {
    if (line === '') continue
    yield line
    return
  }
}

function readWhole(file: string): string {
  const bytes = reading(file, () => readFileSync(file))
  if (bytes.length > LARGEST_BYTES) throw problem(file, 'is too large for a result', HINT)
  return bytes.toString('utf8')
}

const HINT = 'give a file that was written with --output-file or --journal'

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    const isCut = /^\s*\{\s*"schema":\s*"redis-test\//.test(text)
    throw problem(file, isCut ? 'is a result that was cut short' : 'is neither a result nor a journal', HINT)
  }
}

function toResult(file: string, value: unknown): RunResult {
  const { schema, schema_version: version } = (value ?? {}) as {
    readonly schema?: unknown
    readonly schema_version?: unknown
  }
  if (schema !== 'redis-test/result') {
    const kind = typeof schema === 'string' ? `is ${JSON.stringify(schema)}, not a result` : undefined
    throw problem(file, kind ?? 'is neither a result nor a journal', HINT)
  }
  if (typeof version !== 'number' || version > NEWEST_VERSION)
    throw problem(file, `has schema version ${String(version)}`, 'use a newer redis-test')
  const missing = PARTS.find((part) => typeof (value as Record<string, unknown>)[part] !== 'object')
  if (missing !== undefined) throw problem(file, `is a result without its ${missing}`, HINT)
  return completeResult(value as RunResult)
}

/** Of every version. */
const PARTS = ['plan', 'totals', 'operations', 'connections', 'generator', 'audit', 'server'] as const

function reading<Value>(file: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    throw problem(file, `cannot be read: ${systemReason(error)}`, 'check the path')
  }
}

function problem(file: string, message: string, hint: string): UsageError {
  return new UsageError([{ path: '', where: file, message, hint }])
}
