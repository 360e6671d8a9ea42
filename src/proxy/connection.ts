import { Socket } from 'node:net'
import type { ProxyConnection, ToxicValue } from '../model/toxic.ts'
import { type Address, formatAddress } from './address.ts'
import { countApplied, type ProxyCounters } from './counters.ts'
import { Link, type LinkCounters } from './link.ts'
import { createPushes, type Pushes } from './resp/pushes.ts'
import type { Rewriter } from './resp/replies.ts'
import { Session } from './resp/session.ts'
import type { EndMode } from './stage.ts'
import { isByteToxic, isRespToxic } from './toxic-kinds.ts'
import type { ActiveToxic } from './toxic-set.ts'

export interface ConnectionOptions {
  readonly id: number
  /** Paused. */
  readonly client: Socket
  readonly upstream: Address
  readonly counters: ProxyCounters
  /** The proxy's, in order; it changes. */
  readonly toxics: readonly ActiveToxic[]
  readonly followsResp: boolean
  readonly rewriter: Rewriter | undefined
  /** The server was reached, under this address. */
  readonly onConnected: (address: Address) => void
  readonly onClosed: () => void
}

/** After one side is closed, this is how long the last bytes may take to reach the other. */
const LINGER_MILLIS = 10_000
/** After a toxic closed the connection, this is how long both sides may take to close theirs. */
const CLOSE_WITHIN_MILLIS = 1000

/** Bytes and a reset that arrive together look like an ordinary end to a client in Node; this is between them. */
const RESET_AFTER_MILLIS = 20

/** One client and its connection to the server, with the toxics of both directions in between. */
export class Connection {
  readonly id: number
  readonly #options: ConnectionOptions
  readonly #beganAt = performance.now()
  readonly #client: Socket
  readonly #server = new Socket({ allowHalfOpen: true })
  readonly #up: Link
  readonly #down: Link
  readonly #session: Session | undefined
  readonly #pushes: Pushes | undefined
  readonly #upBytes: LinkCounters = { received: 0, sent: 0 }
  readonly #downBytes: LinkCounters = { received: 0, sent: 0 }
  #respToxics: readonly ActiveToxic[] = []
  #state: 'waiting' | 'connecting' | 'open' | 'over' = 'waiting'
  #isFrozen = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: ConnectionOptions) {
    this.id = options.id
    this.#options = options
    this.#client = options.client
    this.#server.pause()
    const session = options.followsResp ? this.#createSession() : undefined
    this.#session = session
    this.#pushes = session === undefined ? undefined : createPushes(session, (toxic) => this.#count(toxic))
    const { upstream, downstream } = options.counters.bytes
    const connectionId = this.id
    this.#up = new Link({
      connectionId,
      source: this.#client,
      target: this.#server,
      counters: [this.#upBytes, upstream],
      ...(session === undefined ? {} : { after: (out) => session.requests(out) }),
      onEnd: (mode) => this.#end(mode, this.#server),
    })
    this.#down = new Link({
      connectionId,
      source: this.#server,
      target: this.#client,
      counters: [this.#downBytes, downstream],
      ...(session === undefined ? {} : { before: (out) => session.replies(out) }),
      onEnd: (mode) => this.#end(mode, this.#client),
    })
    this.#watch(this.#client, this.#server)
    this.#watch(this.#server, this.#client)
    for (const toxic of options.toxics) this.add(toxic)
    this.#dial()
  }

  /** A toxic was added to the proxy. */
  add(toxic: ActiveToxic): void {
    if (isByteToxic(toxic.type)) {
      if (this.#linkOf(toxic).add(toxic)) this.#count(toxic)
    } else this.#refresh()
  }

  update(toxic: ActiveToxic): void {
    if (isByteToxic(toxic.type)) {
      if (this.#linkOf(toxic).update(toxic)) this.#count(toxic)
    } else this.#refresh()
  }

  remove(toxic: ActiveToxic): void {
    if (isByteToxic(toxic.type)) this.#linkOf(toxic).remove(toxic)
    else this.#refresh()
  }

  /** Sends a push to the client; false when it does not speak RESP3. */
  push(items: readonly ToxicValue[]): boolean {
    return this.#state === 'open' && (this.#session?.push(items) ?? false)
  }

  /** Closes both sides at once, with FIN or with RST. */
  destroy(how: 'close' | 'reset'): void {
    this.#stop()
    for (const socket of [this.#client, this.#server]) {
      if (how === 'reset' && !socket.destroyed && socket.readyState === 'open') socket.resetAndDestroy()
      else socket.destroy()
    }
  }

  describe(): ProxyConnection {
    const { remoteAddress = '', remotePort = 0 } = this.#client
    return {
      id: this.id,
      client: formatAddress({ host: remoteAddress, port: remotePort }),
      age_ms: Math.round(performance.now() - this.#beganAt),
      bytes_upstream: this.#upBytes.sent,
      bytes_downstream: this.#downBytes.sent,
      resp: this.#session?.resp ?? null,
      half_open: this.#isFrozen,
    }
  }

  #createSession(): Session {
    return new Session({
      toxics: () => this.#respToxics,
      applied: (toxic) => this.#count(toxic),
      rewriter: this.#options.rewriter,
      onCanPush: () => this.#pushes?.refresh(this.#respToxics),
    })
  }

  #count({ type }: ActiveToxic): void {
    countApplied(this.#options.counters, type)
  }

  #linkOf({ stream }: ActiveToxic): Link {
    return stream === 'upstream' ? this.#up : this.#down
  }

  /** Toxics that do not stand in a chain were changed. */
  #refresh(): void {
    const striking = this.#options.toxics.filter((toxic) => toxic.strikes(this.id))
    this.#respToxics = striking.filter(({ type }) => isRespToxic(type))
    this.#pushes?.refresh(this.#respToxics)
    const halfOpen = striking.find(({ type }) => type === 'half_open')
    if ((halfOpen !== undefined) === this.#isFrozen) return
    this.#isFrozen = halfOpen !== undefined
    if (halfOpen !== undefined) {
      this.#count(halfOpen)
      this.#up.freeze()
      this.#down.freeze()
      return
    }
    this.#up.thaw()
    this.#down.thaw()
    this.#dial()
  }

  #dial(): void {
    if (this.#isFrozen || this.#state !== 'waiting') return
    this.#state = 'connecting'
    const { host, port } = this.#options.upstream
    this.#server.connect({ host: host === '' ? '127.0.0.1' : host, port, noDelay: true })
    this.#server.once('connect', () => {
      this.#state = 'open'
      const { remoteAddress = host, remotePort = port } = this.#server
      this.#options.onConnected({ host: remoteAddress, port: remotePort })
      this.#down.start()
      this.#up.start()
    })
  }

  #watch(socket: Socket, other: Socket): void {
    socket.setNoDelay(true)
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (this.#state === 'over') return
      if (this.#state === 'connecting') this.#options.counters.failed++
      this.destroy(error.code === 'ECONNRESET' ? 'reset' : 'close')
    })
    socket.once('close', () => {
      if (other.destroyed) {
        this.#stop()
        this.#options.onClosed()
      } else if (this.#state === 'over' || this.#state === 'connecting') other.destroy()
      else this.#destroyAfter(LINGER_MILLIS)
    })
  }

  /** An end came out of a chain. */
  #end(mode: EndMode, target: Socket): void {
    if (mode === 'half') target.end()
    else if (mode === 'reset') {
      this.#stop()
      this.#timer = setTimeout(() => this.destroy('reset'), RESET_AFTER_MILLIS)
    } else {
      this.#stop()
      this.#client.end()
      this.#server.end()
      this.#destroyAfter(CLOSE_WITHIN_MILLIS)
    }
  }

  #destroyAfter(millis: number): void {
    this.#timer ??= setTimeout(() => {
      this.#client.destroy()
      this.#server.destroy()
    }, millis)
  }

  /** Nothing passes any more. */
  #stop(): void {
    this.#state = 'over'
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#pushes?.refresh([])
    this.#up.close()
    this.#down.close()
  }
}
