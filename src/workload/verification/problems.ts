import type { Problem } from '../../model/errors.ts'
import { parseValueSizes } from '../../model/value-sizes.ts'
import type { WorkloadSpec } from '../build-workload.ts'
import { isReadOnlyCommand } from '../command-book.ts'
import type { Line } from '../prepare-operation.ts'
import { linesByOperation } from '../named-lines.ts'
import { followedCommand, keepsValues } from './followed-command.ts'
import { BYTES_PER_KEY, MOST_VERIFIED_KEYS } from './registers.ts'
import { type NamedRange, namedRanges, valueRanges, valueSizes } from './verified-keys.ts'
import { leastVerifiedBytes } from './verified-values.ts'

/** What changes keys without naming them. */
const SWEEPING = new Set(['flushall', 'flushdb', 'swapdb'])

/** Why the reads of a workload cannot be verified; empty when they can. */
export function verificationProblems(spec: WorkloadSpec): Problem[] {
  const operations = linesByOperation(spec)
  const lines = operations.flatMap((operation) => operation.lines)
  const ranges = valueRanges(lines)
  return [
    ...operations.flatMap(({ operation, lines: own }, index) =>
      own.flatMap((line) => {
        const problem = problemOfLine(line, ranges)
        if (problem === undefined) return []
        const message = `${operation.name} makes it impossible to verify values: ${problem}`
        return { path: `operations.${index}`, message, hint: 'leave the operation out, or --verify' }
      }),
    ),
    ...problemsOfSizes(spec, lines),
    ...problemsOfKeys(ranges),
    ...problemsOfPurpose(spec, lines),
  ]
}

function problemOfLine(line: Line, ranges: readonly NamedRange[]): string | undefined {
  const command = line.name.split('|')[0]!
  const followed = followedCommand(line.template)
  if (followed === undefined && isReadOnlyCommand(command)) return undefined
  if (followed?.problem !== undefined) return followed.problem
  if (line.keys.includes(undefined)) return `the keys of its ${command.toUpperCase()} cannot be listed`
  if (SWEEPING.has(command)) return `${command.toUpperCase()} removes keys without naming them`
  if (followed !== undefined || keepsValues(line.template)) return undefined
  const isShared = namedRanges(line).some((range) => ranges.some((other) => mayBeTheSame(range, other)))
  return isShared ? `its ${command.toUpperCase()} changes keys that hold values` : undefined
}

function problemsOfSizes(spec: WorkloadSpec, lines: readonly Line[]): Problem[] {
  const least = leastVerifiedBytes(spec.values.kind)
  const tooSmall = [...valueSizes(spec, lines)].filter((text) =>
    (parseValueSizes(text) ?? []).some(({ minBytes }) => minBytes < least),
  )
  return tooSmall.map((text) => ({
    path: 'values.size',
    message: `${text} has no room for the label of a verified value, which takes ${least} bytes`,
    hint: `make every value at least ${least} bytes, or leave out --verify`,
  }))
}

function problemsOfKeys(ranges: readonly NamedRange[]): Problem[] {
  const problems: Problem[] = []
  const count = ranges.reduce((sum, range) => sum + range.count, 0)
  if (count > MOST_VERIFIED_KEYS)
    problems.push({
      path: 'keys.count',
      message: `${count} keys are more than the ${MOST_VERIFIED_KEYS} that can be verified`,
      hint: `each takes ${BYTES_PER_KEY} bytes of memory here: take fewer keys, or leave out --verify`,
    })
  for (const [index, range] of ranges.entries()) {
    const other = ranges.slice(index + 1).find((later) => mayBeTheSame(range, later))
    if (other !== undefined)
      problems.push({
        path: 'operations',
        message: `keys ${describe(range)} and ${describe(other)} may be the same one, so that it has two histories`,
        hint: 'give one of them another name, or leave out --verify',
      })
  }
  return problems
}

function problemsOfPurpose(spec: WorkloadSpec, lines: readonly Line[]): Problem[] {
  const followed = lines.flatMap(({ template }) => followedCommand(template) ?? [])
  if (!followed.some(({ reads }) => reads !== 'nothing'))
    return [
      {
        path: 'values.verify',
        message: 'no operation reads values',
        hint: 'add a GET, or leave out --verify',
      },
    ]
  if (spec.keys.preload > 0 || followed.some(({ writes }) => writes === 'values')) return []
  return [
    {
      path: 'values.verify',
      message: 'nothing writes the values that are read',
      hint: 'add a SET, or --preload 1',
    },
  ]
}

/** Whether a key of one may be a key of the other. Rather too often than not. */
function mayBeTheSame(one: NamedRange, other: NamedRange): boolean {
  if (one.isSingle && other.isSingle) return one.before === other.before
  if (one.isSingle) return isInRange(one.before, other)
  if (other.isSingle) return isInRange(other.before, one)
  return (
    differByDigits(one.before, other.before, (long, short) => [
      long.startsWith(short),
      long.slice(short.length),
    ]) &&
    differByDigits(one.after, other.after, (long, short) => [
      long.endsWith(short),
      long.slice(0, long.length - short.length),
    ])
  )
}

function isInRange(key: string, { before, after }: NamedRange): boolean {
  return (
    key.startsWith(before) &&
    key.endsWith(after) &&
    /^\d+$/.test(key.slice(before.length, key.length - after.length))
  )
}

/** Whether the longer text is the shorter one and digits. */
function differByDigits(
  one: string,
  other: string,
  compare: (long: string, short: string) => readonly [matches: boolean, rest: string],
): boolean {
  const [matches, rest] = one.length < other.length ? compare(other, one) : compare(one, other)
  return matches && /^\d*$/.test(rest)
}

function describe({ before, after, isSingle }: NamedRange): string {
  return isSingle ? before : `${before}…${after}`
}
