import { resolve, basename } from 'node:path'
import { UsageError } from '../model/errors.ts'
import {
  asUsageError,
  isEntries,
  mergeOver,
  partOf,
  parsePlaced,
  type Placed,
  type SourceFile,
} from './placed.ts'

const LONGEST_CHAIN = 8
/** What a file says about itself and not about the load. */
const NOT_INHERITED = new Set(['name', 'description', 'extends', '$schema'])

/** A profile with everything it inherits through `extends:`. `find` looks for a parent as its child names it. */
export function extendProfile(
  file: SourceFile,
  find: (nameOrPath: string, from: SourceFile) => SourceFile,
): Placed {
  const chain = [file]
  const layers = [parsePlaced(file)]
  for (;;) {
    const child = layers.at(-1)!
    const named = partOf(child, 'extends')
    if (named === undefined) return layers.reduceRight((parent, layer) => mergeOver(layer, inherited(parent)))
    const parent = findParent(named, chain.at(-1)!, find)
    const shown = [...chain, parent].map(({ fileName }) => fileName).join(' → ')
    if (chain.some((earlier) => pathOf(earlier) === pathOf(parent)))
      throw problemAt(named, `a profile cannot extend itself: ${shown}`)
    if (chain.length > LONGEST_CHAIN)
      throw problemAt(named, `more than ${LONGEST_CHAIN} profiles above one another: ${shown}`)
    chain.push(parent)
    layers.push(parsePlaced(parent))
  }
}

function inherited(parent: Placed): Placed {
  if (!isEntries(parent.content)) return parent
  const kept = [...parent.content].filter(([name]) => !NOT_INHERITED.has(name))
  return { ...parent, content: new Map(kept) }
}

function findParent(
  named: Placed,
  child: SourceFile,
  find: (nameOrPath: string, from: SourceFile) => SourceFile,
): SourceFile {
  if (typeof named.content !== 'string' || named.content.trim() === '')
    throw problemAt(named, 'expected the name of a profile, or a path such as ./base.yaml')
  try {
    return find(named.content, child)
  } catch (error) {
    const [problem] = error instanceof UsageError ? error.problems : []
    if (problem === undefined) throw error
    const message = problem.where === undefined ? problem.message : `${problem.where}: ${problem.message}`
    throw problemAt(named, message, problem.hint)
  }
}

function pathOf({ folder, fileName }: SourceFile): string {
  return resolve(folder, basename(fileName))
}

function problemAt({ place }: Placed, message: string, hint?: string): UsageError {
  return asUsageError([{ path: 'extends', place, message, ...(hint === undefined ? {} : { hint }) }])
}
