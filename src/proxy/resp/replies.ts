import type { ToxicValue } from '../../model/toxic.ts'
import type { EndMode, Outlet } from '../stage.ts'
import { Batch } from './batch.ts'
import { answersRequest, type ChangedReply, isError, type Pending, type ReplyMode } from './pending.ts'
import type { PendingQueue } from './pending-queue.ts'
import { createSplitter, type Splitter } from './splitter.ts'
import { encodePush } from './value.ts'

/** Replaces addresses in what a server says. */
export interface Rewriter {
  /** `of` is the request that this answers; undefined for what comes of its own accord. */
  rewrite(
    frame: Buffer,
    of: { readonly name: string; readonly next: string } | undefined,
  ): Buffer | Promise<Buffer>
}

export interface RepliesOptions {
  readonly out: Outlet
  readonly pending: PendingQueue
  readonly mode: ReplyMode
  readonly rewriter: Rewriter | undefined
  /** What the server says is not RESP. */
  readonly onPlain: () => void
}

/** A client that takes nothing must not make us remember without end. */
const MOST_WAITING_PUSHES = 1000

/** The replies of one connection, each to its request; pushes and answers of ours come in between, never inside one. */
export class Replies implements Outlet {
  readonly #options: RepliesOptions
  readonly #splitter: Splitter
  readonly #batch: Batch
  #isPlain = false
  /** The client gets nothing more. */
  #isMuted = false
  /** A reply too long to be kept is under way. */
  #isMidFrame = false
  #isDropping = false
  /** Its first bytes. */
  #longHead = Buffer.alloc(0)
  /** What is to be done once an address is known; undefined when nothing has to wait. */
  #tasks: (() => void)[] | undefined
  #pushes: Buffer[] = []

  constructor(options: RepliesOptions) {
    this.#options = options
    this.#batch = new Batch((chunk) => {
      if (!this.#isMuted) options.out.push(chunk)
    })
    this.#splitter = createSplitter(
      {
        frame: (bytes) => {
          if (this.#tasks === undefined) this.#frame(bytes)
          else this.#tasks.push(() => this.#frame(bytes))
        },
        begin: (head) => this.#inOrder(() => this.#begin(head)),
        more: (bytes, isLast) => this.#inOrder(() => this.#more(bytes, isLast)),
        broken: (rest) =>
          this.#inOrder(() => {
            if (!this.#isPlain) options.onPlain()
            this.#batch.add(rest)
          }),
      },
      false,
    )
  }

  push(chunk: Buffer): void {
    this.#inOrder(() => {
      if (this.#isPlain) this.#batch.add(chunk)
      else this.#splitter.feed(chunk)
    })
    this.#batch.flush()
  }

  end(mode: EndMode): void {
    this.#inOrder(() => {
      this.#batch.add(this.#splitter.takeRest())
      this.#batch.flush()
      this.#options.out.end(mode)
    })
  }

  /** From now on everything passes as it is. */
  becomePlain(): void {
    this.#isPlain = true
    this.#batch.add(this.#splitter.takeRest())
    this.#batch.flush()
  }

  /** Gives the answers of ours whose turn it is. */
  answerOurs(): void {
    if (this.#isMidFrame || this.#tasks !== undefined) return
    this.#addAnswers()
    this.#batch.flush()
  }

  /** Sends a push as soon as no reply is under way. */
  sendPush(items: readonly ToxicValue[]): void {
    if (this.#pushes.length < MOST_WAITING_PUSHES) this.#pushes.push(encodePush(items))
    if (!this.#isMidFrame && this.#tasks === undefined) this.#sendPushes()
    this.#batch.flush()
  }

  #inOrder(task: () => void): void {
    if (this.#tasks === undefined) task()
    else this.#tasks.push(task)
  }

  #frame(bytes: Buffer): void {
    const { pending, mode, rewriter } = this.#options
    const { oldest } = pending
    const isAnswer = !this.#isPlain && answersRequest(bytes, oldest, mode)
    const changed = isAnswer ? oldest?.change?.(bytes) : undefined
    const settled = isAnswer ? oldest : undefined
    if (changed !== undefined) {
      this.#emitChanged(changed)
      this.#settle(settled, bytes)
      return
    }
    const rewritten = this.#isPlain ? bytes : (rewriter?.rewrite(bytes, settled) ?? bytes)
    if (Buffer.isBuffer(rewritten)) {
      this.#batch.add(rewritten)
      this.#settle(settled, bytes)
      return
    }
    this.#tasks = []
    void rewritten.then((known) => {
      this.#batch.add(known)
      const tasks = this.#tasks ?? []
      this.#tasks = undefined
      this.#settle(settled, bytes)
      // One of them may have to wait in its turn; those after it stay behind it.
      for (const task of tasks) this.#inOrder(task)
      this.#batch.flush()
    })
  }

  #begin(head: Buffer): void {
    const { pending, mode } = this.#options
    this.#isMidFrame = true
    this.#isDropping = false
    const changed = answersRequest(head, pending.oldest, mode) ? pending.oldest?.change?.(head) : undefined
    if (changed === undefined) this.#batch.add(head)
    else {
      this.#isDropping = true
      this.#emitChanged(changed)
    }
    this.#longHead = Buffer.from(head.subarray(0, 256))
  }

  #more(bytes: Buffer, isLast: boolean): void {
    if (!this.#isDropping) this.#batch.add(bytes)
    if (!isLast) return
    this.#isMidFrame = false
    const { pending, mode } = this.#options
    const isAnswer = answersRequest(this.#longHead, pending.oldest, mode)
    this.#settle(isAnswer ? pending.oldest : undefined, this.#longHead)
  }

  #emitChanged({ bytes, action }: ChangedReply): void {
    this.#batch.add(bytes)
    this.#batch.flush()
    if (action === 'go-on') return
    this.#isMuted = true
    if (action !== 'hold') this.#options.out.end(action)
  }

  /** A reply is over: what waited for that comes now. */
  #settle(answered: Pending | undefined, head: Buffer): void {
    if (answered !== undefined) {
      answered.left = isError(head) ? 0 : answered.left - 1
      if (answered.left === 0) {
        this.#options.pending.removeOldest()
        answered.onReply?.(isError(head))
      }
    }
    this.#sendPushes()
    this.#addAnswers()
  }

  #addAnswers(): void {
    const { pending } = this.#options
    for (let { oldest } = pending; oldest?.answer !== undefined; { oldest } = pending) {
      this.#batch.add(oldest.answer)
      pending.removeOldest()
      oldest.onReply?.(isError(oldest.answer))
    }
  }

  #sendPushes(): void {
    for (const push of this.#pushes) this.#batch.add(push)
    this.#pushes = []
  }
}
