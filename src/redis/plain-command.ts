import type { WireCommand } from './ioredis-internals.ts'

const NO_ARGUMENTS: readonly never[] = []

/** How ioredis is to see a command, and who hears of its answer. */
export interface PlainCommandParts {
  readonly name: string
  readonly inTransaction: boolean
  readonly pipelineIndex: number | undefined
  /** The request, each time that it is written. */
  readonly request: () => string
  readonly onReply: (reply: unknown) => void
  readonly onError: (error: Error) => void
}

/** A command of ours that is not measured. */
export class PlainCommand implements WireCommand {
  readonly name: string
  readonly args = NO_ARGUMENTS
  readonly promise = undefined
  readonly callback = undefined
  readonly ignore = false
  readonly isTraced = true
  readonly isResolved = false
  readonly isSettled = false
  readonly inTransaction: boolean
  readonly pipelineIndex: number | undefined
  /** How often its request was written. */
  writes = 0
  readonly #parts: PlainCommandParts

  constructor(parts: PlainCommandParts) {
    this.name = parts.name
    this.inTransaction = parts.inTransaction
    this.pipelineIndex = parts.pipelineIndex
    this.#parts = parts
  }

  setReplyContext(): void {}

  toWritable(): string {
    this.writes++
    return this.#parts.request()
  }

  resolve(reply: unknown): void {
    this.#parts.onReply(reply)
  }

  reject(error: Error): void {
    this.#parts.onError(error)
  }
}
