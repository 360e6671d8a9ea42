import { EventEmitter } from 'node:events'
import type { Link } from './simulated-link.ts'
import { CLOSING, type VirtualTime } from './virtual-time.ts'

interface OnRead {
  readonly buffer: Buffer
  readonly callback: (bytes: number, buffer: Buffer) => boolean
}

/** What the process under test believes is a TCP socket. The events come in the order in which Node.js has them. */
export class SimulatedSocket extends EventEmitter {
  connecting = true
  destroyed = false
  writable = true
  bytesRead = 0
  /** When it last received anything, or was dialled. */
  heardAt: number
  /** `close` was emitted, or is about to be. */
  isClosed = false
  link: Link | undefined
  readonly #time: VirtualTime
  readonly #onread: OnRead | undefined
  #idleTimer: ReturnType<VirtualTime['setTimeout']> | undefined

  constructor(time: VirtualTime, onread: OnRead | undefined) {
    super()
    this.#time = time
    this.heardAt = time.now
    this.#onread = onread
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  setDefaultEncoding(): this {
    return this
  }

  resume(): this {
    return this
  }

  setTimeout(millis: number, listener?: () => void): this {
    this.#time.clear(this.#idleTimer)
    this.#idleTimer = undefined
    if (listener !== undefined) this.once('timeout', listener)
    if (millis > 0) this.#idleTimer = this.#time.setTimeout(() => this.emit('timeout'), millis)
    return this
  }

  write(text: string): boolean {
    if (this.destroyed || !this.writable || this.link === undefined) return false
    return this.link.fromClient(text)
  }

  end(): this {
    if (this.destroyed || !this.writable) return this
    this.writable = false
    // Of a dial that is not through yet, nothing is left to wait for but the dial.
    this.link?.clientEnded()
    return this
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this
    if (error?.message === 'socket_timeout') this.link?.givenUp(this.#time.now - this.heardAt)
    this.destroyed = true
    this.writable = false
    this.connecting = false
    this.setTimeout(0)
    this.link?.clientGone()
    if (error !== undefined) process.nextTick(() => this.emit('error', error))
    this.#close(error !== undefined)
    return this
  }

  accepted(): void {
    if (this.destroyed) return
    this.connecting = false
    this.heardAt = this.#time.now
    this.emit('connect')
  }

  refused(code: string): void {
    this.destroy(Object.assign(new Error(`connect ${code}`), { code, syscall: 'connect' }))
  }

  received(text: string): void {
    if (this.destroyed) return
    this.bytesRead += text.length
    this.heardAt = this.#time.now
    if (this.#onread === undefined) {
      this.emit('data', Buffer.from(text, 'latin1'))
      return
    }
    const { buffer, callback } = this.#onread
    callback(buffer.write(text, 'latin1'), buffer)
  }

  receivedEnd(): void {
    if (this.destroyed) return
    this.emit('end')
    this.writable = false
    this.destroyed = true
    this.setTimeout(0)
    this.link?.clientGone()
    this.#close(false)
  }

  receivedReset(code = 'ECONNRESET'): void {
    this.destroy(Object.assign(new Error(`read ${code}`), { code, syscall: 'read' }))
  }

  drained(): void {
    if (!this.destroyed) this.emit('drain')
  }

  #close(hadError: boolean): void {
    this.isClosed = true
    this.#time.ours(this.#time.now, CLOSING, () => this.emit('close', hadError))
  }
}
