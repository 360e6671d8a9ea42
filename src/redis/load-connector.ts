import { AbstractConnector, type RedisOptions } from 'ioredis'
import {
  createConnection,
  type IpcNetConnectOpts,
  type OnReadOpts,
  type Socket,
  type TcpNetConnectOpts,
} from 'node:net'
import { connect as connectTls } from 'node:tls'
import { coalesceWrites } from './coalesce-writes.ts'
import { type GuardedConnection, ReplyGuard } from './reply-guard.ts'

const CONNECTION_CLOSED = 'Connection is closed.'
const READ_BUFFER_BYTES = 65_536

/** A connector that says when it has made a socket, and for which host; there is none for a unix socket. */
export interface TellingConnector {
  onSocket?: ((socket: Socket, host: string | undefined) => void) | undefined
}

export interface ConnectorSpec {
  readonly coalesce: boolean
  /** A server that sends more in one reply loses the connection. */
  readonly mostReplyBytes: number
  /**
   * Hears why a socket could not be opened: the connections that a Cluster client opens for itself keep that to
   * themselves.
   */
  readonly onError?: (error: Error) => void
}

/** A connector that looks at what the server sends. */
export interface GuardedConnector extends AbstractConnector {
  /** To be told of its connection before the first dial. */
  guard(connection: GuardedConnection): void
}

/**
 * A class for ioredis' public option `Connector`: its standalone connector (TCP, TLS, unix socket) with cheaper
 * sockets. Behaves as the built-in one otherwise: dials on the next tick unless disconnected before, and remembers the
 * first error.
 *
 * Cheaper in two ways: with `coalesce`, the writes of one tick are joined; and without TLS, the socket reads into one
 * buffer of its own (`onread`) and hands on right-sized copies, where Node.js would allocate 64 KiB for each read. And
 * safer: see {@link ReplyGuard}.
 */
export function loadConnector({
  coalesce,
  mostReplyBytes,
  onError = () => {},
}: ConnectorSpec): new (options: unknown) => GuardedConnector {
  return class LoadConnector extends AbstractConnector implements GuardedConnector, TellingConnector {
    onSocket: TellingConnector['onSocket']
    readonly #options: RedisOptions
    #guarded: GuardedConnection | undefined

    constructor(options: unknown) {
      super((options as RedisOptions).disconnectTimeout ?? 2000)
      this.#options = options as RedisOptions
    }

    guard(connection: GuardedConnection): void {
      this.#guarded = connection
    }

    connect(): Promise<Socket> {
      this.connecting = true
      return new Promise((resolve, reject) => {
        process.nextTick(() => {
          if (!this.connecting) {
            reject(new Error(CONNECTION_CLOSED))
            return
          }
          try {
            resolve(this.#dial())
          } catch (error) {
            reject(error)
          }
        })
      })
    }

    #dial(): Socket {
      const guard = new ReplyGuard(mostReplyBytes)
      if (this.#guarded !== undefined) guard.bind(this.#guarded)
      const socket = openSocket(this.#options, guard)
      socket.once('error', (error) => {
        this.firstError = error
        onError(error)
      })
      if (coalesce) coalesceWrites(socket)
      this.stream = socket
      this.onSocket?.(socket, this.#options.path ? undefined : (this.#options.host ?? 'localhost'))
      return socket
    }
  }
}

function openSocket(options: RedisOptions, guard: ReplyGuard): Socket {
  if (options.tls) return guardPush(connectTls({ ...addressOf(options), ...options.tls }), guard)
  const onread = readInPlace(
    () => socket,
    () => guard,
  )
  const socket: Socket = createConnection({ ...addressOf(options), onread })
  return socket
}

let shared: Buffer | undefined

/**
 * One for all sockets of a thread: Unix reads and hands over in one go, and each read is copied out. A thousand
 * connections that are dialled anew would otherwise leave 64 MB behind each time. Windows reads ahead into it.
 */
function readBuffer(): Buffer {
  if (process.platform === 'win32') return Buffer.allocUnsafeSlow(READ_BUFFER_BYTES)
  shared ??= Buffer.allocUnsafeSlow(READ_BUFFER_BYTES)
  return shared
}

/** Reads into one buffer. The decoder may keep parts of what it is given until the rest arrives; the guard copies each read. */
export function readInPlace(socketOf: () => Socket, guardOf: () => ReplyGuard): OnReadOpts {
  return {
    buffer: readBuffer(),
    callback(bytes, buffer) {
      const socket = socketOf()
      const guard = guardOf()
      const data = guard.admit(buffer, bytes)
      if (data.length > 0) socket.emit('data', data)
      if (guard.violation !== undefined) refuse(socket, guard)
      return true
    },
  }
}

/** Everything that a socket reads is pushed into it as a stream. */
export function guardPush(socket: Socket, guard: ReplyGuard): Socket {
  const push = socket.push.bind(socket)
  socket.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    if (chunk === null) return push(null)
    const data = guard.admit(chunk)
    const goesOn = data.length > 0 ? push(data, encoding) : true
    if (guard.violation === undefined) return goesOn
    refuse(socket, guard)
    return false
  }
  return socket
}

function refuse(socket: Socket, { violation }: ReplyGuard): void {
  if (!socket.destroyed) socket.destroy(Object.assign(new Error(violation), { code: violation }))
}

function addressOf(options: RedisOptions): TcpNetConnectOpts | IpcNetConnectOpts {
  if (options.path) return { path: options.path }
  return {
    port: options.port ?? 6379,
    host: options.host ?? 'localhost',
    family: options.family ?? 0,
  }
}
