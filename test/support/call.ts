import type {
  Batch,
  Call,
  CallListener,
  CallTracker,
  Connection,
  FollowUp,
  ReplyReader,
  Unit,
  Workload,
} from '../../src/model/call.ts'
import { FAILED, OK, type Outcome } from '../../src/model/outcome.ts'

/** A connection without a client: what is sent waits in `sent` until the test answers it. */
export class FakeConnection implements Connection {
  readonly index: number
  isReady = true
  isRenewing = false
  lastReplyAt = 0
  held = 0
  /** Commands that were sent and not answered, oldest first. */
  readonly sent: FakeCall[] = []
  /** Reject at once what is sent, as a client without a connection does. */
  rejectsWith: number | undefined
  readonly #listener: () => CallListener
  readonly #free: FakeCall[] = []

  constructor(index: number, listener: () => CallListener) {
    this.index = index
    this.#listener = listener
  }

  take(): Call {
    return this.#free.pop() ?? new FakeCall(this)
  }

  give(call: Call): void {
    call.abandoned = false
    call.batch = null
    this.#free.push(call as FakeCall)
  }

  send(call: Call): void {
    this.held++
    this.sent.push(call as FakeCall)
    if (this.rejectsWith !== undefined) this.settle(call as FakeCall, FAILED, this.rejectsWith)
  }

  sendBatch(batch: Batch): void {
    for (const call of batch.calls.slice()) this.send(call)
  }

  /** Answers the oldest outstanding command. */
  answer(outcome: Outcome = OK, code = 0): void {
    const [call] = this.sent
    if (call === undefined) throw new Error('nothing to answer')
    this.settle(call, outcome, code)
  }

  answerAll(outcome: Outcome = OK, code = 0): void {
    while (this.sent.length > 0) this.answer(outcome, code)
  }

  settle(call: FakeCall, outcome: Outcome, code: number): void {
    this.sent.splice(this.sent.indexOf(call), 1)
    this.held--
    if (call.abandoned) this.#listener().settledLate(call, outcome !== OK)
    else this.#listener().settled(call, outcome, code)
  }
}

export class FakeCall implements Call {
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
  writes = 1
  followUp: FollowUp | null = null
  previous: Call | null = null
  following: Call | null = null
  readonly connection: FakeConnection

  constructor(connection: FakeConnection) {
    this.connection = connection
  }
}

/** Units of one kind, all of the first series. */
export function fakeWorkload(
  unit: Unit = { kind: 'single', size: 1, series: -1 },
): Workload & { filled: number; followUps: (FollowUp | null)[] } {
  return {
    filled: 0,
    followUps: [],
    nextUnit: () => unit,
    fill(call) {
      this.filled++
      call.name = 'get'
      call.wire = 'PING'
      call.series = 0
      call.followUp = this.followUps.shift() ?? null
    },
    follow() {},
  }
}
