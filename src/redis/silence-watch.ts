/** What the watch needs to see of a connection. */
export interface WatchedConnection {
  /** Total bytes the current socket has received. */
  bytesRead(): number
  /** Whether an answer is owed: commands are in flight, or the handshake is. */
  isExpectingData(): boolean
  /** The handshake is not complete. */
  isHandshaking(): boolean
  /** Milliseconds of silence that are put up with for now, when they are more than the limit. */
  patienceMillis?(at: number): number
  /** Destroys the socket, as if the network had. */
  destroy(code: 'socket_timeout' | 'handshake_timeout'): void
}

/** Milliseconds of silence that are put up with. */
export interface SilenceLimits {
  readonly readyMillis: number
  readonly handshakeMillis: number
}

/**
 * Finds connections that have gone silent while an answer is owed, and destroys them: a frozen server or a half-open
 * connection sends no event at all. ioredis' `socketTimeout` does the same with a timer for each reply; this looks a
 * few times a second at a byte counter and costs the hot path nothing.
 */
export class SilenceWatch {
  readonly #connection: WatchedConnection
  readonly #limits: SilenceLimits
  #bytesRead = 0
  #quietSince = Number.NaN

  constructor(connection: WatchedConnection, limits: SilenceLimits) {
    this.#connection = connection
    this.#limits = limits
  }

  /** A new socket: what was heard on the old one no longer matters. */
  restart(): void {
    this.#quietSince = Number.NaN
  }

  /** To be called regularly; `at` in milliseconds of the thread clock. */
  look(at: number): void {
    const bytesRead = this.#connection.bytesRead()
    if (
      bytesRead !== this.#bytesRead ||
      !this.#connection.isExpectingData() ||
      Number.isNaN(this.#quietSince)
    ) {
      this.#bytesRead = bytesRead
      this.#quietSince = at
      return
    }
    const isHandshaking = this.#connection.isHandshaking()
    const { handshakeMillis, readyMillis } = this.#limits
    const limit = isHandshaking
      ? handshakeMillis
      : Math.max(readyMillis, this.#connection.patienceMillis?.(at) ?? 0)
    if (at - this.#quietSince < limit) return
    this.#quietSince = Number.NaN
    this.#connection.destroy(isHandshaking ? 'handshake_timeout' : 'socket_timeout')
  }
}
