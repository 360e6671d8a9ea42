import type { Random } from '../../src/model/random.ts'
import { type Answer, Link } from './simulated-link.ts'
import { SimulatedSocket } from './simulated-socket.ts'
import { SOCKET, type VirtualTime } from './virtual-time.ts'

/** Told what reaches the process under test. */
export interface ServerListener {
  dialled(socket: SimulatedSocket): void
  /** By the process, half-way: it will write no more. */
  ended(socket: SimulatedSocket): void
  /** By the process, into a socket that is open. */
  wrote(text: string): void
  executed(id: number, at: number): void
  /** The process has destroyed a socket because it was silent for so long. */
  gaveUp(silentMillis: number): void
  /** All bytes of it are about to be handed over. */
  answerArrives(answer: Answer, link: Link): void
  /** They were. */
  textArrived(link: Link): void
}

/** How the network and the server usually are. Milliseconds. */
export interface NetworkPlan {
  readonly delayMillis: number
  readonly jitterMillis: number
  /** Chance of a delay that is much longer, and how long it may be. */
  readonly spikeChance: number
  readonly spikeMillis: number
  readonly workMillis: number
  /** Requests that the server runs between two looks at its sockets. */
  readonly mostAtOnce: number
  /** Characters that fit between a client and the server. */
  readonly windowCharacters: number
}

interface Reply {
  readonly text: string
  readonly answers: readonly Omit<Answer, 'end'>[]
}

const OK_REPLY = '+OK\r\n'

/** A Redis server and the network before it, as far as a load on three commands can tell. Each state lasts until a moment. */
export class SimulatedServer {
  readonly time: VirtualTime
  readonly random: Random
  readonly listener: ServerListener
  readonly #network: NetworkPlan
  readonly links = new Set<Link>()
  busyUntil = 0
  frozenUntil = 0
  downUntil = 0
  unreachableUntil = 0
  loadingUntil = 0
  fullUntil = 0
  slowUntil = 0
  failingUntil = 0
  failingWith = 'OOM'
  failingChance = 0
  readonly #keys = new Set<string>()
  #linkCount = 0

  constructor(time: VirtualTime, random: Random, network: NetworkPlan, listener: ServerListener) {
    this.time = time
    this.random = random
    this.#network = network
    this.listener = listener
  }

  get windowCharacters(): number {
    return this.#network.windowCharacters
  }

  /** Of one way. */
  delay(): number {
    const { delayMillis, jitterMillis, spikeChance, spikeMillis } = this.#network
    const usual = delayMillis + this.random.next() * jitterMillis
    return this.random.next() < spikeChance ? usual + this.random.next() * spikeMillis : usual
  }

  workMillis(requests: number): number {
    const factor = this.slowUntil > this.time.now ? 20 : 1
    return requests * this.#network.workMillis * factor * (0.5 + this.random.next())
  }

  atOnce(): number {
    return 1 + this.random.below(this.#network.mostAtOnce)
  }

  /** Everything is well from here on. */
  heal(): void {
    this.frozenUntil = 0
    this.downUntil = 0
    this.unreachableUntil = 0
    this.loadingUntil = 0
    this.fullUntil = 0
    this.slowUntil = 0
    this.failingUntil = 0
  }

  /** As `net.createConnection`. */
  dial(options: { readonly onread?: ConstructorParameters<typeof SimulatedSocket>[1] }): SimulatedSocket {
    const socket = new SimulatedSocket(this.time, options.onread)
    this.listener.dialled(socket)
    this.time.world(this.time.now + this.delay(), (at) => this.#accept(socket, at))
    return socket
  }

  #accept(socket: SimulatedSocket, at: number): void {
    if (socket.destroyed || at < this.unreachableUntil) return
    const back = at + this.delay()
    if (at < this.downUntil) {
      this.time.ours(back, SOCKET, () => socket.refused('ECONNREFUSED'))
      return
    }
    const link = new Link(++this.#linkCount, socket, this)
    link.isOpen = true
    this.links.add(link)
    this.time.ours(back, SOCKET, () => socket.accepted())
    if (!socket.writable) link.clientEnded()
    if (at >= this.fullUntil) return
    link.reply('-ERR max number of clients reached\r\n', [], back)
    link.closeByServer(back)
  }

  execute(request: readonly string[], link: Link, at: number): Reply {
    const name = request[0]!.toUpperCase()
    if (name === 'HELLO') return plain('%1\r\n$5\r\nproto\r\n:3\r\n')
    if (name === 'INFO') return plain(this.#info(at))
    if (name === 'CLIENT') {
      if (request[1]!.toUpperCase() === 'SETNAME') link.name = request[2]!
      return plain(OK_REPLY)
    }
    if (name === 'MULTI') {
      link.transaction = { requests: [], errors: new Map(), isDirty: false }
      return plain(OK_REPLY)
    }
    if (name === 'EXEC') return this.#exec(link, at)
    if (!isMeasured(name)) return plain(OK_REPLY)
    return link.transaction === undefined
      ? this.#single(request, at)
      : this.#queue(request, link.transaction, at)
  }

  #info(at: number): string {
    const text = at < this.loadingUntil ? 'loading:1\r\nloading_eta_seconds:1\r\n' : 'loading:0\r\n'
    return `$${text.length}\r\n${text}\r\n`
  }

  #single(request: readonly string[], at: number): Reply {
    const id = idOf(request)
    const error = this.#errorOf(at)
    if (error !== undefined) return { text: `-${error} not now\r\n`, answers: [{ id, error, isNil: false }] }
    const { text, isNil } = this.#run(request, at)
    return { text, answers: [{ id, error: undefined, isNil }] }
  }

  #queue(request: readonly string[], transaction: NonNullable<Link['transaction']>, at: number): Reply {
    transaction.requests.push(request)
    const error = this.#errorOf(at)
    // The type of a key matters only to a command that is run.
    if (error === undefined || error === 'WRONGTYPE') return plain('+QUEUED\r\n')
    transaction.isDirty = true
    transaction.errors.set(idOf(request), error)
    return plain(`-${error} not now\r\n`)
  }

  #exec(link: Link, at: number): Reply {
    const { transaction } = link
    link.transaction = undefined
    if (transaction === undefined) return plain('-ERR EXEC without MULTI\r\n')
    const { requests, errors, isDirty } = transaction
    if (isDirty) {
      const answers = requests.map((request) => {
        const id = idOf(request)
        return { id, error: errors.get(id) ?? 'EXECABORT', isNil: false }
      })
      return { text: '-EXECABORT Transaction discarded because of previous errors.\r\n', answers }
    }
    let text = `*${requests.length}\r\n`
    const answers = requests.map((request) => {
      const id = idOf(request)
      // An error of a command that could be queued, of the wrong type for instance, undoes nothing of the others.
      if (at < this.failingUntil && this.failingWith === 'WRONGTYPE' && this.#fails()) {
        text += '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n'
        return { id, error: 'WRONGTYPE', isNil: false }
      }
      const reply = this.#run(request, at)
      text += reply.text
      return { id, error: undefined, isNil: reply.isNil }
    })
    return { text, answers }
  }

  #errorOf(at: number): string | undefined {
    if (at < this.loadingUntil) return 'LOADING'
    return at < this.failingUntil && this.#fails() ? this.failingWith : undefined
  }

  #fails(): boolean {
    return this.random.next() < this.failingChance
  }

  #run(request: readonly string[], at: number): { text: string; isNil: boolean } {
    this.listener.executed(idOf(request), at)
    const key = request[1]!
    if (request[0] === 'GET') {
      const isNil = !this.#keys.has(key)
      return { text: isNil ? '$-1\r\n' : '$1\r\nv\r\n', isNil }
    }
    this.#keys.add(key)
    return { text: request[0] === 'INCR' ? ':7\r\n' : OK_REPLY, isNil: false }
  }
}

const MEASURED = new Set(['GET', 'SET', 'INCR'])

function isMeasured(name: string): boolean {
  return MEASURED.has(name)
}

/** Every measured command carries a number of its own as its last argument. */
function idOf(request: readonly string[]): number {
  return Number(request.at(-1))
}

function plain(text: string): Reply {
  return { text, answers: [] }
}
