import type { Cluster, Redis } from 'ioredis'
import type { Socket } from 'node:net'
import type { Clock } from '../model/clock.ts'
import { type BatchSink, createSink } from './batch-sink.ts'
import { guardReplies, nodeAt, socketOf, unansweredLength } from './ioredis-internals.ts'
import type { LifeCycle } from './life-cycle.ts'
import type { MaintenanceWatch } from './maintenance-watch.ts'
import { RoutedCommand } from './routed-command.ts'
import { SilenceWatch } from './silence-watch.ts'
import { timeClient } from './time-client.ts'

/** One node of the Cluster as one client sees it: its connection of the day, and the story of its connections. */
export interface ClusterNode {
  /** `host:port`, as it is dialled. */
  readonly address: string
  /** Index in the table of nodes of the thread. */
  readonly index: number
  readonly lifeCycle: LifeCycle
  /** `undefined` where maintenance notifications are not asked for. */
  readonly maintenance: MaintenanceWatch | undefined
  redis: Redis
  sink: BatchSink
  watch: SilenceWatch
  lastReplyAt: number
  oldestLostAt: number
}

export interface ClusterNodesParts {
  readonly clock: Clock
  /** Index of a node in the whole thread. */
  readonly indexOf: (address: string) => number
  readonly lifeCycleOf: (node: { readonly index: number; readonly address: string }) => LifeCycle
  readonly maintenanceOf: (node: {
    readonly index: number
    readonly address: string
  }) => MaintenanceWatch | undefined
  /** Limits for silence; `undefined`: connections are not watched (preset `as-app`). */
  readonly silence: { readonly readyMillis: number; readonly handshakeMillis: number } | undefined
  /** A connection to a node is ready. `isReturning`: not for the first time. */
  readonly onReady: (node: ClusterNode, isReturning: boolean) => void
}

/**
 * The nodes that a Cluster client is, or was, connected to. ioredis makes a new connection object whenever it comes to
 * know a node again; what is measured is the story of the node.
 */
export class ClusterNodes {
  readonly #cluster: Cluster
  readonly #parts: ClusterNodesParts
  readonly #byAddress = new Map<string, ClusterNode>()
  readonly #byIndex = new Map<number, ClusterNode>()

  constructor(cluster: Cluster, parts: ClusterNodesParts) {
    this.#cluster = cluster
    this.#parts = parts
    cluster.on('+node', (redis: Redis) => this.#add(redis))
    cluster.on('refresh', () => this.#retire())
  }

  get all(): Iterable<ClusterNode> {
    return this.#byAddress.values()
  }

  /** Those that the client works with now. */
  *current(): Generator<ClusterNode> {
    for (const node of this.#byAddress.values())
      if (nodeAt(this.#cluster, node.address) === node.redis) yield node
  }

  find(redis: Redis): ClusterNode | undefined {
    return this.#byAddress.get(addressOf(redis))
  }

  anyMaster(): Redis | undefined {
    return this.#cluster.nodes('master').find(({ status }) => status === 'ready')
  }

  maintenanceOf(node: number): MaintenanceWatch | undefined {
    return this.#byIndex.get(node)?.maintenance
  }

  answered(node: number, at: number): void {
    const known = this.#byIndex.get(node)
    if (known !== undefined) known.lastReplyAt = at
  }

  noteLost(node: number, sentAt: number): void {
    const known = this.#byIndex.get(node)
    if (known !== undefined && sentAt < known.oldestLostAt) known.oldestLostAt = sentAt
  }

  /** Holds back what is written to each node until the sockets are uncorked. */
  cork(): Socket[] {
    const sockets: Socket[] = []
    for (const { redis } of this.#byAddress.values()) {
      const socket = socketOf(redis)
      if (socket === undefined || redis.status !== 'ready') continue
      socket.cork()
      sockets.push(socket)
    }
    return sockets
  }

  #add(redis: Redis): void {
    guardReplies(redis)
    const address = addressOf(redis)
    const known = this.#byAddress.get(address)
    const watch = this.#watchOver(
      redis,
      (at) => this.#byAddress.get(address)?.maintenance?.patienceMillis(at) ?? 0,
    )
    // The one before it may be closed later than this one is ready: its part of the story ends here.
    known?.lifeCycle.closed(this.#parts.clock.now(), { ...known, isRenewing: true })
    const node =
      known === undefined
        ? this.#create(address, redis, watch)
        : Object.assign(known, { redis, watch, sink: createSink(redis) })
    markCommands(redis, node.index)
    node.maintenance?.hear(redis)
    timeClient(redis, node.lifeCycle, this.#parts.clock, {
      dialling: () => watch.restart(),
      ready: (isReturning) => {
        // From here on only requests of ours are written, in which each character is a byte: cheaper to write than UTF-8.
        socketOf(redis)?.setDefaultEncoding('latin1')
        node.maintenance?.ready(redis)
        this.#parts.onReady(node, isReturning || known !== undefined)
      },
      isReplaced: () => node.redis !== redis,
      // A node without slots is let go of: nobody misses it.
      facts: () => ({
        lastReplyAt: node.lastReplyAt,
        oldestLostAt: node.oldestLostAt,
        isRenewing: nodeAt(this.#cluster, address) !== redis,
      }),
      closed: () => {
        if (nodeAt(this.#cluster, address) === redis) node.maintenance?.lost()
        node.oldestLostAt = Number.POSITIVE_INFINITY
      },
    })
  }

  #create(address: string, redis: Redis, watch: SilenceWatch): ClusterNode {
    const index = this.#parts.indexOf(address)
    const node: ClusterNode = {
      address,
      index,
      lifeCycle: this.#parts.lifeCycleOf({ index, address }),
      maintenance: this.#parts.maintenanceOf({ index, address }),
      redis,
      sink: createSink(redis),
      watch,
      lastReplyAt: this.#parts.clock.now(),
      oldestLostAt: Number.POSITIVE_INFINITY,
    }
    this.#byAddress.set(address, node)
    this.#byIndex.set(index, node)
    return node
  }

  /** The map of slots is new: the outage of a node that is not in it any more is over without a reconnection. */
  #retire(): void {
    for (const node of this.#byAddress.values())
      if (nodeAt(this.#cluster, node.address) === undefined) node.lifeCycle.retire(this.#parts.clock.now())
  }

  #watchOver(redis: Redis, patienceMillis: (at: number) => number): SilenceWatch {
    const { silence } = this.#parts
    return new SilenceWatch(
      {
        bytesRead: () => socketOf(redis)?.bytesRead ?? 0,
        isExpectingData: () =>
          redis.status === 'connect' || (redis.status === 'ready' && unansweredLength(redis) > 0),
        isHandshaking: () => redis.status === 'connect',
        patienceMillis,
        destroy: (code) => socketOf(redis)?.destroy(Object.assign(new Error(code), { code })),
      },
      silence ?? { readyMillis: Number.POSITIVE_INFINITY, handshakeMillis: Number.POSITIVE_INFINITY },
    )
  }
}

function addressOf({ options }: Redis): string {
  return `${options.host}:${options.port}`
}

/** Notes on each command of ours to which node it goes. */
function markCommands(redis: Redis, node: number): void {
  const send = redis.sendCommand.bind(redis)
  redis.sendCommand = (command, stream) => {
    if ((command as unknown) instanceof RoutedCommand)
      (command as unknown as RoutedCommand).command.node = node
    return send(command, stream)
  }
}
