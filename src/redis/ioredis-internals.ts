import type { Command, Redis } from 'ioredis'
import type { Socket } from 'node:net'

/**
 * Everything this project touches inside ioredis beyond its documented API stands here. `test/redis/ioredis-internals.test.ts`
 * fails when a new version changes any of it. Read from ioredis 6.0.0:
 *
 * - `Redis#sendCommand(command, stream?)` is exported and typed, but marked `@ignore`. It accepts any object with the
 *   members of {@link WireCommand}; with a `stream` whose `isPipeline` is true it writes to that stream instead of the
 *   socket. A command that cannot be written is rejected (`enableOfflineQueue: false`) or queued.
 * - `Redis#commandQueue` and `Redis#offlineQueue` have a `length`.
 * - `Redis#stream` is the socket, also while connecting.
 * - `AbstractConnector` has the members `connecting`, `stream`, `firstError` and `disconnect()`.
 * - An `isPipeline` stream's `destination.redis.stream` is handed to `toWritable`.
 */
export interface WireCommand {
  /** Lower-case; looked up in ioredis' flag tables. */
  readonly name: string
  /** Copied into `error.command.args`; kept empty so that no key or value ends up in an error. */
  readonly args: readonly never[]
  readonly promise: undefined
  readonly callback: undefined
  readonly ignore: false
  /** `true` keeps ioredis from publishing the command on its tracing channel, which needs a Promise. */
  readonly isTraced: true
  readonly isResolved: boolean
  readonly isSettled: boolean
  readonly inTransaction: boolean
  /** Position in a pipeline; ioredis aborts what was only partly answered when the connection is lost. */
  readonly pipelineIndex: number | undefined
  setReplyContext(context: unknown): void
  toWritable(socket: unknown): string
  resolve(reply: unknown): void
  reject(error: Error): void
}

/** Collects what several commands would write, so that a batch is one socket write. */
export interface PipelineSink {
  readonly isPipeline: true
  readonly destination: { readonly redis: Redis }
  write(text: string): void
}

/** Hands a command of ours to ioredis. */
export function sendWireCommand(redis: Redis, command: WireCommand, sink?: PipelineSink): void {
  redis.sendCommand(command as unknown as Command, sink as unknown as NodeJS.WritableStream as never)
}

/** Commands that wait for a connection inside ioredis. */
export function offlineQueueLength(redis: Redis): number {
  return (redis as unknown as { offlineQueue: { length: number } }).offlineQueue.length
}

/** The socket, once the first dial has begun. */
export function socketOf(redis: Redis): Socket | undefined {
  return redis.stream
}
