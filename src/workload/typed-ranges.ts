import type { WorkloadSpec } from './build-workload.ts'
import { KEY_SPACES, type KeyRange, type KeySpace } from './keys.ts'
import { namedLines } from './named-lines.ts'
import { usualCommand } from './registry.ts'

/** Keys of one type that a workload works on. */
export interface TypedRange {
  readonly range: KeyRange
  readonly space: KeySpace
}

/** The ranges of keys that a workload reads or writes, each with the type that its commands want. */
export function typedRanges(spec: WorkloadSpec): TypedRange[] {
  const found = new Map<string, TypedRange>()
  for (const { name, keys } of namedLines(spec))
    for (const range of keys) {
      if (range === undefined || typeof range === 'string') continue
      const space = typeOf(spec, name, range)
      if (space !== undefined) addRange(found, { range, space })
    }
  return [...found.values()]
}

/** The type that a command wants its keys to be; `undefined` when nothing says. */
export function typeOf(
  spec: Pick<WorkloadSpec, 'keyPrefix'>,
  command: string,
  range: KeyRange,
): KeySpace | undefined {
  return spaceOfLetter(spec, range) ?? usualCommand(command)?.space
}

/** Joins what is said of the same keys: the longer range, and the type that is said by a command for that type only. */
export function addRange<Range extends TypedRange>(found: Map<string, Range>, added: Range): void {
  const id = JSON.stringify([added.range.before, added.range.after])
  const known = found.get(id)
  if (known === undefined) found.set(id, added)
  else
    found.set(id, {
      ...added,
      range: known.range.count > added.range.count ? known.range : added.range,
      // Commands that work on keys of any type count among those on strings.
      space: known.space === 'string' ? added.space : known.space,
    })
}

/** A bare {key} has the letter of its type in its name. */
function spaceOfLetter(
  { keyPrefix }: Pick<WorkloadSpec, 'keyPrefix'>,
  { before }: KeyRange,
): KeySpace | undefined {
  const letter = before.slice(keyPrefix.length + 1).replace(/:$/, '')
  return (Object.keys(KEY_SPACES) as KeySpace[]).find((space) => KEY_SPACES[space] === letter)
}
