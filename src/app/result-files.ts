import { realpathSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { systemReason, UsageError } from '../model/errors.ts'
import type { OutputPlan, RunPlan } from '../model/plan.ts'
import type { RunResult } from '../model/result.ts'
import { renderJson } from '../reports/render-json.ts'
import type { NamedPart } from './hdr-files.ts'
import { checkWritable, writeWhole } from './write-result.ts'

/** One text, or several files that differ by a name in their path. */
type Rendered = string | readonly NamedPart[]

/** A file that can be made of a result. What makes it is loaded when it is asked for. */
interface ResultFile {
  /** The setting that says where it goes: its flags are flags of `run` and of `report`. */
  readonly setting: `output.${keyof OutputPlan}`
  readonly render: (result: RunResult) => Rendered | Promise<Rendered>
  /** It is several files. */
  readonly inParts?: true
}

/** Every file that `run` and `report` can write, by the name of its place in the plan. Add one here, and a setting for it. */
export const RESULT_FILES = {
  file: { setting: 'output.file', render: renderJson },
  html: {
    setting: 'output.html',
    render: async (result) => (await import('./html-report.ts')).htmlReport(result),
  },
  markdown: {
    setting: 'output.markdown',
    render: async (result) => (await import('../reports/markdown.ts')).renderMarkdown(result),
  },
  junit: {
    setting: 'output.junit',
    render: async (result) => (await import('../reports/junit.ts')).renderJunit(result),
  },
  csv: {
    setting: 'output.csv',
    render: async (result) => (await import('../reports/interval-csv.ts')).renderIntervalCsv(result),
  },
  /** A run writes it as it goes on, and `report` from a journal, interval by interval. */
  hlog: {
    setting: 'output.hlog',
    render: async (result) => (await import('./hdr-files.ts')).wholeRunLog(result),
  },
  percentiles: {
    setting: 'output.percentiles',
    render: async (result) => (await import('./hdr-files.ts')).percentileFiles(result),
    inParts: true,
  },
} as const satisfies { readonly [Kind in keyof OutputPlan]?: ResultFile }

export type ResultFileKind = keyof typeof RESULT_FILES

/** Where which files go. */
export type ResultPaths = { readonly [Kind in ResultFileKind]?: string | null }

/** A file that was to be written, and what became of it. */
export interface WrittenFile {
  readonly kind: ResultFileKind
  readonly path: string
  /** Why it could not be. */
  readonly error: string | undefined
}

const KINDS = Object.keys(RESULT_FILES) as ResultFileKind[]

/** In place of a path: the file goes to standard output, and nothing else does. */
export const STDOUT = '-'

/**
 * Fails before the run, not after it, when one of the files cannot be written, or two of them are the same. `others` are
 * files that must not be written over, by what they are.
 */
export function checkResultFiles(
  paths: ResultPaths,
  others: Readonly<Record<string, string | null>> = {},
): void {
  const taken = new Map<string, string>()
  for (const [what, path] of Object.entries(others)) if (path !== null) taken.set(identityOf(path), what)
  for (const kind of KINDS) {
    const path = paths[kind] ?? null
    if (path === null) continue
    const { setting, inParts }: ResultFile = RESULT_FILES[kind]
    if (path === STDOUT && (kind === 'hlog' || inParts === true))
      throw problem(setting, 'cannot go to standard output', 'give the path of a file')
    const identity = identityOf(path)
    const other = taken.get(identity)
    if (other !== undefined) throw problem(setting, `${path} is the file of ${other} as well`, ANOTHER)
    taken.set(identity, setting)
    if (path !== STDOUT) checkWritable(inParts === true ? pathOfPart(path, 'all') : path, setting)
  }
}

const ANOTHER = 'choose another path'

/** The journal and the log of a run are files like the others, but written line by line. */
export function checkRunFiles({ output, log }: Pick<RunPlan, 'output' | 'log'>): void {
  if (output.journal === STDOUT)
    throw problem('output.journal', 'cannot go to standard output', 'give the path of a file')
  const others = { 'output.journal': output.journal, 'log.file': log.file }
  checkResultFiles(output, others)
  if (output.journal === null) return
  if (log.file !== null && identityOf(log.file) === identityOf(output.journal))
    throw problem('output.journal', `${output.journal} is the file of log.file as well`, ANOTHER)
  checkWritable(output.journal, 'output.journal')
}

function problem(path: string, message: string, hint: string): UsageError {
  return new UsageError([{ path, message, hint }])
}

/** Two ways to write the same path are one. */
function identityOf(path: string): string {
  if (path === STDOUT) return path
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

/**
 * Writes all that it can, but what `written` has already. What cannot be written keeps nobody from the others. What is for
 * standard output is given to `stdout`, and is none of the files.
 */
export async function writeResultFiles(
  result: RunResult,
  paths: ResultPaths,
  written: readonly WrittenFile[] = [],
  stdout: (text: string) => void = () => {},
): Promise<WrittenFile[]> {
  const files: WrittenFile[] = []
  for (const kind of KINDS) {
    const path = paths[kind] ?? null
    if (path === null) continue
    const done = written.find((one) => one.kind === kind)
    const { inParts }: ResultFile = RESULT_FILES[kind]
    const shown = inParts === true ? pathOfPart(path, '*') : path
    const file = done ?? { kind, path: shown, error: await write(kind, path, result, stdout) }
    if (path !== STDOUT || file.error !== undefined) files.push(file)
  }
  return files
}

async function write(
  kind: ResultFileKind,
  path: string,
  result: RunResult,
  stdout: (text: string) => void,
): Promise<string | undefined> {
  try {
    const { render }: ResultFile = RESULT_FILES[kind]
    const rendered = await render(result)
    if (typeof rendered !== 'string') writeParts(path, rendered)
    else if (path === STDOUT) stdout(rendered)
    else writeWhole(path, rendered)
    return undefined
  } catch (error) {
    return systemReason(error)
  }
}

/** Names that differ in what a file name may not hold have files of their own all the same. */
function writeParts(path: string, parts: readonly NamedPart[]): void {
  const taken = new Map<string, number>()
  for (const { name, text } of parts) {
    const word = wordOf(name)
    const times = (taken.get(word) ?? 0) + 1
    taken.set(word, times)
    writeWhole(pathOfPart(path, times === 1 ? word : `${word}_${times}`), text)
  }
}

function wordOf(name: string): string {
  return name.replaceAll(/[^\w.()-]/g, '_').replace(/^\.+$/, '_')
}

/** `out/p.hgrm` → `out/p.GET.hgrm`; `out/{operation}/p` → `out/GET/p`. */
function pathOfPart(path: string, word: string): string {
  if (path.includes('{operation}')) return path.replaceAll('{operation}', word)
  const ending = extname(path)
  return `${path.slice(0, path.length - ending.length)}.${word}${ending}`
}
