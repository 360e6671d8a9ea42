import type { Redis } from 'ioredis'
import { type PipelineSink, sendWireCommand, socketOf, type WireCommand } from './ioredis-internals.ts'

const NO_ARGUMENTS: readonly never[] = []
const COMMANDS_PER_WRITE = 500

export interface BulkProgress {
  written: number
  failed: number
  /** Of the first request that failed. */
  firstError: Error | undefined
}

/**
 * Sends requests as fast as the server takes them: the next write begins when the one before last is answered. One object
 * stands for all of its commands, so that a request costs little more than its text.
 */
export async function writeInBulk(
  redis: Redis,
  next: () => string | undefined,
  progress: BulkProgress,
): Promise<void> {
  await Promise.all([writeBatches(redis, next, progress), writeBatches(redis, next, progress)])
}

async function writeBatches(
  redis: Redis,
  next: () => string | undefined,
  progress: BulkProgress,
): Promise<void> {
  for (;;) {
    const requests: string[] = []
    while (requests.length < COMMANDS_PER_WRITE) {
      const request = next()
      if (request === undefined) break
      requests.push(request)
    }
    if (requests.length === 0) return
    await new BulkWrite(redis, requests, progress).answered
    // What does not fit, or is not allowed, will not be later.
    if (progress.firstError !== undefined) return
  }
}

class BulkWrite implements WireCommand {
  readonly name = 'set'
  readonly args = NO_ARGUMENTS
  readonly promise = undefined
  readonly callback = undefined
  readonly ignore = false
  readonly isTraced = true
  readonly isResolved = false
  readonly isSettled = false
  readonly inTransaction = false
  readonly pipelineIndex = undefined
  readonly answered: Promise<void>
  readonly #requests: readonly string[]
  readonly #progress: BulkProgress
  #made = 0
  #left: number
  #done: () => void = () => {}

  constructor(redis: Redis, requests: readonly string[], progress: BulkProgress) {
    this.#requests = requests
    this.#progress = progress
    this.#left = requests.length
    this.answered = new Promise((resolve) => {
      this.#done = resolve
    })
    let text = ''
    const sink: PipelineSink = {
      isPipeline: true,
      destination: { redis },
      write(part) {
        text += part
      },
    }
    for (let index = 0; index < requests.length; index++) sendWireCommand(redis, this, sink)
    if (text !== '') socketOf(redis)?.write(text, 'latin1')
  }

  setReplyContext(): void {}

  toWritable(): string {
    return this.#requests[this.#made++] ?? ''
  }

  resolve(): void {
    this.#progress.written++
    this.#countDown()
  }

  reject(error: Error): void {
    this.#progress.failed++
    this.#progress.firstError ??= error
    this.#countDown()
  }

  #countDown(): void {
    if (--this.#left === 0) this.#done()
  }
}
