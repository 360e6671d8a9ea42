import { Cluster } from 'ioredis'
import { errorCodeAt, errorCodeIndex } from '../model/error-codes.ts'
import type { Outage } from '../model/connection-event.ts'
import { pickShare } from '../model/pick-share.ts'
import type { Random } from '../model/random.ts'
import { classifyError } from './classify-error.ts'
import { clusterOptions, startupNodes } from './cluster-options.ts'
import { ClusterConnection } from './cluster-connection.ts'
import { type ClusterNode, ClusterNodes } from './cluster-nodes.ts'
import type { ConnectionCounts, LoadGroup } from './connection-group.ts'
import { offlineQueueLength, slotsOf, socketOf, unansweredLength } from './ioredis-internals.ts'
import { LifeCycle } from './life-cycle.ts'
import type { LoadConnectionsParts, LoadConnectionsSpec } from './load-connections.ts'
import type { ShardWatch } from './shard-watch.ts'

const KILLED = errorCodeIndex('killed')

export interface ClusterConnectionsParts extends LoadConnectionsParts {
  /** Index of a node in the whole thread. */
  readonly nodeIndexOf: (address: string) => number
  readonly shards: ShardWatch
}

interface Member {
  readonly connection: ClusterConnection
  readonly nodes: ClusterNodes
  /** Fine code of what went wrong while the client looked for nodes; 0: nothing. */
  lastCode: number
}

/** The Cluster clients of one load thread, with everything that times and guards their connections. */
export class ClusterConnections implements LoadGroup {
  readonly #spec: LoadConnectionsSpec
  readonly #parts: ClusterConnectionsParts
  readonly #members: readonly Member[]
  #isOver = false

  constructor(spec: LoadConnectionsSpec, parts: ClusterConnectionsParts) {
    this.#spec = spec
    this.#parts = parts
    this.#members = Array.from({ length: spec.count }, (_, offset) =>
      this.#create(spec.firstConnection + offset),
    )
  }

  get connections(): readonly ClusterConnection[] {
    return this.#members.map(({ connection }) => connection)
  }

  get count(): number {
    return this.#members.length
  }

  /** Clients with a ready connection to every node that they send to. */
  get readyCount(): number {
    return this.#members.filter((member) => isWhole(member, this.#wantedRole)).length
  }

  get lastFailure(): string | undefined {
    const failed = this.#members.find(({ connection, lastCode }) => !connection.isReady && lastCode > 0)
    return failed === undefined ? undefined : errorCodeAt(failed.lastCode).code
  }

  dial(): void {
    for (const { connection } of this.#members) connection.cluster.connect().catch(ignoreDialResult)
  }

  inspect(at: number): ConnectionCounts {
    const counts = { active: 0, used: 0, down: 0, pending: 0 }
    const activeByNode = new Map<number, number>()
    for (const { nodes } of this.#members)
      for (const node of nodes.all) {
        const { redis, lifeCycle, watch } = node
        if (this.#spec.client.preset === 'measure') watch.look(at)
        const isActive = redis.status === 'ready'
        if (isActive) counts.active++
        if (isActive && unansweredLength(redis) > 0) counts.used++
        if (lifeCycle.isDown) counts.down++
        counts.pending += offlineQueueLength(redis)
        activeByNode.set(node.index, (activeByNode.get(node.index) ?? 0) + (isActive ? 1 : 0))
      }
    for (const [node, active] of activeByNode) this.#parts.ledger.gaugeNode(node, active)
    return counts
  }

  cut(share: number, random: Random): number {
    const ready = this.#members.flatMap(({ nodes }) =>
      [...nodes.current()].filter(({ redis }) => redis.status === 'ready'),
    )
    const picked = pickShare(ready, share, random)
    for (const { redis, lifeCycle } of picked) {
      lifeCycle.failed(KILLED)
      socketOf(redis)?.destroy()
    }
    return picked.length
  }

  stop(at: number): Outage[] {
    this.#isOver = true
    return this.#members.flatMap(({ nodes }) =>
      [...nodes.all].flatMap(({ lifeCycle }) => lifeCycle.stop(at) ?? []),
    )
  }

  close(): void {
    for (const { connection, nodes } of this.#members) {
      connection.close()
      for (const { redis } of nodes.all) {
        redis.disconnect()
        socketOf(redis)?.destroy()
      }
    }
  }

  get #wantedRole(): 'master' | 'all' {
    return this.#spec.client.read_from === 'replicas' ? 'all' : 'master'
  }

  #create(index: number): Member {
    const { thread, namePrefix } = this.#spec
    const { clock, ledger, lifeCycleListener, toEpochMillis, listener, shards } = this.#parts
    const spec = { ...this.#spec, connectionName: `${namePrefix}:${index}` }
    const onPurpose = { isRenewing: () => false, isOver: () => this.#isOver }
    const cluster = new Cluster(startupNodes(spec), clusterOptions(spec, onPurpose))
    const { preset, socket_timeout_ms, connect_timeout_ms } = spec.client
    const nodes = new ClusterNodes(cluster, {
      clock,
      indexOf: this.#parts.nodeIndexOf,
      maintenanceOf: (node) => this.#parts.maintenance?.watch({ thread, connection: index, node }),
      lifeCycleOf: (node) =>
        new LifeCycle(
          { thread, connection: index, node },
          { ledger, listener: lifeCycleListener, toEpochMillis },
        ),
      silence:
        preset === 'measure'
          ? { readyMillis: socket_timeout_ms, handshakeMillis: connect_timeout_ms }
          : undefined,
      onReady: (node, isReturning) => this.#nodeReady(node, isReturning, connection),
    })
    const failsFast = preset === 'measure'
    const connection = new ClusterConnection(index, cluster, nodes, { clock, ledger, listener, failsFast })
    connection.lastReplyAt = clock.now()
    const member: Member = { connection, nodes, lastCode: 0 }
    cluster.on('error', (error: Error) => {
      member.lastCode = classifyError(error)
    })
    // What becomes of a single node is told by its own connection.
    cluster.on('node error', (error: Error) => {
      if (!connection.isReady) member.lastCode = classifyError(error)
    })
    cluster.on('ready', () => {
      member.lastCode = 0
      shards.learn(slotsOf(cluster))
      for (const node of cluster.nodes(this.#wantedRole))
        if (node.status === 'wait') node.connect().catch(ignoreDialResult)
      listener.connected(connection)
    })
    return member
  }

  #nodeReady({ redis }: ClusterNode, isReturning: boolean, connection: ClusterConnection): void {
    // From now on a command for a node that is down fails at once; while it is dialled first, commands wait for it.
    if (this.#spec.client.preset === 'measure') redis.options.enableOfflineQueue = false
    // After a failover or a restart the server does not know them; what is sent next comes after them.
    if (isReturning)
      for (const script of this.#spec.scripts)
        redis.script('LOAD', Buffer.from(script)).catch(ignoreDialResult)
    this.#parts.listener.connected(connection)
  }
}

/** Every node that gets load is connected. */
function isWhole({ connection }: Member, role: 'master' | 'all'): boolean {
  const nodes = connection.cluster.nodes(role)
  return connection.isReady && nodes.length > 0 && nodes.every(({ status }) => status === 'ready')
}

/** `connect()` rejects with "Connection is closed." for every failed attempt; the events say what happened. */
function ignoreDialResult(): void {}
