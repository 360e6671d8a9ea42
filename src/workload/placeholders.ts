import type { KeysPlan } from '../model/plan.ts'
import { parseValueSizes } from '../model/value-sizes.ts'
import { distributions, type KeyDraw } from './distributions.ts'
import type { Draw } from './draw.ts'
import { KEY_SPACES, type KeyRange, type KeySpace } from './keys.ts'
import { parseRange } from './ranges.ts'
import { type PlaceholderPart, TemplateError } from './template.ts'
import type { ValueSource } from './values.ts'

/** What a placeholder may use. */
export interface Kit {
  readonly draw: Draw
  readonly keys: KeysPlan
  /** Whether the command creates keys. */
  readonly isWrite: boolean
  /** Type of the keys that the command works on. */
  readonly space: KeySpace
  /** Values as the plan wants them, or of other sizes. */
  readonly values: (draw: Draw, sizes?: string) => ValueSource
  readonly channels: readonly string[]
  readonly streams: number
  /** The wall clock, milliseconds, from the monotonic one. */
  readonly now: () => number
  /** What is published or added to a stream: it says when it was sent, and by whom as its how-manieth. */
  readonly nextMessage: (connection: number, padding: string) => string
  /** The keys that were named last, for `{same}`. */
  lastKey: KeyRange | undefined
  /** How many keys a unit draws so far. */
  keyDraws: number
}

/** Gives the text (a byte string) that a placeholder stands for in the next command. */
export type Piece = () => string

interface Placeholder {
  readonly help: string
  make(argument: string, kit: Kit): Piece
}

/** A placeholder that stands for a key: the text in front of the number when it is bare, and how many keys there are. */
export interface KeySite {
  readonly name: string
  readonly count: number
  readonly isSame: boolean
  /** Its names get the hash tags of the plan; streams, of which there are few, are each in a slot of their own. */
  readonly isTagged: boolean
}

/** What a placeholder says about keys; `undefined` if it is none of the three that draw one. */
export function keySiteOf({ placeholder, argument }: PlaceholderPart, kit: Kit): KeySite | undefined {
  switch (placeholder) {
    case 'same':
      if (kit.lastKey === undefined) throw new TemplateError('{same} needs a {key} before it')
      return { name: '', count: kit.lastKey.count, isSame: true, isTagged: kit.lastKey.tags !== undefined }
    case 'stream':
      return { name: `${KEY_SPACES.stream}:`, count: kit.streams, isSame: false, isTagged: false }
    case 'key':
      return keySite(argument, kit)
    default:
      return undefined
  }
}

/** `{key}`, `{key zset}`, `{key 0..99}`, `{key users 0..99}` */
function keySite(argument: string, kit: Kit): KeySite {
  const [, word = '', range = ''] = /^([a-z][\w-]*)?\s*(.*)$/i.exec(argument) ?? []
  const limits = parseRange(range, { isWhole: true })
  if (limits !== undefined && limits.low !== 0)
    throw new TemplateError(`{key ${argument}}: a range of keys begins with 0`)
  const space = word === '' ? KEY_SPACES[kit.space] : spaceNamed(word)
  const count = limits === undefined ? kit.keys.count : limits.high + 1
  return { name: `${space}:`, count, isSame: false, isTagged: true }
}

function spaceNamed(word: string): string {
  return Object.hasOwn(KEY_SPACES, word) ? KEY_SPACES[word as KeySpace] : word
}

/** Draws the index of a key, and leaves it in the draw. */
export function keyDraw(placeholder: string, range: KeyRange, kit: Kit): KeyDraw {
  const { draw, keys, isWrite } = kit
  if (placeholder === 'same') return () => draw.key
  kit.lastKey = range
  if (placeholder !== 'stream') kit.keyDraws++
  const next =
    placeholder === 'stream'
      ? () => draw.random.below(range.count)
      : distributions[keys.distribution]({ ...keys, count: range.count }, draw, isWrite)
  const { tags, count } = range
  if (tags === undefined) return () => (draw.key = next())
  return () => (draw.key = sameTag(draw, next(), tags, count))
}

/** The nearest key that has the tag of the first key of a command or a transaction: they have to be in one slot. */
function sameTag(draw: Draw, index: number, tags: number, count: number): number {
  if (draw.tag < 0) {
    draw.tag = index % tags
    return index
  }
  const near = index - (index % tags) + draw.tag
  if (near < count) return near
  return near >= tags ? near - tags : index
}

const DEFAULT_TTL_MILLIS = 60_000

/** Everything that braces may hold besides keys. Add one here. */
export const placeholders = {
  value: {
    help: 'a value as the settings values.* want it; `{value 64..128}` of another size',
    make(argument, { draw, values }) {
      if (argument !== '' && parseValueSizes(argument) === undefined)
        throw new TemplateError(`{value ${argument}}: not a size such as 100 or 64..128`)
      const source = argument === '' ? values(draw) : values(draw, argument)
      return () => source.nextText()
    },
  },
  int: {
    help: 'a whole number: `{int 0..99}`',
    make(argument, { draw: { random } }) {
      const range = parseRange(argument, { isWhole: true })
      if (range === undefined) throw new TemplateError('{int} needs a range such as {int 0..99}')
      const span = range.high - range.low + 1
      return () => String(range.low + random.below(span))
    },
  },
  float: {
    help: 'a number with six decimals: `{float 0..1}`',
    make(argument, { draw: { random } }) {
      const range = parseRange(argument, { isWhole: false }) ?? { low: 0, high: 1 }
      return () => (range.low + random.next() * (range.high - range.low)).toFixed(6)
    },
  },
  member: { help: 'one of keys.members names, `m:17`; `{member 0..9}` of ten', make: named('m:') },
  field: { help: 'one of keys.members names, `f:17`; `{field 0..9}` of ten', make: named('f:') },
  now: {
    help: 'the time since the epoch in milliseconds; `{now s}`, `{now us}`',
    make(argument, { now }) {
      const factor = { '': 1, ms: 1, s: 0.001, us: 1000 }[argument]
      if (factor === undefined) throw new TemplateError(`{now ${argument}}: the unit is s, ms or us`)
      return () => String(Math.floor(now() * factor))
    },
  },
  seq: {
    help: 'how many of this operation came before, in the whole run',
    make:
      (_, { draw }) =>
      () =>
        String(draw.ordinal),
  },
  uuid: {
    help: 'a random UUID (version 4), from the seed',
    make:
      (_, { draw: { random } }) =>
      () =>
        uuid(() => random.below(2 ** 32)),
  },
  choice: {
    help: 'one of several words: `{choice red|green|blue}`',
    make(argument, { draw: { random } }) {
      const words = argument.split('|').map((word) => word.trim())
      if (argument.trim() === '') throw new TemplateError('{choice} needs words: {choice red|green|blue}')
      return () => words[random.below(words.length)]!
    },
  },
  ttl: { help: 'a time to live in seconds: keys.ttl, or 60', make: timeToLive(1000) },
  ttl_ms: { help: 'the same in milliseconds', make: timeToLive(1) },
  lon: {
    help: 'a longitude, -180 to 180',
    make:
      (_, { draw: { random } }) =>
      () =>
        (random.next() * 360 - 180).toFixed(6),
  },
  lat: {
    help: 'a latitude that Redis takes, -85 to 85',
    make:
      (_, { draw: { random } }) =>
      () =>
        (random.next() * 170 - 85).toFixed(6),
  },
  channel: {
    help: 'one of pubsub.channels, with the prefix of the run',
    make:
      (_, { draw: { random }, channels }) =>
      () =>
        channels[random.below(channels.length)]!,
  },
  message: {
    help: 'a value that says when it was sent: subscribers and stream consumers measure the delivery by it',
    make(_, { draw, values, nextMessage }) {
      const padding = values(draw)
      return () => nextMessage(draw.connection, padding.nextText())
    },
  },
} satisfies Record<string, Placeholder>

/** How a placeholder is made, by name. Throws a {@link TemplateError} for one that does not exist. */
export function makePiece(name: string, argument: string, kit: Kit): Piece {
  if (!Object.hasOwn(placeholders, name))
    throw new TemplateError(
      `there is no placeholder {${name}}; there are key, same, stream, ${Object.keys(placeholders).join(', ')}`,
    )
  return (placeholders[name as keyof typeof placeholders] as Placeholder).make(argument, kit)
}

function named(letter: string): Placeholder['make'] {
  return (argument, { draw: { random }, keys }) => {
    const range = parseRange(argument, { isWhole: true }) ?? { low: 0, high: keys.members - 1 }
    const span = range.high - range.low + 1
    return () => `${letter}${range.low + random.below(span)}`
  }
}

function timeToLive(unitMillis: number): Placeholder['make'] {
  return (_, { draw: { random }, keys }) => {
    const { min_ms, max_ms } = keys.ttl ?? { min_ms: DEFAULT_TTL_MILLIS, max_ms: DEFAULT_TTL_MILLIS }
    const span = Math.min(2 ** 32, max_ms - min_ms + 1)
    return () => String(Math.max(1, Math.round((min_ms + random.below(span)) / unitMillis)))
  }
}

/** RFC 9562, version 4. */
function uuid(uint32: () => number): string {
  const [a, b, c, d] = [uint32(), uint32(), uint32(), uint32()]
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
  const version = (b & 0x0fff) | 0x4000
  const variant = ((c >>> 16) & 0x3fff) | 0x8000
  return `${hex(a, 8)}-${hex(b >>> 16, 4)}-${hex(version, 4)}-${hex(variant, 4)}-${hex(c & 0xffff, 4)}${hex(d, 8)}`
}
