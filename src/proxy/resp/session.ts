import type { ToxicValue } from '../../model/toxic.ts'
import type { Outlet } from '../stage.ts'
import type { ActiveToxic } from '../toxic-set.ts'
import { Batch } from './batch.ts'
import { type InjectionState, judgeRequest, type Verdict } from './injections.ts'
import { type ChangedReply, isSubscription, type Pending, type ReplyMode } from './pending.ts'
import { PendingQueue } from './pending-queue.ts'
import { Replies, type Rewriter } from './replies.ts'
import { readRequest, type Request, wordsOf } from './request.ts'
import { createSplitter, type FrameHandler } from './splitter.ts'

export interface SessionContext {
  /** RESP toxics that act on this connection, in order. */
  readonly toxics: () => readonly ActiveToxic[]
  readonly applied: (toxic: ActiveToxic) => void
  /** Replaces addresses in replies. */
  readonly rewriter: Rewriter | undefined
  /** The client switched to RESP3, or asked for maintenance notifications. */
  readonly onCanPush: () => void
}

/** A client that writes and never reads must not make us remember without end. */
const MOST_PENDING = 1_000_000
/** Commands whose replies change how the next ones are read. */
const CHANGES_MODE = new Set(['hello', 'client', 'reset', 'monitor'])
const NOTHING = Buffer.alloc(0)
const dropReply = (): ChangedReply => ({ bytes: NOTHING, action: 'go-on' })

/**
 * Follows the requests and replies of one connection, and does to them what the toxics say. What is not RESP passes as it
 * is, from then on.
 */
export class Session {
  readonly #context: SessionContext
  readonly #mode: ReplyMode = { resp: 2, hasSubscribed: false, isMonitoring: false }
  readonly #state: InjectionState
  readonly #pending = new PendingQueue()
  #isPlain = false
  #hasOptedIn = false
  /** What CLIENT REPLY said. */
  #silence: 'no' | 'next' | 'all' = 'no'
  /** The request that is too long to be kept is not sent. */
  #isDropping = false
  #replies: Replies | undefined
  /** Hands on what was kept of an incomplete request. */
  #flushRequests: () => void = () => {}

  constructor(context: SessionContext) {
    this.#context = context
    this.#state = { isInTransaction: false, bulks: new Map(), applied: context.applied }
  }

  /** The protocol that the client chose; null when it is not RESP. */
  get resp(): 2 | 3 | null {
    return this.#isPlain ? null : this.#mode.resp
  }

  /** The client asked for maintenance notifications. */
  get hasOptedIn(): boolean {
    return this.#hasOptedIn
  }

  /** Stands between the last toxic on the way to the server, and the server. */
  requests(out: Outlet): Outlet {
    const batch = new Batch((chunk) => out.push(chunk))
    const splitter = createSplitter(this.#handleRequests(batch), true)
    this.#flushRequests = () => {
      batch.add(splitter.takeRest())
      batch.flush()
    }
    return {
      push: (chunk) => {
        if (this.#isPlain) {
          out.push(chunk)
          return
        }
        splitter.feed(chunk)
        if (this.#pending.size > MOST_PENDING) this.#becomePlain()
        if (this.#isPlain) this.#flushRequests()
        batch.flush()
        this.#replies?.answerOurs()
      },
      end: (mode) => {
        this.#flushRequests()
        out.end(mode)
      },
    }
  }

  /** Stands between the server and the first toxic on the way to the client. */
  replies(out: Outlet): Outlet {
    const { rewriter } = this.#context
    const onPlain = (): void => this.#becomePlain()
    this.#replies = new Replies({ out, pending: this.#pending, mode: this.#mode, rewriter, onPlain })
    return this.#replies
  }

  /** Sends a push between two replies; false when the client does not speak RESP3. */
  push(items: readonly ToxicValue[]): boolean {
    if (this.resp !== 3 || this.#replies === undefined) return false
    this.#replies.sendPush(items)
    return true
  }

  #handleRequests(batch: Batch): FrameHandler {
    return {
      frame: (bytes) => {
        const request = readRequest(bytes, true)
        for (let times = this.#judge(request); times > 0; times--) batch.add(bytes)
        // What a replica is sent is a stream of another kind.
        if (request.name === 'psync' || request.name === 'sync') this.#becomePlain()
      },
      begin: (head) => {
        this.#isDropping = this.#judge(readRequest(head, false)) === 0
        if (!this.#isDropping) batch.add(head)
      },
      more: (bytes) => {
        if (!this.#isDropping) batch.add(bytes)
      },
      broken: (rest) => {
        this.#becomePlain()
        batch.add(rest)
      },
    }
  }

  #becomePlain(): void {
    if (this.#isPlain) return
    this.#isPlain = true
    this.#pending.clear()
    this.#flushRequests()
    this.#replies?.becomePlain()
  }

  /** How often the request is sent to the server: 0 when we answer it ourselves. */
  #judge(request: Request): 0 | 1 | 2 {
    if (this.#isPlain) return 1
    const { name } = request
    const verdict = judgeRequest(request, this.#context.toxics(), this.#state)
    this.#expect(request, this.#countReplies(request), verdict)
    if (name === 'multi') this.#state.isInTransaction = true
    if (name === 'exec' || name === 'discard') this.#state.isInTransaction = false
    if (verdict.answer !== undefined) return 0
    return verdict.isDuplicated === true ? 2 : 1
  }

  /** How many replies the server will send. */
  #countReplies(request: Request): number {
    const { name, next, words } = request
    if (name === 'client' && next === 'reply') {
      const to = wordsOf(request)[2]?.toLowerCase()
      this.#silence = to === 'off' ? 'all' : to === 'skip' ? 'next' : 'no'
      return to === 'off' || to === 'skip' ? 0 : 1
    }
    if (this.#silence === 'all') return 0
    if (this.#silence === 'next') {
      this.#silence = 'no'
      return 0
    }
    if (!isSubscription(name)) return words === 0 ? 0 : 1
    this.#mode.hasSubscribed = true
    return Math.max(1, words - 1)
  }

  #expect(request: Request, left: number, { answer, isDuplicated, change }: Verdict): void {
    if (left === 0) return
    const { name, next } = request
    const onReply = this.#noteReply(request)
    // What we answer ourselves is one answer, also for several channels.
    this.#pending.add({ name, next, left: answer === undefined ? left : 1, answer, change, onReply })
    if (isDuplicated === true)
      this.#pending.add({ name, next, left, answer, change: dropReply, onReply: undefined })
  }

  /** What a reply changes in how we read the next ones. */
  #noteReply(request: Request): Pending['onReply'] {
    const { name, next } = request
    if (!CHANGES_MODE.has(name)) return undefined
    const mode = this.#mode
    const after =
      (change: () => void): Pending['onReply'] =>
      (isError) => {
        if (!isError) change()
      }
    if (name === 'reset') return after(() => Object.assign(mode, { resp: 2, hasSubscribed: false }))
    if (name === 'monitor') return after(() => (mode.isMonitoring = true))
    if (name === 'hello' && next !== '') {
      return after(() => {
        mode.resp = next === '3' ? 3 : 2
        this.#context.onCanPush()
      })
    }
    if (name === 'client' && next === 'maint_notifications') {
      const isOn = wordsOf(request)[2]?.toLowerCase() === 'on'
      return after(() => {
        this.#hasOptedIn = isOn
        this.#context.onCanPush()
      })
    }
    return undefined
  }
}
