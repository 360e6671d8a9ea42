import type { EndMode, Stage, StageContext } from './stage.ts'

/** Something that waits for its turn. */
export interface TimedItem {
  readonly content: Buffer | EndMode
  /** Milliseconds of `performance.now()`. */
  readonly arrivedAt: number
  /** Uniform in [0, 1), drawn once. */
  readonly draw: number
}

export interface TimedQueueOptions {
  /**
   * When the first item of the queue is due, given when the one before it was. It is asked again when the toxic changes;
   * Infinity keeps it.
   */
  readonly dueAt: (item: TimedItem, previousDueAt: number) => number
  /** Cuts what arrives into pieces that wait one by one, each in a write of its own. */
  readonly split?: (chunk: Buffer) => readonly Buffer[]
}

/** Milliseconds; Node fires a longer timer at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/** What is gone is forgotten when there is so much of it. */
const MOST_GONE = 1024

/** Lets bytes out in their order, each when it is due. */
export class TimedQueue implements Stage {
  readonly #context: StageContext
  readonly #options: TimedQueueOptions
  #items: TimedItem[] = []
  #first = 0
  #previousDueAt = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined

  constructor(context: StageContext, options: TimedQueueOptions) {
    this.#context = context
    this.#options = options
  }

  push(chunk: Buffer): void {
    for (const piece of this.#options.split?.(chunk) ?? [chunk]) this.#add(piece)
    this.#runWhenIdle()
  }

  end(mode: EndMode): void {
    this.#add(mode)
    this.#runWhenIdle()
  }

  update(): void {
    // What a toxic held back for ever begins anew, rather than all at once.
    this.#previousDueAt = Math.max(this.#previousDueAt, performance.now())
    this.#run()
  }

  release(): void {
    this.dispose()
    while (this.#first < this.#items.length) this.#emitFirst()
  }

  dispose(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
    this.#timer = undefined
    this.#immediate = undefined
  }

  #add(content: Buffer | EndMode): void {
    if (typeof content !== 'string') this.#context.hold(content.length)
    this.#items.push({ content, arrivedAt: performance.now(), draw: this.#context.random.next() })
  }

  #runWhenIdle(): void {
    if (this.#timer === undefined && this.#immediate === undefined) this.#run()
  }

  #run(): void {
    this.dispose()
    while (this.#first < this.#items.length) {
      const dueAt = this.#options.dueAt(this.#items[this.#first]!, this.#previousDueAt)
      const wait = dueAt - performance.now()
      if (wait > 0) {
        this.#wake(wait)
        return
      }
      this.#previousDueAt = dueAt
      this.#emitFirst()
      if (this.#options.split !== undefined && this.#first < this.#items.length) {
        this.#wake(0)
        return
      }
    }
  }

  /** A timer has whole milliseconds; what is shorter than that is waited for turn by turn. */
  #wake(millis: number): void {
    const run = (): void => this.#run()
    if (millis < 1) this.#immediate = setImmediate(run)
    else if (millis !== Infinity) this.#timer = setTimeout(run, Math.min(Math.ceil(millis), LONGEST_TIMER))
  }

  #emitFirst(): void {
    const { content } = this.#items[this.#first++]!
    if (this.#first === this.#items.length || this.#first === MOST_GONE) {
      this.#items = this.#items.slice(this.#first)
      this.#first = 0
    }
    if (typeof content === 'string') {
      this.#context.out.end(content)
      return
    }
    this.#context.hold(-content.length)
    this.#context.out.push(content)
  }
}
