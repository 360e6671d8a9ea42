import { parseValueSizes } from '../../model/value-sizes.ts'
import type { WorkloadSpec } from '../build-workload.ts'
import type { KeyRange } from '../keys.ts'
import type { Line } from '../prepare-operation.ts'
import { namedLines } from '../named-lines.ts'
import { followedCommand, keepsValues } from './followed-command.ts'

/** `<before>0<after>` and so on, or one key alone, whose name is all in `before`. */
export interface NamedRange extends KeyRange {
  readonly isSingle: boolean
}

/** Keys whose values are verified. */
export interface VerifiedRange extends NamedRange {
  /** Register of the first one; those of the others follow. */
  readonly firstRegister: number
  /** The workload gives them a time to live. */
  readonly expires: boolean
}

export interface VerifiedKeys {
  readonly ranges: readonly VerifiedRange[]
  /** Of all ranges together. */
  readonly count: number
  readonly largestBytes: number
}

/** The keys that hold values: what any command reads or writes as one. Depends on the plan alone. */
export function verifiedKeys(spec: WorkloadSpec): VerifiedKeys {
  const lines = namedLines(spec)
  const ranges: VerifiedRange[] = []
  let count = 0
  for (const range of valueRanges(lines)) {
    const isExpiring = (line: Line): boolean =>
      expires(line) && namedRanges(line).some((other) => idOf(other) === idOf(range))
    ranges.push({
      ...range,
      firstRegister: count,
      expires: spec.keys.ttl !== null || lines.some(isExpiring),
    })
    count += range.count
  }
  const sizes = [...valueSizes(spec, lines)].flatMap((text) => parseValueSizes(text) ?? [])
  return { ranges, count, largestBytes: Math.max(0, ...sizes.map(({ maxBytes }) => maxBytes)) }
}

/** The ranges of keys that commands read or write values of, each once and at its full length. */
export function valueRanges(lines: readonly Line[]): NamedRange[] {
  const found = new Map<string, NamedRange>()
  for (const range of lines.filter(handlesValues).flatMap(namedRanges)) {
    const known = found.get(idOf(range))
    if (known === undefined || known.count < range.count) found.set(idOf(range), range)
  }
  return [...found.values()]
}

/** All sizes that a value may have. */
export function valueSizes(spec: WorkloadSpec, lines: readonly Line[]): ReadonlySet<string> {
  const sizes = lines.flatMap(({ template }) => followedCommand(template)?.sizes ?? [])
  if (spec.keys.preload > 0) sizes.push('')
  return new Set(sizes.map((size) => (size === '' ? spec.values.size : size)))
}

/** A removal alone does not make a key one that holds a value. */
function handlesValues({ template }: Line): boolean {
  const command = followedCommand(template)
  return command !== undefined && (command.reads !== 'nothing' || command.writes === 'values')
}

/** The keys of a command whose names can be listed. */
export function namedRanges({ keys }: Pick<Line, 'keys'>): NamedRange[] {
  return keys.flatMap((named) => (named === undefined ? [] : namedRange(named)))
}

export function namedRange(named: KeyRange | string): NamedRange {
  return typeof named === 'string'
    ? { before: named, after: '', count: 1, isSingle: true }
    : { ...named, isSingle: false }
}

/** The same for ranges that differ in length alone. */
export function idOf({ before, after, isSingle }: NamedRange): string {
  return JSON.stringify([before, after, isSingle])
}

function expires({ template }: Line): boolean {
  return followedCommand(template)?.expires ?? keepsValues(template)
}
