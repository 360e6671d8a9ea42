import type { ActiveToxic } from '../toxic-set.ts'
import type { ChangedReply } from './pending.ts'
import type { Request } from './request.ts'
import { encodeError } from './value.ts'

/** What is done with one request. */
export interface Verdict {
  /** Instead of asking the server. */
  answer?: Buffer
  /** It is sent twice, and its second reply dropped. */
  isDuplicated?: boolean
  change?: (head: Buffer) => ChangedReply | undefined
}

/** What the toxics remember of one connection. */
export interface InjectionState {
  /** A transaction is being queued: nothing in it may be sent twice, because EXEC answers for all of it. */
  isInTransaction: boolean
  /** Bulk strings that went by, by toxic. */
  readonly bulks: Map<ActiveToxic, number>
  applied(toxic: ActiveToxic): void
}

/** How a connection is made and how a client learns of nodes: left alone, unless a toxic names them. */
const SETUP = new Set(
  'hello auth client select info readonly readwrite command cluster sentinel ping echo quit reset asking'.split(
    ' ',
  ),
)

/** What changes data, for `resp_duplicate` without commands. */
const WRITES = new Set(
  (
    'append bitfield bitop copy decr decrby del expire expireat fcall flushall flushdb geoadd getdel getex getset hdel hincrby ' +
    'hincrbyfloat hmset hset hsetnx incr incrby incrbyfloat linsert lmove lpop lpush lpushx lrem lset ltrim mset msetnx ' +
    'persist pexpire pexpireat pfadd pfmerge psetex publish rename renamenx restore rpop rpoplpush rpush rpushx sadd ' +
    'sdiffstore set setbit setex setnx setrange sinterstore smove spop spublish srem sunionstore touch unlink xack xadd ' +
    'xautoclaim xclaim xdel xgroup xtrim zadd zdiffstore zincrby zinterstore zpopmax zpopmin zrangestore zrem ' +
    'zremrangebylex zremrangebyrank zremrangebyscore zunionstore eval evalsha'
  ).split(' '),
)

const UNTOUCHED: Verdict = Object.freeze({})
const OK = Buffer.from('+OK\r\n')

/** Asks every toxic that acts on this connection, in their order; the first that answers is the last one asked. */
export function judgeRequest(
  request: Request,
  toxics: readonly ActiveToxic[],
  state: InjectionState,
): Verdict {
  if (toxics.length === 0) return UNTOUCHED
  const verdict: Verdict = {}
  for (const toxic of toxics) {
    if (verdict.answer !== undefined) break
    JUDGES[toxic.type]?.(toxic, request, state, verdict)
  }
  return verdict
}

type Judge = (toxic: ActiveToxic, request: Request, state: InjectionState, verdict: Verdict) => void

const JUDGES: Readonly<Record<string, Judge>> = {
  resp_maint_notifications(toxic, request, state, verdict) {
    if (request.name !== 'client' || request.next !== 'maint_notifications') return
    state.applied(toxic)
    verdict.answer = OK
  },
  resp_error(toxic, request, state, verdict) {
    if (!pick(toxic, request, state)) return
    verdict.answer = encodeError(String(toxic.attributes['error']))
  },
  resp_duplicate(toxic, request, state, verdict) {
    if (state.isInTransaction || !request.isComplete || verdict.isDuplicated === true) return
    verdict.isDuplicated = pick(toxic, request, state, WRITES)
  },
  resp_garbage(toxic, request, state, verdict) {
    if (!pick(toxic, request, state)) return
    verdict.change = () => ({ bytes: garbage(toxic), action: 'go-on' })
  },
  resp_drop_reply(toxic, request, state, verdict) {
    if (!pick(toxic, request, state)) return
    verdict.change = () => ({
      bytes: Buffer.alloc(0),
      action: toxic.attributes['action'] as 'close' | 'reset' | 'hold',
    })
  },
  resp_cut(toxic, request, state, verdict) {
    if (!names(toxic, request)) return
    verdict.change = (head) => cut(toxic, head, state)
  },
}

function names({ attributes }: ActiveToxic, request: Request, otherwise?: ReadonlySet<string>): boolean {
  const commands = attributes['commands'] as readonly string[]
  if (commands.length === 0) return otherwise?.has(request.name) ?? !SETUP.has(request.name)
  const { name, next } = request
  return commands.some((command) => {
    const wanted = command.trim().toLowerCase()
    return wanted === name || wanted === `${name} ${next}`
  })
}

/** Whether a toxic takes this command: by name, by chance, and while it has not taken enough. */
function pick(
  toxic: ActiveToxic,
  request: Request,
  state: InjectionState,
  otherwise?: ReadonlySet<string>,
): boolean {
  return names(toxic, request, otherwise) && take(toxic, state)
}

function take(toxic: ActiveToxic, state: InjectionState): boolean {
  const { count, probability = toxic.attributes['share'] } = toxic.attributes
  if (Number(count) > 0 && toxic.picked >= Number(count)) return false
  if (toxic.random.next() >= Number(probability)) return false
  toxic.picked++
  state.applied(toxic)
  return true
}

/** Bytes that no parser takes for RESP: the first is not a type. */
function garbage({ attributes, random }: ActiveToxic): Buffer {
  const bytes = Buffer.alloc(Math.min(Math.max(1, Number(attributes['bytes'])), 65_536))
  for (let index = 0; index < bytes.length; index++) bytes[index] = random.below(256)
  bytes[0] = 0x80 + random.below(128)
  return bytes
}

/** The reply up to the middle of the bulk string in question, when that is in it. */
function cut(toxic: ActiveToxic, head: Buffer, state: InjectionState): ChangedReply | undefined {
  const seen = state.bulks.get(toxic) ?? 0
  const wanted = Math.max(1, Number(toxic.attributes['bulk'])) - seen
  const found = findBulk(head, wanted)
  state.bulks.set(toxic, seen + found.count)
  if (found.length === 0 || !take(toxic, state)) return undefined
  const inside = Math.min(Math.max(0, Number(toxic.attributes['bytes'])), found.length - 1)
  return {
    bytes: head.subarray(0, found.start + inside),
    action: toxic.attributes['action'] as 'close' | 'reset',
  }
}

interface FoundBulk {
  readonly start: number
  /** 0 when it was not found. */
  readonly length: number
  /** How many were passed. */
  readonly count: number
}

/** The n-th bulk string that is not empty, from the beginning of a value. */
function findBulk(bytes: Buffer, wanted: number): FoundBulk {
  let count = 0
  for (let at = 0; at < bytes.length;) {
    const lineEnd = bytes.indexOf(0x0a, at)
    if (lineEnd === -1) break
    const length = '$!='.includes(String.fromCharCode(bytes[at]!))
      ? Number(bytes.toString('latin1', at + 1, lineEnd - 1))
      : -1
    const start = lineEnd + 1
    if (length > 0 && ++count === wanted) return { start, length, count }
    at = length >= 0 ? start + length + 2 : start
  }
  return { start: 0, length: 0, count }
}
