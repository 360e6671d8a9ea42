import type { Part, Template } from '../template.ts'

/** What a command does with its keys that a verification must know. */
export interface FollowedCommand {
  /** What it reads: nothing, the value of its one key, or a list of the values of all. */
  readonly reads: 'nothing' | 'one' | 'each'
  /** What it writes to its keys: each a value, or none any more. */
  readonly writes: 'nothing' | 'values' | 'removals'
  /** Whether a reply that is no error says that it wrote. */
  readonly applied: (reply: unknown) => boolean
  /** Keys are gone some time after it. */
  readonly expires: boolean
  /** Sizes of the values that it writes: `''` for values.size. */
  readonly sizes: readonly string[]
  /** What it writes that is not a value of ours, or an option that nobody knows. */
  readonly problem: string | undefined
}

interface Kind extends Partial<Pick<FollowedCommand, 'reads' | 'writes' | 'applied' | 'expires'>> {
  /** Indexes of the arguments that are values, of a command with so many arguments. */
  readonly values?: (count: number) => readonly number[]
  readonly options?: (words: readonly string[], kind: Kind) => Partial<FollowedCommand>
}

const always = (): boolean => true
const ifOne = (reply: unknown): boolean => Number(reply) === 1
const at = (index: number) => (): readonly number[] => [index]
const everyOther = (count: number): readonly number[] =>
  Array.from({ length: Math.floor((count - 1) / 2) }, (_, pair) => 2 + 2 * pair)

const COMMANDS: Readonly<Record<string, Kind>> = {
  GET: { reads: 'one' },
  MGET: { reads: 'each' },
  GETEX: { reads: 'one', options: (words) => ({ expires: words.some((word) => EXPIRING.has(word)) }) },
  GETDEL: { reads: 'one', writes: 'removals' },
  GETSET: { reads: 'one', writes: 'values', values: at(2) },
  SET: { writes: 'values', values: at(2), options: (words) => optionsOfSet(words) },
  SETEX: { writes: 'values', values: at(3), expires: true },
  PSETEX: { writes: 'values', values: at(3), expires: true },
  SETNX: { writes: 'values', values: at(2), applied: ifOne },
  MSET: { writes: 'values', values: everyOther },
  MSETNX: { writes: 'values', values: everyOther, applied: ifOne },
  DEL: { writes: 'removals' },
  UNLINK: { writes: 'removals' },
}

const EXPIRING = new Set(['EX', 'PX', 'EXAT', 'PXAT'])

/** Commands that write, and leave values as they are. */
const TIME_TO_LIVE = new Set(['EXPIRE', 'PEXPIRE', 'EXPIREAT', 'PEXPIREAT', 'PERSIST'])

/** Whether a command that is not followed leaves the values of its keys as they are. */
export function keepsValues(template: Template): boolean {
  return TIME_TO_LIVE.has(nameOf(template))
}

/** `undefined` for a command that a verification has nothing to do with, or cannot follow. */
export function followedCommand(template: Template): FollowedCommand | undefined {
  const name = nameOf(template)
  const kind = COMMANDS[name]
  if (kind === undefined || !Object.hasOwn(COMMANDS, name)) return undefined
  const values = kind.values?.(template.length) ?? []
  const sizes = values.map((index) => sizeOf(template[index]))
  const command: FollowedCommand = {
    reads: kind.reads ?? 'nothing',
    writes: kind.writes ?? 'nothing',
    applied: kind.applied ?? always,
    expires: kind.expires ?? false,
    sizes: sizes.filter((size) => size !== undefined),
    problem: sizes.includes(undefined) ? `${name} writes something else than {value}` : undefined,
  }
  if (kind.options === undefined) return command
  const first = 1 + Math.max(1, ...values)
  return { ...command, ...kind.options(template.slice(first).map(wordOf), kind) }
}

/** What may stand behind the value of a SET. */
function optionsOfSet(words: readonly string[]): Partial<FollowedCommand> {
  let expires = false
  let returnsOld = false
  let condition: 'NX' | 'XX' | undefined
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!
    if (EXPIRING.has(word)) {
      expires = true
      index++
    } else if (word === 'GET') returnsOld = true
    else if (word === 'NX' || word === 'XX') condition = word
    else if (word !== 'KEEPTTL') return { problem: `SET has an option that nobody can follow: ${word}` }
  }
  // With GET the reply is the old value: nil says that there was none.
  const appliesOnNil = returnsOld && condition === 'NX'
  return {
    expires,
    reads: returnsOld ? 'one' : 'nothing',
    applied: condition === undefined ? always : (reply) => (reply === null) === appliesOnNil,
  }
}

function nameOf(template: Template): string {
  return wordOf(template[0]!)
}

function wordOf(argument: readonly Part[]): string {
  return argument
    .map((part) => ('text' in part ? part.text : `{${part.placeholder}}`))
    .join('')
    .toUpperCase()
}

/** The sizes of an argument that is a value and nothing else. */
function sizeOf(argument: readonly Part[] | undefined): string | undefined {
  const [only] = argument ?? []
  if (only === undefined || argument?.length !== 1 || !('placeholder' in only)) return undefined
  return only.placeholder === 'value' ? only.argument : undefined
}
