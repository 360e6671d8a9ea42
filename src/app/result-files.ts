import { extname } from 'node:path'
import { systemReason, UsageError } from '../model/errors.ts'
import type { OutputPlan } from '../model/plan.ts'
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

/** Fails before the run, not after it, when one of the files cannot be written, or two of them are the same. */
export function checkResultFiles(paths: ResultPaths): void {
  const taken = new Map<string, string>()
  for (const kind of KINDS) {
    const path = paths[kind] ?? null
    if (path === null) continue
    const { setting, inParts }: ResultFile = RESULT_FILES[kind]
    const other = taken.get(path)
    if (other !== undefined)
      throw new UsageError([
        { path: setting, message: `${path} is the file of ${other} as well`, hint: 'choose another path' },
      ])
    taken.set(path, setting)
    checkWritable(inParts === true ? pathOfPart(path, 'all') : path, setting)
  }
}

/** Writes all that it can, but what `written` has already. What cannot be written keeps nobody from the others. */
export async function writeResultFiles(
  result: RunResult,
  paths: ResultPaths,
  written: readonly WrittenFile[] = [],
): Promise<WrittenFile[]> {
  const files: WrittenFile[] = []
  for (const kind of KINDS) {
    const path = paths[kind] ?? null
    if (path === null) continue
    const done = written.find((one) => one.kind === kind)
    const { inParts }: ResultFile = RESULT_FILES[kind]
    const shown = inParts === true ? pathOfPart(path, '*') : path
    files.push(done ?? { kind, path: shown, error: await write(kind, path, result) })
  }
  return files
}

async function write(kind: ResultFileKind, path: string, result: RunResult): Promise<string | undefined> {
  try {
    const { render }: ResultFile = RESULT_FILES[kind]
    const rendered = await render(result)
    if (typeof rendered === 'string') writeWhole(path, rendered)
    else for (const { name, text } of rendered) writeWhole(pathOfPart(path, name), text)
    return undefined
  } catch (error) {
    return systemReason(error)
  }
}

/** `out/p.hgrm` → `out/p.GET.hgrm`; `out/{operation}/p` → `out/GET/p`. A name may hold what a file name may not. */
function pathOfPart(path: string, name: string): string {
  const word = name.replaceAll(/[^\w.()*-]/g, '_').replace(/^\.+$/, '_')
  if (path.includes('{operation}')) return path.replaceAll('{operation}', word)
  const ending = extname(path)
  return `${path.slice(0, path.length - ending.length)}.${word}${ending}`
}
