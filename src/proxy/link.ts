import type { Socket } from 'node:net'
import type { ByteToxicType } from '../model/toxic.ts'
import type { EndMode, Outlet, Stage } from './stage.ts'
import { createStage } from './toxic-kinds.ts'
import type { ActiveToxic } from './toxic-set.ts'

/** How many bytes a link holds before it stops reading; with latency, what is under way takes room. */
const HELD_LIMIT_BYTES = 64 * 1024
const HELD_LIMIT_WITH_LATENCY_BYTES = 1024 * 1024
/** What we say ourselves cannot be held back: a client that never reads it loses its connection, as with Redis. */
const MOST_HELD_BYTES = 64 * 1024 * 1024

export interface LinkCounters {
  received: number
  sent: number
}

export interface LinkOptions {
  readonly source: Socket
  readonly target: Socket
  readonly connectionId: number
  /** Counted here and wherever else it is shown. */
  readonly counters: readonly LinkCounters[]
  /** What stands between the source and the first toxic, or between the last one and the target. */
  readonly before?: (out: Outlet) => Outlet
  readonly after?: (out: Outlet) => Outlet
  /** The end came out at the other side. */
  readonly onEnd: (mode: EndMode) => void
}

/** A toxic in the chain of one link; without a stage it lets everything through. */
interface Node extends Outlet {
  readonly toxic: ActiveToxic
  next: Outlet
  stage: Stage | undefined
}

/** One direction of a connection: bytes go from the source through a chain of toxics to the target, in order. */
export class Link {
  readonly #options: LinkOptions
  readonly #exit: Outlet
  readonly #nodes: Node[] = []
  #heldBytes = 0
  #isPaused = true
  #isFrozen = false
  #isClosed = false
  /** What came out of the chain while nothing may be written. */
  #frozen: (Buffer | EndMode)[] = []

  constructor(options: LinkOptions) {
    this.#options = options
    const sink: Outlet = {
      push: (chunk) => this.#write(chunk),
      end: (mode) => this.#finish(mode),
    }
    this.#exit = options.after?.(sink) ?? sink
    const inlet: Outlet = {
      push: (chunk) => this.#first.push(chunk),
      end: (mode) => this.#first.end(mode),
    }
    const entry = options.before?.(inlet) ?? inlet
    const { source, target, counters } = options
    source.on('data', (chunk: Buffer) => {
      if (this.#isClosed) return
      for (const counter of counters) counter.received += chunk.length
      entry.push(chunk)
      this.#balance()
    })
    source.on('end', () => {
      if (!this.#isClosed) entry.end('half')
    })
    target.on('drain', () => this.#balance())
  }

  /** Begins to read. */
  start(): void {
    this.#balance()
  }

  /** Adds a toxic at the end of the chain; whether it acts on this connection. */
  add(toxic: ActiveToxic): boolean {
    const node = this.#createNode(toxic)
    const last = this.#nodes.at(-1)
    this.#nodes.push(node)
    if (last !== undefined) last.next = node
    return node.stage !== undefined
  }

  /** The attributes or the toxicity of a toxic were changed; whether it acts from now on, and did not before. */
  update(toxic: ActiveToxic): boolean {
    const node = this.#nodes.find((each) => each.toxic === toxic)
    if (node === undefined || this.#isClosed) return false
    const didStrike = node.stage !== undefined
    const strikes = toxic.strikes(this.#options.connectionId)
    if (node.stage !== undefined && strikes) node.stage.update()
    else if (node.stage !== undefined) {
      node.stage.release()
      node.stage = undefined
    } else if (strikes) node.stage = this.#createStage(node)
    this.#balance()
    return strikes && !didStrike
  }

  /** Takes a toxic out of the chain; what it holds goes on to the next one. */
  remove(toxic: ActiveToxic): void {
    const index = this.#nodes.findIndex((each) => each.toxic === toxic)
    const node = this.#nodes[index]
    if (node === undefined) return
    if (!this.#isClosed) node.stage?.release()
    const previous = this.#nodes[index - 1]
    if (previous !== undefined) previous.next = node.next
    this.#nodes.splice(index, 1)
    this.#balance()
  }

  /** Neither reads nor writes until {@link thaw}. */
  freeze(): void {
    this.#isFrozen = true
    this.#balance()
  }

  thaw(): void {
    this.#isFrozen = false
    const waiting = this.#frozen
    this.#frozen = []
    for (const item of waiting) {
      if (typeof item === 'string') this.#finish(item)
      else {
        this.#heldBytes -= item.length
        this.#write(item)
      }
    }
    this.#balance()
  }

  /** The connection is gone, or nothing more may pass: reads and drops. */
  close(): void {
    this.#isClosed = true
    for (const { stage } of this.#nodes) stage?.dispose()
    this.#frozen = []
    this.#options.source.resume()
  }

  get #first(): Outlet {
    return this.#nodes[0] ?? this.#exit
  }

  #createNode(toxic: ActiveToxic): Node {
    let hasEnded = false
    const node: Node = {
      toxic,
      next: this.#exit,
      stage: undefined,
      push(chunk) {
        if (hasEnded) return
        if (node.stage === undefined) node.next.push(chunk)
        else node.stage.push(chunk)
      },
      end(mode) {
        if (hasEnded) return
        hasEnded = true
        if (node.stage === undefined) node.next.end(mode)
        else node.stage.end(mode)
      },
    }
    if (toxic.strikes(this.#options.connectionId)) node.stage = this.#createStage(node)
    return node
  }

  #createStage(node: Node): Stage {
    let isOver = false
    const { toxic } = node
    const context = {
      out: {
        push: (chunk: Buffer) => {
          if (!isOver) node.next.push(chunk)
        },
        end: (mode: EndMode) => {
          if (isOver) return
          isOver = true
          node.next.end(mode)
        },
      },
      hold: (bytes: number) => {
        this.#heldBytes += bytes
        if (bytes < 0) this.#balance()
      },
      random: toxic.randomOf(this.#options.connectionId),
    }
    return createStage(toxic.type as ByteToxicType, context, toxic.attributes)
  }

  #write(chunk: Buffer): void {
    if (this.#isClosed) return
    const { target, counters } = this.#options
    if (this.#heldBytes + target.writableLength > MOST_HELD_BYTES) {
      this.#options.onEnd('reset')
      return
    }
    if (this.#isFrozen) {
      this.#frozen.push(chunk)
      this.#heldBytes += chunk.length
      return
    }
    if (!target.writable) return
    for (const counter of counters) counter.sent += chunk.length
    target.write(chunk)
  }

  #finish(mode: EndMode): void {
    if (this.#isClosed) return
    if (this.#isFrozen && mode !== 'reset') this.#frozen.push(mode)
    else this.#options.onEnd(mode)
  }

  /** Stops reading when too much waits, goes on when it does not. */
  #balance(): void {
    if (this.#isClosed) return
    const { source, target } = this.#options
    const hasLatency = this.#nodes.some(({ toxic, stage }) => stage !== undefined && toxic.type === 'latency')
    const limit = hasLatency ? HELD_LIMIT_WITH_LATENCY_BYTES : HELD_LIMIT_BYTES
    const mustPause = this.#isFrozen || this.#heldBytes + target.writableLength > limit
    if (mustPause === this.#isPaused) return
    this.#isPaused = mustPause
    if (mustPause) source.pause()
    else source.resume()
  }
}
