import type { OutputPlan } from '../model/plan.ts'
import type { RunResult } from '../model/result.ts'
import { systemReason, UsageError } from '../model/errors.ts'
import { renderJson } from '../reports/render-json.ts'
import { checkWritable, writeWhole } from './write-result.ts'

/** A file that can be made of a result. */
interface ResultFile {
  /** The setting that says where it goes: its flags are flags of `run` and of `report`. */
  readonly setting: `output.${keyof OutputPlan}`
  readonly render: (result: RunResult) => string | Promise<string>
}

/** Every file that `run` and `report` can write, by the name of its place in the plan. Add one here, and a setting for it. */
export const RESULT_FILES = {
  file: { setting: 'output.file', render: renderJson },
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
    const { setting } = RESULT_FILES[kind]
    const other = taken.get(path)
    if (other !== undefined)
      throw new UsageError([
        { path: setting, message: `${path} is the file of ${other} as well`, hint: 'choose another path' },
      ])
    taken.set(path, setting)
    checkWritable(path, setting)
  }
}

/** Writes all that it can. What cannot be made or written keeps nobody from the others. */
export async function writeResultFiles(result: RunResult, paths: ResultPaths): Promise<WrittenFile[]> {
  const written: WrittenFile[] = []
  for (const kind of KINDS) {
    const path = paths[kind] ?? null
    if (path !== null) written.push({ kind, path, error: await write(kind, path, result) })
  }
  return written
}

async function write(kind: ResultFileKind, path: string, result: RunResult): Promise<string | undefined> {
  try {
    const { render }: ResultFile = RESULT_FILES[kind]
    writeWhole(path, await render(result))
    return undefined
  } catch (error) {
    return systemReason(error)
  }
}
