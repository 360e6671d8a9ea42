import { PushShape } from './push-shape.ts'
import {
  CR,
  endOfLine,
  endOfText,
  FIXED,
  KIND,
  LF,
  LINE,
  LIST,
  MAP,
  MINUS,
  MOST_DIGITS,
  VERBATIM,
  ZERO,
} from './resp-frames.ts'

/** Why a connection is closed: its server sends more than anybody asked for, or what is no RESP. */
export type Violation = 'reply_too_large' | 'protocol'

/** What a guard has to know of its connection. */
export interface GuardedConnection {
  /** Answers that are owed now; infinite where one request may have several. */
  repliesOwed(): number
  /** It subscribes, so confirmations and messages are expected. */
  readonly isListener: boolean
  /** From now on it gets nothing else, but for errors. */
  getsOnlyMessages(): boolean
}

/** Deeper than any reply of Redis; the decoder of ioredis calls itself for each level. */
const DEEPEST = 64
/** Of an error or a status; whatever is long is a text. */
const LONGEST_LINE_BYTES = 65_536
/** The shortest element is `_\r\n`. */
const SMALLEST_ELEMENT_BYTES = 3

const NOTHING = Buffer.alloc(0)

type Step = 'type' | 'line' | 'length' | 'body' | 'cr' | 'lf'

/**
 * Looks at what a server sends before the decoder of ioredis does, and knows where each reply ends. The decoder trusts
 * its server: twelve bytes make it allocate 268 MB, a deep nest overflows its stack, an answer that nobody waits for or
 * a push with missing parts throws where nobody catches. Reads headers only: some 40 ns for a reply.
 */
export class ReplyGuard {
  /** Set once something is wrong; from then on nothing is let through. */
  violation: Violation | undefined
  readonly #mostBytes: number
  #connection: GuardedConnection | undefined
  #step: Step = 'type'
  #kind = 0
  #type = 0
  #number = 0
  #digits = 0
  #isNull = false
  /** Bytes that are left of a text. */
  #left = 0
  /** Bytes of the reply that is being read. */
  #bytes = 0
  /** Elements that were announced and have not begun. */
  #announced = 0
  /** Elements that are left of each open list. */
  readonly #open: number[] = []
  /** What has come and was not handed on. */
  #held: Uint8Array = NOTHING
  /** Where the last element begins that must not be handed on in part; of a long text its last byte. */
  #elementAt = 0
  #owed = 0
  /** Replies that have begun in what is being read. */
  #begun = 0
  #shape: PushShape | undefined
  #isPush = false
  /** Of the reply that is being read. */
  #replyType = 0

  /** `mostBytes`: of one reply. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** Told once the connection is known; until then answers are not counted. */
  bind(connection: GuardedConnection): void {
    this.#connection = connection
  }

  /**
   * Takes what has come (the first bytes of a buffer that is used again) and returns what may be handed on: with a
   * {@link violation}, the complete replies before it. The decoder answers a command before it has seen the last bytes of
   * a reply, so the last element is held back until it is complete.
   */
  admit(buffer: Uint8Array, length = buffer.length): Buffer {
    if (this.violation !== undefined) return NOTHING
    const held = this.#held
    const data = Buffer.allocUnsafe(held.length + length)
    data.set(held)
    data.set(length === buffer.length ? buffer : buffer.subarray(0, length), held.length)
    const safe = this.#check(data, held.length)
    this.#held = safe === data.length ? NOTHING : data.subarray(safe)
    return safe === data.length ? data : data.subarray(0, safe)
  }

  /** Reads from there on; returns how many bytes are safe. */
  #check(data: Uint8Array, from: number): number {
    this.#elementAt = 0
    this.#owed = this.#connection?.repliesOwed() ?? Number.POSITIVE_INFINITY
    // What began earlier was not handed on to its end, so it is still owed.
    this.#begun = this.#bytes > 0 && !this.#isPush ? 1 : 0
    let complete = 0
    const isPlain = this.#connection?.isListener !== true
    for (let at = from; at < data.length;) {
      if (this.#bytes === 0 && isPlain) {
        at = this.#skipPlain(data, at)
        complete = at
        if (at === data.length) break
      }
      const before = at
      at = this.#advance(data, at)
      this.#bytes += at - before
      const isComplete = this.#step === 'type' && this.#open.length === 0
      this.#judge(isComplete)
      if (this.violation !== undefined) return complete
      if (!isComplete) continue
      complete = at
      this.#bytes = 0
    }
    return this.#safeEnd(data.length)
  }

  /** Of the reply as far as it was read. */
  #judge(isComplete: boolean): void {
    if (this.#bytes > this.#mostBytes) this.violation ??= 'reply_too_large'
    if (isComplete && !this.#isExpected()) this.violation ??= 'protocol'
  }

  /** The usual: complete texts, lines and numbers, one after the other. Stops before whatever else there is. */
  #skipPlain(data: Uint8Array, from: number): number {
    let at = from
    while (at < data.length && this.#begun < this.#owed) {
      const end = data[at] === 0x24 ? endOfText(data, at + 1, this.#mostBytes) : endOfLine(data, at)
      if (end < 0) return at
      this.#begun++
      at = end
    }
    return at
  }

  /** Up to here the decoder cannot take a reply for complete. */
  #safeEnd(end: number): number {
    if (this.#step === 'type' || this.#step === 'body') return end
    if (end - this.#elementAt > LONGEST_LINE_BYTES) this.violation = 'reply_too_large'
    return this.violation === undefined ? this.#elementAt : 0
  }

  /** Reads one part of a frame; returns where the next one begins. */
  #advance(chunk: Uint8Array, at: number): number {
    switch (this.#step) {
      case 'type':
        this.#elementAt = at
        this.#begin(chunk[at]!)
        return at + 1
      case 'line':
        return this.#readLine(chunk, at)
      case 'length':
        return this.#readLength(chunk, at)
      case 'body': {
        const end = Math.min(chunk.length, at + this.#left)
        this.#shape?.text(chunk, at, end)
        this.#left -= end - at
        if (this.#left === 0) {
          this.#step = 'cr'
          this.#elementAt = Math.max(this.#elementAt, end - 1)
        }
        return end
      }
      case 'cr':
        if (chunk[at] !== CR) this.violation = 'protocol'
        this.#step = 'lf'
        return at + 1
      case 'lf':
        break
    }
    if (chunk[at] !== LF) this.violation = 'protocol'
    else this.#endPart()
    return at + 1
  }

  #begin(type: number): void {
    const kind = KIND[type]!
    this.#type = type
    this.#kind = kind
    this.#number = 0
    this.#digits = 0
    this.#isNull = false
    if (this.#open.length === 0) this.#beginReply(type)
    else {
      this.#announced--
      if (this.#open.length === 1) this.#shape?.element(type)
    }
    this.#step = kind === LINE || kind === FIXED ? 'line' : 'length'
    if (kind === 0) this.violation = 'protocol'
  }

  #beginReply(type: number): void {
    this.#isPush = type === 0x3e
    this.#replyType = type
    const isList = type === 0x2a && this.#connection?.isListener === true
    this.#shape = this.#isPush || isList ? new PushShape() : undefined
    if (!this.#isPush && ++this.#begun > this.#owed) this.violation = 'protocol'
  }

  /** Up to its end, which is where the first CR is. */
  #readLine(chunk: Uint8Array, from: number): number {
    let at = from
    while (at < chunk.length && chunk[at] !== CR) at++
    this.#digits += at - from
    if (this.#kind === FIXED && this.#digits > 1) this.violation = 'protocol'
    this.#shape?.text(chunk, from, at)
    if (at === chunk.length) return at
    this.#step = 'lf'
    return at + 1
  }

  #readLength(chunk: Uint8Array, from: number): number {
    let at = from
    for (; at < chunk.length; at++) {
      const byte = chunk[at]!
      if (byte === CR) {
        if (this.#digits === 0) this.violation = 'protocol'
        this.#step = 'lf'
        return at + 1
      }
      if (byte === MINUS && this.#digits === 0 && !this.#isNull) this.#isNull = true
      else if (byte < ZERO || byte > ZERO + 9 || ++this.#digits > MOST_DIGITS) {
        this.violation = 'protocol'
        return at
      } else this.#number = this.#number * 10 + byte - ZERO
    }
    return at
  }

  /** A line is complete: that of a frame, that of a length, or the one behind a text. */
  #endPart(): void {
    if (this.#kind === LINE) this.#endElement()
    else if (this.#kind === FIXED) {
      // `_` has nothing behind it, `#` one letter.
      if (this.#digits !== (this.#type === 0x5f ? 0 : 1)) this.violation = 'protocol'
      this.#endElement()
    } else if (this.#isNull) this.#endNull()
    else if (this.#kind === LIST || this.#kind === MAP) this.#openList()
    else this.#openText()
  }

  /** `$-1` and `*-1` are null; no other length is negative. */
  #endNull(): void {
    if (this.#number !== 1 || (this.#type !== 0x24 && this.#type !== 0x2a)) this.violation = 'protocol'
    if (this.#open.length === 1) this.#shape?.becomesNull()
    this.#endElement()
  }

  #openText(): void {
    if (this.#kind === VERBATIM && this.#number < 4) this.violation = 'protocol'
    if (this.#bytes + this.#number > this.#mostBytes) this.violation = 'reply_too_large'
    this.#left = this.#number
    this.#step = this.#left === 0 ? 'cr' : 'body'
    // The line behind the text ends the element.
    this.#kind = LINE
  }

  #openList(): void {
    const elements = this.#kind === MAP ? 2 * this.#number : this.#number
    this.#announced += elements
    if (this.#bytes + this.#announced * SMALLEST_ELEMENT_BYTES > this.#mostBytes)
      this.violation = 'reply_too_large'
    if (this.#open.length === DEEPEST) this.violation = 'protocol'
    if (elements === 0) this.#endElement()
    else {
      this.#open.push(elements)
      this.#step = 'type'
    }
  }

  #endElement(): void {
    this.#step = 'type'
    const open = this.#open
    while (open.length > 0) {
      const last = open.length - 1
      if (--open[last]! > 0) return
      open.pop()
    }
  }

  #isExpected(): boolean {
    const isListener = this.#connection?.isListener === true
    const onlyMessages = this.#connection?.getsOnlyMessages() === true
    if (this.#shape !== undefined) return this.#shape.isExpected(this.#isPush, { isListener, onlyMessages })
    // What is no list is no confirmation, and no message.
    const isError = this.#replyType === MINUS || this.#replyType === 0x21
    return isError || !onlyMessages
  }
}
