import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { systemReason, UsageError } from '../model/errors.ts'
import { type HistoryEntry, TREND_METRICS } from '../model/history.ts'
import type { RunResult } from '../model/result.ts'
import { describeTarget } from '../redis/connect-failure.ts'
import { entryOf } from '../reports/history/history-entry.ts'
import { renderJson } from '../reports/render-json.ts'
import { readResult } from './read-result.ts'
import { checkWritable, writeWhole } from './write-result.ts'

/** Stands in the folder of results: a line of JSON for each run, in the order in which they ended. */
export const INDEX_FILE = 'index.ndjson'

/** Fails before the run, not after it. */
export function checkResultsDir(folder: string): void {
  checkWritable(join(folder, INDEX_FILE))
}

/** Puts a result into the folder and its line into the index. Gives the path of the result. */
export function keepResult(result: RunResult, folder: string): string {
  const stamp = new Date(result.run_start * 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  const name = `${stamp}-${result.run_id.replaceAll(/[^\w.@+-]/g, '_')}.json`
  writeWhole(join(folder, name), renderJson(result))
  appendFileSync(join(folder, INDEX_FILE), lineOf(describe(result, name)))
  return join(folder, name)
}

export interface History {
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[]
  /** Files that end in .json and could not be read as results. */
  readonly unreadable: readonly string[]
}

/**
 * The runs of a folder, by its index. What is not in the index is read from its file, and what has no file any more is
 * left out, so that files may be added, removed or copied by hand.
 */
export function readHistory(folder: string): History {
  return describeAll(folder, readIndex(folder))
}

/** Writes the index anew, from the results themselves. */
export function rebuildIndex(folder: string): History {
  const history = describeAll(folder, [])
  writeWhole(join(folder, INDEX_FILE), history.entries.map(lineOf).join(''))
  return history
}

function describeAll(folder: string, indexed: readonly HistoryEntry[]): History {
  const known = new Map(indexed.map((entry) => [entry.file, entry]))
  const unreadable: string[] = []
  const entries = filesOf(folder).flatMap((file): HistoryEntry[] => {
    const entry = known.get(file)
    if (entry !== undefined) return [entry]
    try {
      return [describe(readResult(join(folder, file)), file)]
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      unreadable.push(file)
      return []
    }
  })
  return { entries: entries.toSorted((a, b) => a.run_start - b.run_start), unreadable }
}

/** The file of the run whose id begins so; `latest` and `latest~1` count back from the newest. */
export function findInHistory(folder: string, word: string): string | undefined {
  const { entries } = readHistory(folder)
  const back = /^latest(?:~(\d{1,6}))?$/.exec(word)
  if (back !== null) {
    const entry = entries.at(-1 - Number(back[1] ?? 0))
    return entry === undefined ? undefined : join(folder, entry.file)
  }
  const found = entries.filter(({ run_id }) => run_id.startsWith(word))
  if (found.length > 1 && !found.some(({ run_id }) => run_id === word))
    throw new UsageError([
      { path: '', where: word, message: `${found.length} runs begin so`, hint: 'give more of the id' },
    ])
  const entry = found.find(({ run_id }) => run_id === word) ?? found[0]
  return entry === undefined ? undefined : join(folder, entry.file)
}

function describe(result: RunResult, file: string): HistoryEntry {
  // Its port is any that was free.
  const { embedded } = result.plan.target
  return entryOf(result, { file, target: embedded ? 'embedded' : describeTarget(result.plan.target) })
}

function lineOf(entry: HistoryEntry): string {
  return `${JSON.stringify(entry)}\n`
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
  } catch (error) {
    throw new UsageError([
      {
        path: '--results-dir',
        message: `cannot read ${folder}: ${systemReason(error)}`,
        hint: 'check the path',
      },
    ])
  }
}

/** A line that was cut, or has not all that is shown, is as good as absent: its file is read instead. */
function readIndex(folder: string): HistoryEntry[] {
  const path = join(folder, INDEX_FILE)
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line): HistoryEntry[] => {
      try {
        const entry: unknown = JSON.parse(line)
        return isEntry(entry) ? [entry] : []
      } catch {
        return []
      }
    })
}

const TEXTS = ['file', 'run_id', 'workload_name', 'version', 'target', 'end_reason', 'latency_kind'] as const
const NUMBERS = ['run_start', 'measured_seconds', 'missed', 'warnings', ...TREND_METRICS] as const

function isEntry(value: unknown): value is HistoryEntry {
  if (typeof value !== 'object' || value === null) return false
  const entry = value as Partial<HistoryEntry>
  return (
    entry.schema === 'redis-test/history' &&
    TEXTS.every((name) => typeof entry[name] === 'string') &&
    NUMBERS.every((name) => typeof entry[name] === 'number') &&
    basename(entry.file!) === entry.file
  )
}
