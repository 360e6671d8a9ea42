import type { Call, Workload } from '../model/call.ts'
import type { RunPlan } from '../model/plan.ts'
import { plannedConnections } from '../model/planned-connections.ts'
import { parseValueSizes } from '../model/value-sizes.ts'
import { buildWorkloads } from '../workload/build-workload.ts'
import { isReadOnlyCommand } from '../workload/command-book.ts'
import { createMessages } from '../workload/messages.ts'
import { isReadOnly } from '../workload/written-keys.ts'
import { type KeysOutline, meanBytes, outlineKeys } from './outline-keys.ts'
import { auditListsOf, commandsPerUnit, workloadSpecOf } from './run-plan-parts.ts'

/** Everything that a dry run asks of a workload: this file and `outline-keys.ts` alone know how workloads are made. */
export interface WorkloadOutline extends KeysOutline {
  /** One request for each command, as its arguments; long ones are cut. */
  readonly examples: readonly Example[]
  readonly readOnly: boolean
  /** Means of one command. */
  readonly requestBytes: number
  readonly replyBytes: number
  /** Some replies are larger than they are counted here: of ranges and whole collections. */
  readonly hasLongReplies: boolean
  /** Connections that the load opens. */
  readonly connections: number
}

export type Example = readonly [string, ...string[]]

const DRAWS = 2000
const LONGEST_ARGUMENT = 256

/** In RESP: `+OK`, `:12`, an entry id. */
const SHORT_REPLY_BYTES = 5
const OTHER_REPLIES: Readonly<Record<string, number>> = { ping: 7, xadd: 21, time: 34 }
/** Commands that answer with a value, when they hit. */
const ONE_VALUE = new Set(
  'get getex getdel getset hget lindex echo lpop rpop lmove blpop brpop blmove'.split(' '),
)
/** With one for each of the arguments after these. */
const VALUES_AFTER: Readonly<Record<string, number>> = { mget: 1, hmget: 2 }
/** Commands that only read, and answer with a number or a word. */
const SHORT_READS = new Set(
  (
    'exists ttl pttl strlen type touch llen hlen scard zcard xlen hexists sismember zscore zrank zrevrank zcount getbit ' +
    'bitcount bitpos pfcount geodist dbsize publish spublish'
  ).split(' '),
)

/** Draws commands as the load would, and sends none of them. */
export function outlineWorkload(plan: RunPlan): WorkloadOutline {
  const { shared, own } = buildWorkloads(
    workloadSpecOf(plan),
    { thread: 0, threads: 1 },
    { now: () => 0, nextMessage: createMessages(() => Date.now()), readerOf: () => null },
  )
  const valueBytes = meanBytes(parseValueSizes(plan.values.size) ?? [])
  const examples = new Map<string, Example>()
  let commands = 0
  let requestBytes = 0
  let replyBytes = 0
  let hasLongReplies = false
  for (const workload of [...(shared === undefined ? [] : [shared]), ...own.values()]) {
    // What has connections of its own is not part of the rate.
    const isCounted = workload === shared || shared === undefined
    for (let draw = 0; draw < DRAWS; draw++)
      for (const { name, wire, isCertain } of unitOf(workload)) {
        const example = examples.get(name) ?? argumentsOf(wire)
        examples.set(name, example)
        if (!isCounted || !isCertain) continue
        commands++
        requestBytes += wire.length
        const reply = replyBytesOf(name, example.length, valueBytes)
        hasLongReplies ||= reply === undefined
        replyBytes += reply ?? SHORT_REPLY_BYTES
      }
  }
  for (const audit of auditWrites(plan)) examples.set('rpush', audit)
  return {
    ...outlineKeys(plan),
    examples: [...examples.values()],
    readOnly: isReadOnly(plan) && plan.keys.preload === 0,
    ...withAuditWrites(plan, requestBytes / commands, replyBytes / commands),
    hasLongReplies,
    connections: plannedConnections(plan),
  }
}

/** What an audit write looks like; none where there are none. */
function auditWrites(plan: RunPlan): Example[] {
  return plan.acked_writes.share === 0 ? [] : [['RPUSH', auditListsOf(plan).keyOf(0, 0, 0), '1000']]
}

/** Means of all commands from those of the others. */
function withAuditWrites(
  plan: RunPlan,
  requestBytes: number,
  replyBytes: number,
): Pick<WorkloadOutline, 'requestBytes' | 'replyBytes'> {
  const [audit] = auditWrites(plan)
  if (audit === undefined) return { requestBytes, replyBytes }
  // So many of a hundred units are audit writes; the others may be batches.
  const share = plan.acked_writes.share / commandsPerUnit(plan)
  return {
    requestBytes: share * requestBytesOf(audit) + (1 - share) * requestBytes,
    replyBytes: share * SHORT_REPLY_BYTES + (1 - share) * replyBytes,
  }
}

function requestBytesOf(example: Example): number {
  return example.reduce((sum, { length }) => sum + `$${length}\r\n\r\n`.length + length, 4)
}

interface Drawn {
  /** Lower-case, as `INFO commandstats` spells it. */
  readonly name: string
  readonly wire: string
  /** Not only sent when a key is missing. */
  readonly isCertain: boolean
}

/** The commands of the next unit, and of what may follow on it. */
function* unitOf(workload: Workload): Generator<Drawn> {
  let unit = workload.nextUnit()
  let isCertain = true
  for (;;) {
    let call: Call | undefined
    for (let command = 0; command < unit.size; command++) {
      call = nextOf(workload)
      yield { name: call.name, wire: call.wire, isCertain }
    }
    const followUp = call?.followUp ?? null
    if (call === undefined || followUp === null) return
    isCertain &&= followUp.on === 'ok'
    workload.follow(followUp, call)
    unit = followUp.unit
  }
}

function nextOf(
  workload: Workload,
  call = { name: '', wire: '', followUp: null, draw: 0, key: 0, connection: { index: 0 } } as Call,
): Call {
  workload.fill(call)
  return call
}

/** `undefined` when nobody knows. */
function replyBytesOf(command: string, length: number, valueBytes: number): number | undefined {
  const bulk = `$${Math.round(valueBytes)}\r\n\r\n`.length + valueBytes
  if (ONE_VALUE.has(command)) return bulk
  const before = VALUES_AFTER[command]
  if (before !== undefined) return `*${length - before}\r\n`.length + (length - before) * bulk
  const isShort = !isReadOnlyCommand(command.split('|')[0]!) || SHORT_READS.has(command)
  return OTHER_REPLIES[command] ?? (isShort ? SHORT_REPLY_BYTES : undefined)
}

/** The arguments of a request in RESP, one character for each byte. */
function argumentsOf(wire: string): Example {
  const found: string[] = []
  let at = wire.indexOf('\r\n') + 2
  while (at < wire.length) {
    const start = wire.indexOf('\r\n', at) + 2
    const length = Number(wire.slice(at + 1, start - 2))
    found.push(wire.slice(start, start + Math.min(length, LONGEST_ARGUMENT)))
    at = start + length + 2
  }
  return found as unknown as Example
}
