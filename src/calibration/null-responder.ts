import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { helloReply, nullReplies, ONE, QUEUED, type Reply } from './null-replies.ts'

const ASTERISK = 42
const DOLLAR = 36
const CARRIAGE_RETURN = 13
const ZERO = 48
const LOWER_CASE = 32

export interface NullResponder {
  readonly port: number
  /** Commands answered so far. */
  readonly commands: number
  close(): Promise<void>
}

/**
 * A server that answers RESP and does nothing else: it finds where commands end and what their names are, and gives each
 * an answer of the right type. It keeps no data, so that what is measured against it is the client alone.
 */
export async function startNullResponder(valueBytes: number): Promise<NullResponder> {
  const shared = new Shared(nullReplies(valueBytes))
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = new NullConnection(shared)
    shared.connections++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      const replies = connection.answer(chunk)
      if (replies !== '') socket.write(replies, 'latin1')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get commands() {
      return shared.commands
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What all connections have in common. */
class Shared {
  readonly #replies: ReadonlyMap<string, Reply>
  readonly #byHash = new Map<number, Known>()
  connections = 0

  constructor(replies: ReadonlyMap<string, Reply>) {
    this.#replies = replies
  }

  /** Commands answered so far. */
  get commands(): number {
    let calls = 0
    for (const command of this.#byHash.values()) calls += command.calls
    return calls
  }

  /** The command whose name is in these bytes; by a hash of them, because a text of each would cost more than all else. */
  command(bytes: Buffer, from: number, to: number): Known {
    let hash = to - from
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (bytes[at]! | LOWER_CASE)) | 0
    const known = this.#byHash.get(hash)
    if (known !== undefined) return known
    const name = bytes.toString('latin1', from, to).toUpperCase()
    const found = { name, reply: this.#replies.get(name), calls: 0 }
    this.#byHash.set(hash, found)
    return found
  }

  /** `INFO`: enough for a client to take it for a server, its counts, and its CPU time, which shows who was at the limit. */
  info(): string {
    const { user, system } = process.cpuUsage()
    const fields = {
      ...FACTS,
      total_connections_received: this.connections,
      total_commands_processed: this.commands,
      used_cpu_sys: system / 1e6,
      used_cpu_user: user / 1e6,
      used_cpu_sys_main_thread: system / 1e6,
      used_cpu_user_main_thread: user / 1e6,
    }
    const lines = Object.entries(fields).map(([field, value]) => `${field}:${value}\r\n`)
    for (const { name, calls } of this.#byHash.values())
      lines.push(`cmdstat_${name.toLowerCase()}:calls=${calls},rejected_calls=0\r\n`)
    const text = lines.join('')
    return `$${text.length}\r\n${text}\r\n`
  }
}

/** A command by its name, which has been seen before. */
interface Known {
  readonly name: string
  readonly reply: Reply | undefined
  calls: number
}

const FACTS = {
  redis_version: '7.0.0',
  redis_mode: 'standalone',
  os: 'null responder',
  run_id: '0'.repeat(40),
  role: 'master',
  loading: 0,
  connected_clients: 0,
  maxclients: 100_000,
}

/** What is not complete yet of the requests of one connection, and its transaction. */
class NullConnection {
  readonly #shared: Shared
  #rest: Buffer | undefined
  /** Replies that EXEC will give; `undefined` outside of a transaction. */
  #transaction: string[] | undefined
  /** Where the last number read ended. */
  #after = 0

  constructor(shared: Shared) {
    this.#shared = shared
  }

  /** The answers to all commands that are complete with these bytes, one character for each byte. */
  answer(chunk: Buffer): string {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
    let replies = ''
    let at = 0
    for (;;) {
      const end = this.#endOfCommand(bytes, at)
      if (end < 0) break
      replies += this.#reply(bytes, at)
      at = end
    }
    this.#rest = at === bytes.length ? undefined : bytes.subarray(at)
    return replies
  }

  /** -1 when it is not there yet. What is no array of bulk strings is skipped to its end of line. */
  #endOfCommand(bytes: Buffer, from: number): number {
    if (from >= bytes.length) return -1
    if (bytes[from] !== ASTERISK) {
      const end = bytes.indexOf('\r\n', from)
      return end < 0 ? -1 : end + 2
    }
    const words = this.#number(bytes, from + 1)
    if (words < 0) return -1
    for (let word = 0; word < words; word++) {
      if (this.#after >= bytes.length || bytes[this.#after] !== DOLLAR) return -1
      const length = this.#number(bytes, this.#after + 1)
      if (length < 0) return -1
      this.#after += length + 2
    }
    return this.#after > bytes.length ? -1 : this.#after
  }

  /** A number up to its end of line; -1 when that is not there yet. */
  #number(bytes: Buffer, from: number): number {
    let value = 0
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]!
      if (byte === CARRIAGE_RETURN) {
        this.#after = at + 2
        return value
      }
      value = value * 10 + byte - ZERO
    }
    return -1
  }

  /** Of a complete command. */
  #reply(bytes: Buffer, from: number): string {
    if (bytes[from] !== ASTERISK) return '+PONG\r\n'
    const words = this.#number(bytes, from + 1)
    const length = this.#number(bytes, this.#after + 1)
    const nameAt = this.#after
    const command = this.#shared.command(bytes, nameAt, nameAt + length)
    const { name, reply } = command
    command.calls++
    const own = this.#special(name, bytes, nameAt + length + 2)
    if (own !== undefined) return own
    const text = reply === undefined ? ONE : reply(words - 1)
    if (this.#transaction === undefined) return text
    this.#transaction.push(text)
    return QUEUED
  }

  /** Commands whose answers depend on more than their name. */
  #special(name: string, bytes: Buffer, at: number): string | undefined {
    switch (name) {
      case 'HELLO':
        return helloReply(bytes[at + 4] === ZERO + 2 ? 2 : 3)
      case 'INFO':
        return this.#shared.info()
      case 'MULTI':
        this.#transaction = []
        return '+OK\r\n'
      case 'EXEC':
      case 'DISCARD': {
        const replies = this.#transaction ?? []
        this.#transaction = undefined
        return name === 'EXEC' ? `*${replies.length}\r\n${replies.join('')}` : '+OK\r\n'
      }
      default:
        return undefined
    }
  }
}
