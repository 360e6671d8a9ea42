import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { UsageError } from '../model/errors.ts'
import type { GivenSide } from '../reports/compare/compare-sides.ts'
import type { GivenResult } from '../reports/compare/run-sample.ts'
import { findInHistory, INDEX_FILE } from './results-index.ts'
import { readResult } from './read-result.ts'

/** Where results may be, besides files and folders. */
export interface SideSources {
  /** Folder of results whose runs can be named by their ids; `null`: none. */
  readonly resultsDir: string | null
  /** Told what of a folder was left out, a line each. */
  readonly onLeftOut?: (notice: string) => void
}

/**
 * A side as it is typed: a file, a folder of results, a run id of the results folder, or several of those with commas in
 * between; `name=` before it gives it a name of its own.
 */
export function readSide(text: string, sources: SideSources): GivenSide {
  const { name, paths } = takeApart(text)
  return readFiles(name ?? nameOf(paths), paths, sources)
}

/** A side of several paths that the shell has found. */
export function readFiles(name: string, paths: readonly string[], sources: SideSources): GivenSide {
  const results = paths.flatMap((path) => resultsOf(path, sources))
  if (results.length === 0) throw noResults(paths.join(', '))
  const seen = new Set<string>()
  // A journal stands beside the result of the same run.
  const once = results.filter(({ result: { run_id } }) => !seen.has(run_id) && seen.add(run_id))
  return { name, results: once }
}

/** Sides whose names are alike get letters. */
export function withNames(sides: readonly GivenSide[]): GivenSide[] {
  const names = sides.map(({ name }) => name)
  return sides.map((side, at) =>
    names.indexOf(side.name) === names.lastIndexOf(side.name)
      ? side
      : { ...side, name: `${String.fromCodePoint(65 + (at % 26))}:${side.name}` },
  )
}

function takeApart(text: string): { readonly name?: string; readonly paths: readonly string[] } {
  if (existsSync(text)) return { paths: [text] }
  const named = /^([\w.@+ -]{1,40})=(.+)$/.exec(text)
  if (named !== null) return { name: named[1]!, paths: takeApart(named[2]!).paths }
  return { paths: text.split(',').filter((path) => path !== '') }
}

/** Of a result in a results folder, and of a run id, the beginning of the id, as a history shows it. */
function nameOf(paths: readonly string[]): string {
  const first = resolve(paths[0] ?? '')
  const file = basename(
    first,
    extname(first) === '.json' || extname(first) === '.ndjson' ? extname(first) : '',
  )
  const name = /^(?:\d{8}T\d{6}-)?([\da-f]{8})-(?:[\da-f]{4}-){3}[\da-f]{12}$/.exec(file)?.[1] ?? file
  return paths.length > 1 ? `${name}+${paths.length - 1}` : name
}

/** A file that is named has to be a result; of a folder, in which other things lie too, what is none is left out. */
function resultsOf(path: string, sources: SideSources): GivenResult[] {
  const files = filesOf(path, sources)
  const read = (file: string): GivenResult => ({ file, result: readResult(file) })
  if (files.length === 1 && files[0] === path) return [read(path)]
  return files.flatMap((file) => {
    try {
      return [read(file)]
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      sources.onLeftOut?.(`${error.message}: left out`)
      return []
    }
  })
}

function noResults(where: string): UsageError {
  const hint = 'they end in .json, journals in .ndjson'
  return new UsageError([{ path: '', where, message: 'the folder holds no results', hint }])
}

/** Results before journals: what is in both is taken from the result. */
function filesOf(path: string, { resultsDir }: SideSources): string[] {
  if (!existsSync(path)) {
    const found = resultsDir === null ? undefined : findInHistory(resultsDir, path)
    if (found !== undefined) return [found]
    const hint =
      resultsDir === null
        ? 'give result files, folders of them, or journals'
        : `give a path, or a run id of ${resultsDir}`
    throw new UsageError([{ path: '', where: path, message: 'there is no such result', hint }])
  }
  if (!statSync(path).isDirectory()) return [path]
  const names = readdirSync(path).toSorted()
  const files = [
    ...names.filter((name) => name.endsWith('.json')),
    ...names.filter((name) => /\.(?:ndjson|jsonl|journal)$/.test(name) && name !== INDEX_FILE),
  ].map((name) => join(path, name))
  if (files.length === 0) throw noResults(path)
  return files
}

export type { GivenSide }
