import { type AbstractConnector, SentinelConnector, type SentinelConnectionOptions } from 'ioredis'
import { Socket } from 'node:net'
import { SENTINEL_FAILURES, type SentinelFailure } from '../model/sentinel-failures.ts'
import { classifySentinelError } from './classify-sentinel-error.ts'
import { coalesceWrites } from './coalesce-writes.ts'
import { type GuardedConnector, guardPush, readInPlace, type TellingConnector } from './load-connector.ts'
import { type GuardedConnection, ReplyGuard } from './reply-guard.ts'

type ErrorEmitter = Parameters<SentinelConnector['connect']>[0]

export interface SentinelPolicy {
  readonly coalesce: boolean
  /** A server that sends more in one reply loses the connection. */
  readonly mostReplyBytes: number
  /**
   * Each dial asks each Sentinel once at most, the one after the last that was asked first. ioredis itself goes on in the
   * list from dial to dial, and takes its end for a failure of all.
   */
  readonly oneRound: boolean
  /**
   * A lookup that no Sentinel answers is an attempt that failed, and the client tries again after its own backoff. ioredis
   * itself tries for ever within one attempt, or (when it is not to) ends the client for good.
   */
  readonly failsAsAttempt: boolean
}

/**
 * A class for ioredis' public option `Connector`: its own Sentinel connector, with the sockets of the load (see
 * `load-connector.ts`), and with errors that have a code.
 */
export function sentinelConnector(policy: SentinelPolicy): new (options: unknown) => AbstractConnector {
  return class extends LoadSentinelConnector {
    constructor(options: unknown) {
      super(options as SentinelConnectionOptions, policy)
    }
  }
}

class LoadSentinelConnector extends SentinelConnector implements GuardedConnector, TellingConnector {
  onSocket: TellingConnector['onSocket']
  readonly #policy: SentinelPolicy
  readonly #failures = new Set<SentinelFailure>()
  #socket: Socket = new Socket()
  #guard: ReplyGuard
  #guarded: GuardedConnection | undefined
  #host = ''
  #hasDialled = false

  constructor(options: SentinelConnectionOptions, policy: SentinelPolicy) {
    super(options)
    this.#policy = policy
    this.#guard = new ReplyGuard(policy.mostReplyBytes)
    const { natMap, tls } = options
    const onread = readInPlace(
      () => this.#socket,
      () => this.#guard,
    )
    const reached = typeof natMap === 'function' ? natMap : () => null
    // What a map of addresses answers is what the socket is made with, so it may hold more than an address.
    this.options = {
      ...options,
      natMap: (announced) => {
        const colon = announced.lastIndexOf(':')
        const here = { host: announced.slice(0, colon), port: Number(announced.slice(colon + 1)) }
        const { host, port } = reached(announced) ?? here
        this.#host = host
        return tls ? { host, port } : { host, port, onread }
      },
    }
  }

  guard(connection: GuardedConnection): void {
    this.#guarded = connection
  }

  override async connect(emit: ErrorEmitter): Promise<Socket> {
    this.#failures.clear()
    if (this.#policy.oneRound) this.#beginRound()
    try {
      this.#socket = await super.connect((type, error) => {
        if (type === 'sentinelError') this.#failures.add(classifySentinelError(error))
        emit(type, error)
      })
    } catch (error) {
      if (!this.#policy.failsAsAttempt) throw error
      return this.#failed(error as Error)
    }
    this.#guard = new ReplyGuard(this.#policy.mostReplyBytes)
    if (this.#guarded !== undefined) this.#guard.bind(this.#guarded)
    if (this.options.tls) guardPush(this.#socket, this.#guard)
    if (this.#policy.coalesce) coalesceWrites(this.#socket)
    this.onSocket?.(this.#socket, this.#host)
    return this.#socket
  }

  /** What is not what the Sentinels said it is, is left as a failed attempt that says so. */
  override check(info: { role?: string }): boolean {
    const isRight = super.check(info)
    if (!isRight) this.stream?.destroy(Object.assign(new Error('wrong role'), { code: 'wrong_role' }))
    return isRight
  }

  /** The list begins with the one after the last that was asked, or anew when that was the last one. */
  #beginRound(): void {
    const isOver = !this.#hasDialled || this.sentinelIterator.next().done
    this.sentinelIterator.reset(!isOver)
    this.#hasDialled = true
  }

  /** ioredis takes a socket that is closed already for an attempt that failed, for the reason in `firstError`. */
  #failed(error: Error): Socket {
    const failure = SENTINEL_FAILURES.find((code) => this.#failures.has(code))
    const code = failure ?? (this.connecting ? 'sentinel_unreachable' : 'closed')
    this.firstError = Object.assign(new Error(error.message), { code })
    this.#socket = new Socket()
    this.#socket.destroy()
    this.stream = this.#socket
    return this.#socket
  }
}
