import type { Batch, Call, CallListener, CallTracker, FollowUp, ReplyReader } from '../model/call.ts'
import { errorCodeIndex } from '../model/error-codes.ts'
import { FAILED, INDETERMINATE, OK, type Outcome } from '../model/outcome.ts'
import { classifyError, isReplyError } from './classify-error.ts'
import type { CommandOwner } from './command-owner.ts'
import type { WireCommand } from './ioredis-internals.ts'

const MOVED = errorCodeIndex('MOVED')
const ASK = errorCodeIndex('ASK')
const NO_ARGUMENTS: readonly never[] = []
const UNEXPECTED = errorCodeIndex('unexpected_reply')

/**
 * A reusable command: no Promise, no closures, the request text prebuilt. ioredis treats it as one of its own, so its
 * queueing, reconnection, RESP3 and TLS handling stay as they are; what it does to the command arrives at
 * {@link resolve} or {@link reject}, exactly once for each send.
 */
export class MeasuredCommand implements Call, WireCommand {
  name = ''
  wire = ''
  series = 0
  phase = 0
  dueAt = 0
  sentAt = 0
  batch: Batch | null = null
  abandoned = false
  nil = false
  draw = 0
  key = 0
  ordinal = 0
  keyArgument = 0
  node = -1
  slot = -1
  isFollower = false
  reader: ReplyReader | null = null
  tracker: CallTracker | null = null
  followUp: FollowUp | null = null
  previous: Call | null = null
  following: Call | null = null

  readonly args = NO_ARGUMENTS
  readonly promise = undefined
  readonly callback = undefined
  readonly ignore = false
  readonly isTraced = true
  isResolved = false
  isSettled = false
  inTransaction = false
  pipelineIndex: number | undefined = undefined

  readonly connection: CommandOwner
  /** ioredis holds the command: it was sent, and neither answered nor rejected yet. */
  isHeld = false
  /** How often its request was written; more than once means that ioredis sent it again. */
  writes = 0
  /** Inside MULTI: the code of the error that queueing it gave, or 0. */
  queueingCode = 0
  readonly #listener: CallListener

  constructor(connection: CommandOwner, listener: CallListener) {
    this.connection = connection
    this.#listener = listener
  }

  /** Makes it ready to be used again. */
  clear(): void {
    this.batch = null
    this.wire = ''
    this.abandoned = false
    this.inTransaction = false
    this.pipelineIndex = undefined
    this.node = -1
    this.slot = -1
  }

  setReplyContext(): void {}

  toWritable(): string {
    if (++this.writes > 1) this.connection.countResend()
    return this.wire
  }

  resolve(reply: unknown): void {
    if (!this.isHeld) {
      this.connection.countUnexpected()
      return
    }
    if (this.inTransaction) return
    this.answer(reply)
  }

  reject(error: Error): void {
    if (!this.isHeld) {
      this.connection.countUnexpected()
      return
    }
    const code = classifyError(error)
    const answered = isReplyError(error)
    if (answered) this.connection.lastReplyAt = this.connection.clock.now()
    else if (this.writes > 0) this.connection.noteLost(this)
    if (this.inTransaction) {
      this.queueingCode = code
      if (code === MOVED || code === ASK) this.connection.noteElsewhere()
    } else this.settle(outcomeOf(answered, this.writes), code)
  }

  /** A reply that is not an error. */
  answer(reply: unknown): void {
    this.nil = reply === null
    if (this.reader !== null && !this.abandoned && !this.#isRead(reply, this.reader))
      this.settle(INDETERMINATE, UNEXPECTED)
    else this.settle(OK, 0)
  }

  /** `false` when the server answered with something that cannot be an answer to this command. */
  #isRead(reply: unknown, reader: ReplyReader): boolean {
    try {
      reader.read(reply, this)
      return true
    } catch {
      this.followUp = null
      return false
    }
  }

  /** Tells the listener, or only counts the answer when the deadline had settled the command before. */
  settle(outcome: Outcome, code: number): void {
    this.isHeld = false
    this.connection.held--
    if (this.abandoned) this.#listener.settledLate(this, outcome !== OK)
    else this.#listener.settled(this, outcome, code)
  }
}

/**
 * An error reply means that the command had no effect, unless it was written before (preset `as-app`): that copy may have
 * run. A lost answer means nothing unless the command was never written.
 */
export function outcomeOf(answered: boolean, writes: number): Outcome {
  return writes > (answered ? 1 : 0) ? INDETERMINATE : FAILED
}
