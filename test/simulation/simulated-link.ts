import type { SimulatedServer } from './simulated-server.ts'
import type { SimulatedSocket } from './simulated-socket.ts'
import { SOCKET } from './virtual-time.ts'

/** The answer to one measured command inside a text of replies: where it ends, and what it says. */
export interface Answer {
  readonly id: number
  /** RESP error prefix; `undefined` for a success. */
  readonly error: string | undefined
  readonly isNil: boolean
  readonly end: number
}

/** One TCP connection: what is on its way in either direction, in order, and the server's end of it. */
export class Link {
  readonly id: number
  readonly socket: SimulatedSocket
  readonly #server: SimulatedServer
  /** The server's end. */
  isOpen = false
  /** Nothing gets through any more, and nobody is told. */
  isCut = false
  /** Only what the server says does not get through. */
  isDeaf = false
  /** Commands are run, and their answers lost with the connection. */
  losesReplies = false
  name = ''
  /** Inside MULTI: what was queued; `isDirty` when something could not be. */
  transaction: { requests: (readonly string[])[]; errors: Map<number, string>; isDirty: boolean } | undefined
  #inbox = ''
  #isServing = false
  #hasEnded = false
  #upAt = 0
  #downAt = 0
  #unread = 0
  #isFull = false
  /** Answers on their way are dropped when it changes. */
  #epoch = 0
  #partial = ''
  /** Answers of texts that were not received to their ends. */
  #answers: Answer[] = []
  #received = 0
  #sent = 0

  constructor(id: number, socket: SimulatedSocket, server: SimulatedServer) {
    this.id = id
    this.socket = socket
    this.#server = server
    socket.link = this
  }

  /** Milliseconds of the process under test: it writes now. */
  fromClient(text: string): boolean {
    const { time, listener } = this.#server
    listener.wrote(text)
    this.#unread += text.length
    if (!this.isCut) {
      this.#upAt = Math.max(time.now + this.#server.delay(), this.#upAt)
      time.world(this.#upAt, (at) => this.#arrived(text, at))
    }
    this.#isFull = this.#unread > this.#server.windowCharacters
    return !this.#isFull
  }

  /** The process has heard nothing for too long, it says. */
  givenUp(silentMillis: number): void {
    this.#server.listener.gaveUp(silentMillis)
  }

  clientEnded(): void {
    const { time, listener } = this.#server
    listener.ended(this.socket)
    if (this.isCut) return
    this.#upAt = Math.max(time.now + this.#server.delay(), this.#upAt)
    time.world(this.#upAt, (at) => {
      this.#hasEnded = true
      this.#pump(at)
    })
  }

  /** The socket is gone: what had been written may still be read. */
  clientGone(): void {
    const { time } = this.#server
    if (this.isCut) return
    const isReset = this.#server.random.next() < 0.5
    this.#upAt = Math.max(time.now + this.#server.delay(), this.#upAt)
    time.world(this.#upAt, (at) => {
      if (isReset) this.#die()
      this.#hasEnded = true
      this.#pump(at)
    })
  }

  /** The server's end closes, after what it has sent. */
  closeByServer(at: number): void {
    if (!this.isOpen) return
    this.#die()
    this.#toClient(at, () => this.socket.receivedEnd())
  }

  /** The server's end is gone: what is on its way is lost, or not. */
  reset(at: number): void {
    if (!this.isOpen) return
    this.#die()
    if (this.#server.random.next() < 0.5) this.#epoch++
    this.#toClient(at, () => this.socket.receivedReset())
  }

  /** Sends replies, perhaps in two pieces. */
  reply(text: string, answers: readonly Answer[], at: number): void {
    for (const answer of answers) this.#answers.push({ ...answer, end: this.#sent + answer.end })
    this.#sent += text.length
    const { random } = this.#server
    const cut = random.next() < 0.1 ? cutAt(text, 1 + random.below(text.length)) : text.length
    this.#toClient(at, () => this.#receive(text.slice(0, cut)))
    if (cut < text.length) this.#toClient(at, () => this.#receive(text.slice(cut)))
  }

  #toClient(at: number, run: () => void): void {
    if (this.isCut || this.isDeaf) return
    const epoch = this.#epoch
    this.#downAt = Math.max(at + this.#server.delay(), this.#downAt)
    this.#server.time.ours(this.#downAt, SOCKET, () => {
      if (epoch === this.#epoch && !this.isCut && !this.isDeaf) run()
    })
  }

  #receive(text: string): void {
    if (this.socket.destroyed) return
    this.#received += text.length
    while (this.#answers.length > 0 && this.#answers[0]!.end <= this.#received)
      this.#server.listener.answerArrives(this.#answers.shift()!, this)
    this.socket.received(text)
    this.#server.listener.textArrived(this)
  }

  #arrived(text: string, at: number): void {
    if (this.isCut || !this.isOpen) return
    this.#inbox += text
    this.#pump(at)
  }

  #pump(at: number): void {
    if (this.#isServing || !this.isOpen) return
    if (this.#inbox === '' && !this.#hasEnded) return
    this.#isServing = true
    const server = this.#server
    server.time.world(Math.max(at, server.busyUntil, server.frozenUntil), (then) => this.#serve(then))
  }

  #serve(at: number): void {
    this.#isServing = false
    const server = this.#server
    if (!this.isOpen) return
    if (server.frozenUntil > at || server.busyUntil > at) {
      this.#pump(at)
      return
    }
    if (this.isCut) return
    const text = this.#partial + this.#inbox
    const { requests, rest } = parseRequests(text, server.atOnce())
    const isDone = requests.length === 0
    this.#inbox = isDone ? '' : rest
    this.#partial = isDone ? rest : ''
    if (requests.length > 0) this.#run(requests, at)
    this.#read(at)
    if (!this.isOpen) return
    if (this.#inbox !== '') this.#pump(Math.max(at, server.busyUntil))
    else if (this.#hasEnded) this.closeByServer(at)
  }

  #run(requests: readonly (readonly string[])[], at: number): void {
    const server = this.#server
    let text = ''
    const answers: Answer[] = []
    for (const request of requests) {
      const reply = server.execute(request, this, at)
      text += reply.text
      for (const answer of reply.answers) answers.push({ ...answer, end: text.length })
    }
    server.busyUntil = at + server.workMillis(requests.length)
    if (this.losesReplies) this.reset(at)
    else this.reply(text, answers, server.busyUntil)
  }

  /** The client may go on when less is unread. */
  #read(at: number): void {
    this.#unread = this.#inbox.length + this.#partial.length
    if (!this.#isFull || this.#unread > this.#server.windowCharacters / 2) return
    this.#isFull = false
    this.#server.time.ours(at, SOCKET, () => this.socket.drained())
  }

  #die(): void {
    this.isOpen = false
    this.#inbox = ''
    this.#server.links.delete(this)
  }
}

/** Where a text may be cut: the decoder does not wait for the end of a line that ends a value, nor for that of a nil. */
function cutAt(text: string, middle: number): number {
  if (text[middle] === '\n') return middle + 1
  if (text[middle] === '\r') return middle + 2
  return text.slice(middle - 2, middle) === '$-' ? middle + 3 : middle
}

/** Complete requests at the beginning of a text, so many at most; the rest of the text. */
function parseRequests(text: string, most: number): { requests: string[][]; rest: string } {
  const requests: string[][] = []
  let at = 0
  while (requests.length < most && at < text.length) {
    const request: string[] = []
    let end = text.indexOf('\r\n', at)
    if (end < 0) break
    const count = Number(text.slice(at + 1, end))
    let cursor = end + 2
    for (let part = 0; part < count; part++) {
      end = text.indexOf('\r\n', cursor)
      if (end < 0) break
      const length = Number(text.slice(cursor + 1, end))
      const start = end + 2
      cursor = start + length + 2
      if (cursor > text.length) break
      request.push(text.slice(start, start + length))
    }
    if (request.length < count) break
    requests.push(request)
    at = cursor
  }
  return { requests, rest: text.slice(at) }
}
