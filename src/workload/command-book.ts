import { exists, hasFlag } from '@ioredis/commands'
import type { CommandBook } from '../model/command-book.ts'
import { createIndexedRandom } from '../model/random.ts'
import { compileCommand } from './compile-command.ts'
import { DANGEROUS, dangerIn, dangerInLua } from './dangerous-commands.ts'
import { createDraw } from './draw.ts'
import { keyTables } from './keys.ts'
import type { Kit } from './placeholders.ts'
import { USUAL_NAMES, usualCommand } from './registry.ts'
import { parseTemplate, TemplateError } from './template.ts'

/** Commands whose second word says what they do; `INFO commandstats` counts those apart. */
const CONTAINERS = new Set(
  'ACL CLIENT CLUSTER COMMAND CONFIG FUNCTION LATENCY MEMORY MODULE OBJECT PUBSUB SCRIPT SLOWLOG XGROUP XINFO'.split(
    ' ',
  ),
)

/** What would change the connection under everybody else's commands, and what to do instead. */
const REFUSED: Readonly<Record<string, string>> = {
  ...sameFor('MULTI EXEC DISCARD WATCH UNWATCH', 'use `transaction:` and `watch:`'),
  ...sameFor(
    'SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE',
    'use `pubsub.subscribers`',
  ),
  ...sameFor(
    'AUTH HELLO SELECT QUIT RESET MONITOR SYNC PSYNC ASKING READONLY READWRITE',
    'it would change the connection',
  ),
}

const SOME_KEYS: Kit['keys'] = {
  prefix: '',
  count: 100,
  distribution: 'uniform',
  zipf_exponent: 1,
  gaussian_deviation: 0.1,
  hot_keys: 0.2,
  hot_share: 0.8,
  members: 100,
  preload: 0,
  ttl: null,
  hash_tags: 0,
  cleanup: true,
}

export const commandBook: CommandBook = {
  names: USUAL_NAMES,
  problemWith(command, { allowDangerous, after }) {
    try {
      const name = firstWord(command)
      const problem = nameProblem(name, command, allowDangerous)
      if (problem !== undefined) return problem
      tryOut(command, after)
      return undefined
    } catch (error) {
      if (error instanceof TemplateError) return error.message
      throw error
    }
  },
  templateOf: (command) => (isBare(command) ? (usualCommand(command)?.template ?? command) : command),
  nameOf,
  isReadOnly: (command) => isReadOnlyCommand(command),
  isBlocking(command) {
    const name = firstWord(command).toLowerCase()
    if (!exists(name) || !hasFlag(name, 'blocking')) return false
    return !/^xread(group)?$/.test(name) || /\sBLOCK\s/i.test(command)
  },
  isDangerous: (command) => dangerIn(command) !== undefined,
  problemWithScript(script) {
    const danger = dangerInLua(script)
    return danger === undefined ? undefined : reachesBeyond(danger)
  },
}

/** `ZADD`, or `XGROUP CREATE` for a command that has subcommands. */
export function nameOf(command: string): string {
  const [first = '', second = ''] = command.trim().split(/\s+/)
  const name = first.toUpperCase()
  return CONTAINERS.has(name) && /^[a-z-]+$/i.test(second) ? `${name} ${second.toUpperCase()}` : name
}

/** What a replica would run as well. */
export function isReadOnlyCommand(command: string): boolean {
  const name = firstWord(command).toLowerCase()
  if (/^(ping|echo|time|publish|spublish)$/.test(name)) return true
  return exists(name) && hasFlag(name, 'readonly')
}

/** Writing commands that only take away, or change what is there. */
const TAKING = new Set(
  (
    'DEL UNLINK GETDEL GETEX EXPIRE PEXPIRE EXPIREAT PEXPIREAT PERSIST LPOP RPOP LMPOP BLPOP BRPOP BLMPOP SPOP SREM HDEL ' +
    'ZREM ZPOPMIN ZPOPMAX BZPOPMIN BZPOPMAX ZMPOP BZMPOP ZREMRANGEBYSCORE ZREMRANGEBYRANK ZREMRANGEBYLEX LTRIM LREM XDEL ' +
    'XTRIM XACK'
  ).split(' '),
)

/** Whether a command may create a key. */
export function isCreating(command: string): boolean {
  return !isReadOnlyCommand(command) && !TAKING.has(firstWord(command).toUpperCase())
}

function nameProblem(name: string, command: string, allowDangerous: boolean): string | undefined {
  const upper = name.toUpperCase()
  const known = exists(name, { caseInsensitive: true })
  if (!known && !/^[a-z][a-z\d]*\.[a-z\d._-]+$/i.test(name)) return `there is no command ${upper}`
  if (Object.hasOwn(REFUSED, upper)) return `${upper} cannot be part of a load: ${REFUSED[upper]}`
  const danger = allowDangerous ? undefined : dangerIn(command)
  if (danger !== undefined) return reachesBeyond(danger)
  if (isBare(command) && usualCommand(upper) === undefined && !hasNoArguments(upper))
    return `${upper} needs its arguments written out, for example "${upper} {key} …"`
  return undefined
}

function reachesBeyond(danger: string): string {
  return `${danger} reaches beyond the keys of the run: --allow-dangerous permits it`
}

/** Commands that are complete without arguments, apart from those with a usual form. */
function hasNoArguments(name: string): boolean {
  return ['DBSIZE', 'INFO', 'LASTSAVE', 'ROLE', 'LOLWUT', 'COMMAND', ...DANGEROUS].includes(name)
}

/** Compiles the command as a load would; `after` is the command that `{same}` refers to. */
function tryOut(command: string, after: string | undefined): void {
  const kit: Kit = {
    draw: createDraw(createIndexedRandom(0)),
    keys: SOME_KEYS,
    isWrite: false,
    space: 'string',
    values: () => ({ nextText: () => '', nextBulk: () => '' }),
    channels: ['c'],
    streams: 1,
    now: () => 0,
    nextMessage: () => '',
    lastKey: undefined,
    keyDraws: 0,
  }
  const tables = keyTables()
  for (const one of after === undefined ? [command] : [after, command])
    compileCommand(parseTemplate(commandBook.templateOf(one)), '', { kit, keyPrefix: '', tables })
}

function firstWord(command: string): string {
  return command.trim().split(/\s+/)[0] ?? ''
}

function isBare(command: string): boolean {
  return !/\s/.test(command.trim())
}

function sameFor(names: string, hint: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, hint]))
}
