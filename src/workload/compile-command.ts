import { exists, getKeyIndexes } from '@ioredis/commands'
import { bulkString, type KeyRange, type KeyTable } from './keys.ts'
import { keyDraw, type KeySite, keySiteOf, type Kit, makePiece, type Piece } from './placeholders.ts'
import { type Part, type PlaceholderPart, type Template, TemplateError } from './template.ts'

/** Keys of a command: a range, a single one, or `undefined` when their names cannot be listed. */
export type NamedKeys = KeyRange | string | undefined

/** A command that can be sent again and again. */
export interface CompiledCommand {
  /** As `INFO commandstats` spells it: `zadd`, `xgroup|create`. */
  readonly name: string
  /** The complete request for the next keys and values, in RESP, one character for each byte. */
  readonly next: () => string
  readonly keys: readonly NamedKeys[]
  /** Which argument is the first key (the name of the command is argument 0); 0: none. */
  readonly keyArgument: number
}

export interface CompileContext {
  readonly kit: Kit
  /** What every key begins with. */
  readonly keyPrefix: string
  readonly tables: (range: KeyRange) => KeyTable
  /** Gives whoever wants to hear the index of each key that is drawn. */
  readonly onKey?: ((keys: KeyRange | string) => ((index: number) => void) | undefined) | undefined
}

/** Either text that is always the same, or something that makes a RESP bulk string. */
type Argument = string | (() => string)

/** Turns a template into a function that makes requests. Throws a `TemplateError`. */
export function compileCommand(template: Template, name: string, context: CompileContext): CompiledCommand {
  const keys: NamedKeys[] = []
  const positions = keyPositions(template)
  const parts = template.map((argument, index): Argument => {
    if (positions.has(index)) return keyArgument(argument, context, keys)
    return plainArgument(argument, context.kit)
  })
  // A channel has its place among the keys for its name only: any node of a Cluster takes it.
  const firstKey = /^publish$/i.test(name) || positions.size === 0 ? 0 : Math.min(...positions)
  return { name, next: joined([`*${template.length}\r\n`, ...parts]), keys, keyArgument: firstKey }
}

/** Which arguments are keys. */
function keyPositions(template: Template): ReadonlySet<number> {
  const [name = '', ...args] = template.map((argument) =>
    argument.map((part) => ('text' in part ? part.text : '0')).join(''),
  )
  if (/^publish$/i.test(name)) return new Set([1])
  if (!exists(name.toLowerCase())) return moduleKeys(template)
  checkKeyCount(template)
  return new Set(getKeyIndexes(name.toLowerCase(), args).map((index) => index + 1))
}

/** The key of a command that is not known (one of a module) is its first argument, and whatever else names a key. */
function moduleKeys(template: Template): ReadonlySet<number> {
  const positions = [...template.keys()].filter((index) => {
    const namesKey = template[index]!.some(
      (part) => 'placeholder' in part && ['key', 'same', 'stream'].includes(part.placeholder),
    )
    return index === 1 || (index > 1 && namesKey)
  })
  return new Set(positions)
}

/** Where a command says how many keys follow: only a number that is written out says which arguments they are. */
const KEY_COUNT_AT: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'ZUNION ZINTER ZDIFF ZINTERCARD SINTERCARD LMPOP ZMPOP'.split(' ').map((name) => [name, 1]),
  ),
  ...Object.fromEntries(
    'EVAL EVALSHA EVAL_RO EVALSHA_RO FCALL FCALL_RO ZUNIONSTORE ZINTERSTORE ZDIFFSTORE BLMPOP BZMPOP'
      .split(' ')
      .map((name) => [name, 2]),
  ),
}

function checkKeyCount(template: Template): void {
  const name = template[0]!
    .map((part) => ('text' in part ? part.text : ''))
    .join('')
    .toUpperCase()
  const at = KEY_COUNT_AT[name]
  const argument = at === undefined ? undefined : template[at]
  if (at === undefined || argument === undefined) return
  const [part] = argument
  const count = part !== undefined && argument.length === 1 && 'text' in part ? Number(part.text) : Number.NaN
  if (!Number.isInteger(count) || count < 0 || count > template.length - at - 1)
    throw new TemplateError(`${name}: argument ${at} is the number of keys, written out, and as many follow`)
}

/** A key gets the prefix of the run, so that a run has no other keys than its own. */
function keyArgument(argument: readonly Part[], context: CompileContext, keys: NamedKeys[]): Argument {
  const { kit, keyPrefix, tables } = context
  const placeholders = argument.filter((part) => 'placeholder' in part)
  const [only] = placeholders
  if (only === undefined) {
    const key = `${keyPrefix}:${textOf(argument)}`
    keys.push(key)
    const hear = context.onKey?.(key)
    const bulk = bulkString(key)
    if (hear === undefined) return bulk
    return () => {
      hear(0)
      return bulk
    }
  }
  const site = placeholders.length === 1 ? keySiteOf(only, kit) : undefined
  if (site !== undefined) {
    const at = argument.indexOf(only)
    const range = rangeOf(
      site,
      { before: textOf(argument.slice(0, at)), after: textOf(argument.slice(at + 1)) },
      context,
    )
    keys.push(range)
    const draw = keyDraw(only.placeholder, range, kit)
    const table = tables(range)
    const hear = context.onKey?.(range)
    if (hear === undefined) return () => table.bulkAt(draw())
    return () => {
      const index = draw()
      hear(index)
      return table.bulkAt(index)
    }
  }
  // A channel has the prefix of the run already.
  if (placeholders.some(({ placeholder }) => placeholder === 'channel')) return plainArgument(argument, kit)
  keys.push(undefined)
  return plainArgument(argument, kit, `${keyPrefix}:`)
}

/** A bare {key} says by a letter of which type it is; with text around it, the text does. A bare {same} is the same key. */
function rangeOf(
  site: KeySite,
  around: { before: string; after: string },
  { kit, keyPrefix }: CompileContext,
): KeyRange {
  const isBare = around.before === '' && around.after === ''
  if (isBare && site.isSame && kit.lastKey !== undefined) return kit.lastKey
  return {
    before: `${keyPrefix}:${isBare ? site.name : around.before}`,
    after: around.after,
    count: site.count,
    // Of a few keys, each with a tag of its own, none would be where another one is.
    ...(kit.keys.hash_tags > 0 && site.isTagged
      ? { tags: site.count < kit.keys.hash_tags ? 1 : kit.keys.hash_tags }
      : {}),
  }
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => ('text' in part ? part.text : '')).join('')
}

/** An argument of any number of pieces. A key that is named here is only its number. */
function plainArgument(argument: readonly Part[], kit: Kit, before = ''): Argument {
  const [only] = argument
  if (only !== undefined && argument.length === 1 && before === '' && isPlainValue(only)) {
    const values = kit.values(kit.draw)
    return () => values.nextBulk()
  }
  const pieces = argument.map((part): string | Piece => ('text' in part ? part.text : pieceOf(part, kit)))
  if (pieces.every((piece) => typeof piece === 'string')) return bulkString(before + pieces.join(''))
  const next = joined([before, ...pieces])
  return () => {
    const text = next()
    return `$${text.length}\r\n${text}\r\n`
  }
}

function isPlainValue(part: Part): boolean {
  return 'placeholder' in part && part.placeholder === 'value' && part.argument === ''
}

function pieceOf(part: PlaceholderPart, kit: Kit): Piece {
  const site = keySiteOf(part, kit)
  if (site === undefined) return makePiece(part.placeholder, part.argument, kit)
  const draw = keyDraw(part.placeholder, { before: site.name, after: '', count: site.count }, kit)
  return () => String(draw())
}

/** Neighbouring texts become one; the few shapes that nearly all commands have get a function without a loop. */
function joined(parts: readonly (string | (() => string))[]): () => string {
  const texts: string[] = ['']
  const makers: (() => string)[] = []
  for (const part of parts) {
    if (typeof part === 'string') texts[texts.length - 1] += part
    else {
      makers.push(part)
      texts.push('')
    }
  }
  const flat = texts.map((text) => Buffer.from(text, 'latin1').toString('latin1'))
  const [head = '', middle = '', tail = ''] = flat
  const [first, second] = makers
  if (first === undefined) return () => head
  if (second === undefined) return middle === '' ? () => head + first() : () => head + first() + middle
  if (makers.length === 2 && middle === '' && tail === '') return () => head + first() + second()
  return () => {
    let text = head
    for (let index = 0; index < makers.length; index++) text += makers[index]!() + flat[index + 1]!
    return text
  }
}
