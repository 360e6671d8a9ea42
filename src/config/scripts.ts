import type { ScriptPlan } from '../model/plan.ts'
import { insideFolder } from './inside-folder.ts'
import { partOf, type Placed, type PlacedProblem } from './placed.ts'
import { readText } from './read-text.ts'

/** The Lua of the operations of a profile, by the number of the operation, and what is wrong with it. */
export interface Scripts {
  readonly found: ReadonlyMap<number, ScriptPlan>
  readonly problems: readonly PlacedProblem[]
}

/** A library of functions says its name in its first line. */
const LIBRARY_NAME = /^#!\w+[^\n]*\bname=\w*__RUN__/

/** Reads every script that the operations name; a path starts from the folder of the file in which it stands. */
export function readScripts(profile: Placed): Scripts {
  const found = new Map<number, ScriptPlan>()
  const problems: PlacedProblem[] = []
  const operations = partOf(profile, 'operations')?.content
  if (!Array.isArray(operations)) return { found, problems }
  ;(operations as readonly Placed[]).forEach((operation, index) => {
    for (const engine of ['script', 'function'] as const) {
      const named = partOf(operation, engine)
      // Anything else is for the schema to complain about.
      if (typeof named?.content !== 'string' || named.content === '') continue
      const file = named.content
      const inside = insideFolder(named.place.file.folder, file)
      const read = 'path' in inside ? readText(inside.path) : inside
      const call = partOf(operation, 'call')?.content
      const problem = 'problem' in read ? read.problem : problemWithText(read.text, engine, call)
      if (problem === undefined && 'text' in read) found.set(index, { file, engine, text: read.text })
      else
        problems.push({
          path: `operations.${index}.${engine}`,
          place: named.place,
          message: `${JSON.stringify(file)} ${problem === 'no such file' ? 'does not exist' : problem}`,
        })
    }
  })
  return { found, problems }
}

function problemWithText(text: string, engine: ScriptPlan['engine'], call: unknown): string | undefined {
  if (text.trim() === '') return 'is empty'
  if (engine === 'script') return undefined
  if (!LIBRARY_NAME.test(text))
    return 'must name its library with __RUN__ in its first line, as in #!lua name=limiter___RUN__'
  if (typeof call === 'string' && !text.includes(call)) return `registers no function ${call}`
  return undefined
}
