import type { Cluster, Command, Redis } from 'ioredis'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import { writeAddress } from '../model/address.ts'
import type { GuardedConnector } from './load-connector.ts'

/**
 * Everything this project touches inside ioredis beyond its documented API stands here. `test/redis/ioredis-internals.test.ts`
 * fails when a new version changes any of it. Read from ioredis 6.0.0:
 *
 * - `Redis#sendCommand(command, stream?)` is exported and typed, but marked `@ignore`. It accepts any object with the
 *   members of {@link WireCommand}; with a `stream` whose `isPipeline` is true it writes to that stream instead of the
 *   socket. A command that cannot be written is rejected (`enableOfflineQueue: false`) or queued.
 * - `Redis#commandQueue` and `Redis#offlineQueue` have a `length`.
 * - `Redis#connector` is what the option `Connector` made, and `Redis#condition.protocol` the RESP version agreed to.
 * - `Redis#stream` is the socket, also while connecting.
 * - `AbstractConnector` has the members `connecting`, `stream`, `firstError` and `disconnect()`.
 * - `Cluster#slots`, `Cluster#natMapper` and `Cluster#connectionPool.getInstanceByKey(key)`, and `Cluster#refreshSlotsCache`.
 *   `Cluster#sendCommand` asks `getSlot()`, and overwrites `reject` once for each object.
 * - `Redis#connector` is the instance of the class that was given as `Connector`.
 * - `DataHandler#returnPush(frame)` is called for each RESP3 push frame, with texts as buffers, and drops those that are
 *   not about subscriptions; `DataHandler#redis` is the client. The class is the default export of `ioredis/built/DataHandler`.
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

/** Commands that were written and not answered. */
export function unansweredLength(redis: Redis): number {
  return (redis as unknown as { commandQueue: { length: number } }).commandQueue.length
}

interface ClusterInside {
  /** By slot: `host:port` of its master, then of its replicas, as the nodes announce them. */
  readonly slots: readonly (readonly string[] | undefined)[]
  readonly connectionPool: { getInstanceByKey(key: string): Redis | undefined }
  natMapper(key: string): { readonly host: string; readonly port: number | string }
  refreshSlotsCache(callback?: (error?: Error) => void): void
}

/** Hands a command of ours to a Cluster client, which finds the node. */
export function sendRoutedCommand(cluster: Cluster, command: WireCommand): void {
  cluster.sendCommand(command as unknown as Command)
}

/** Which node serves each slot, as the client sees it. */
export function slotsOf(cluster: Cluster): ClusterInside['slots'] {
  return (cluster as unknown as ClusterInside).slots
}

/** The connection to a node, if there is one. */
export function nodeAt(cluster: Cluster, key: string): Redis | undefined {
  return (cluster as unknown as ClusterInside).connectionPool.getInstanceByKey(key)
}

/** The connection to the master of a slot, if there is one. */
export function masterOfSlot(cluster: Cluster, slot: number): Redis | undefined {
  const inside = cluster as unknown as ClusterInside
  const announced = inside.slots[slot]?.[0]
  if (announced === undefined) return undefined
  const { host, port } = inside.natMapper(announced)
  return inside.connectionPool.getInstanceByKey(`${host}:${port}`)
}

/** Asks a node for the map of slots; one question at a time, whoever asks. */
export function refreshSlots(cluster: Cluster): void {
  ;(cluster as unknown as ClusterInside).refreshSlotsCache(() => {})
}

/** What makes the sockets of a client. */
export function connectorOf(redis: Redis): object {
  return (redis as unknown as { connector: object }).connector
}

/** The other end of the socket as `host:port`; `null` for a unix socket, and for a socket that is gone already. */
export function peerOf(redis: Redis): string | null {
  const { remoteAddress: host, remotePort: port } = socketOf(redis) ?? {}
  return host === undefined || port === undefined ? null : writeAddress({ host, port })
}

interface DataHandler {
  readonly redis: Redis
  returnPush(frame: unknown): void
}

/** The kinds of push frames that ioredis itself makes use of. */
const OWN_PUSHES = /^(?:[ps]?message|[ps]?(?:un)?subscribe)$/
const pushListeners = new WeakMap<Redis, (frame: readonly unknown[]) => void>()
let hearsPushes = false

/** Hands over the push frames of a client that are not about subscriptions. Nothing is changed before the first call. */
export function hearPushes(redis: Redis, listener: (frame: readonly unknown[]) => void): void {
  pushListeners.set(redis, listener)
  if (hearsPushes) return
  hearsPushes = true
  const { default: handler } = createRequire(import.meta.url)('ioredis/built/DataHandler') as {
    default: { readonly prototype: DataHandler }
  }
  const returnPush = Reflect.get(handler.prototype, 'returnPush')
  handler.prototype.returnPush = function (this: DataHandler, frame) {
    const hear = pushListeners.get(this.redis)
    if (hear === undefined || !Array.isArray(frame) || isOwnPush(frame)) returnPush.call(this, frame)
    // Not handed on: ioredis would do nothing with it, or throw when it does not begin with a text.
    else if (frame.length > 0) hear(frame)
  }
}

function isOwnPush([name]: readonly unknown[]): boolean {
  return (typeof name === 'string' || Buffer.isBuffer(name)) && OWN_PUSHES.test(name.toString())
}

interface Inside {
  readonly connector: Partial<GuardedConnector>
  readonly commandQueue: { readonly length: number }
  readonly condition: { readonly protocol?: number } | null
}

/**
 * Tells the guard of a client's connections what they are owed. To be called before the first dial. `isListener`: the
 * client subscribes.
 */
export function guardReplies(redis: Redis, { isListener = false } = {}): void {
  const inside = redis as unknown as Inside
  const getsOnlyMessages = (): boolean => isListener && redis.status === 'ready'
  inside.connector.guard?.({
    isListener,
    getsOnlyMessages,
    // Under RESP2 a request for several channels has as many answers.
    repliesOwed: () =>
      getsOnlyMessages() && inside.condition?.protocol !== 3
        ? Number.POSITIVE_INFINITY
        : inside.commandQueue.length,
  })
}
