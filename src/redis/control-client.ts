import { setTimeout as sleep } from 'node:timers/promises'
import { Cluster, type Redis } from 'ioredis'

import { errorCodeAt } from '../model/error-codes.ts'
import { SERVER_CHANGES, type ServerChanges, type ServerStats } from '../model/server-stats.ts'
import { bounded } from './bounded.ts'
import { classifyError } from './classify-error.ts'
import type { ClientSpec } from './client-options.ts'
import { disconnectNow, isOurs, nodesOf, openControl } from './control-connection.ts'
import { dialUntil } from './dial-until.ts'
import { explainSentinelFailure } from './explain-sentinel-failure.ts'
import { peerOf } from './ioredis-internals.ts'
import { explainConnectFailure } from './connect-failure.ts'
import { type PrefixCommands, type Removal, removePrefix, type ScanLimits } from './remove-prefix.ts'
import { type InfoFields, type ListedClient, parseClientList, parseCommandStats, parseInfo } from './info.ts'

const UNLINK_BATCH = 500
const INTRODUCTION_ATTEMPTS = 6
const INTRODUCTION_MILLIS = 50
const WITH_SUBCOMMANDS = new Set(['client', 'xgroup', 'xinfo', 'slowlog', 'latency'])
/** A replica's or a master's link is no client that could disturb the counts. */
const REPLICATION_FLAGS = /[SM]/
/** How Sentinels name their connections to a server that they watch. */
const OF_A_SENTINEL = /^sentinel-[\da-f]{8}-(?:cmd|pubsub)$/

export interface ConnectTimes {
  readonly establishedMillis: number
  readonly readyMillis: number
}

/**
 * The one connection that looks after things. It carries no load; every call has a bound. It does not retry by itself:
 * a call that finds the connection gone dials anew, once.
 */
export class ControlClient {
  readonly #redis: Redis | Cluster
  readonly #spec: ClientSpec
  /** What we sent ourselves, by lower-case command name, so that the audit can leave it out. */
  readonly #sent = new Map<string, number>()
  #redials = 0
  #isClosed = false
  #redialing: Promise<void> | undefined

  /** How long the dial took, and how long it took until the connection was ready; milliseconds. */
  readonly connectTimes: ConnectTimes

  private constructor(redis: Redis | Cluster, spec: ClientSpec, connectTimes: ConnectTimes) {
    this.#redis = redis
    this.#spec = spec
    this.connectTimes = connectTimes
  }

  /** Connects, or throws a `ConnectError` that says why not and what to do. */
  static async connect(spec: ClientSpec): Promise<ControlClient> {
    let lastError: Error | undefined
    const noteError = (error: Error): void => {
      lastError ??= error
    }
    const redis = openControl(spec, noteError)
    redis.on('error', noteError)
    const limit = 2 * spec.client.connect_timeout_ms
    const startedAt = performance.now()
    let establishedMillis = 0
    redis.once('connect', () => {
      establishedMillis = performance.now() - startedAt
    })
    try {
      await bounded(redis.connect(), limit, 'connecting')
      // ioredis goes on with database 0 when the one that was asked for cannot be selected.
      if (spec.target.db > 0) await bounded(redis.select(spec.target.db), limit, 'SELECT')
    } catch (error) {
      disconnectNow(redis)
      const failure = lastError ?? (error as Error)
      throw spec.target.topology === 'sentinel'
        ? await explainSentinelFailure(spec, failure)
        : explainConnectFailure(spec.target, failure)
    }
    return new ControlClient(redis, spec, { establishedMillis, readyMillis: performance.now() - startedAt })
  }

  /** Commands go to the nodes that have their keys. */
  get isCluster(): boolean {
    return this.#redis instanceof Cluster
  }

  /** RESP version that the server agreed to. */
  get negotiatedProtocol(): number {
    const one = nodesOf(this.#redis)[0]
    const { condition } = (one ?? {}) as { condition?: { protocol?: number } }
    return condition?.protocol ?? this.#spec.target.protocol
  }

  /** Where it goes now, as `host:port`; `null` for a unix socket. */
  get address(): string | null {
    return this.#redis instanceof Cluster ? null : peerOf(this.#redis)
  }

  /** How often a lost connection was dialled again, or was tried to. */
  get redials(): number {
    return this.#redials
  }

  /** How often each command was sent, by lower-case name. */
  get sent(): ReadonlyMap<string, number> {
    return this.#sent
  }

  /** Sends any command. Rejects with the server's error, or when no answer comes in time. */
  async call(
    command: string,
    args: readonly (string | number | Buffer)[],
    limitMillis: number,
  ): Promise<unknown> {
    if (this.#redis.status === 'end') await this.#redial(limitMillis)
    this.#count(command, args)
    return await bounded(this.#redis.call(command, ...args), limitMillis, command)
  }

  /** By both names that `INFO commandstats` may use: newer servers count subcommands apart. */
  #count(command: string, [subcommand]: readonly (string | number | Buffer)[]): void {
    const name = command.toLowerCase()
    const names = WITH_SUBCOMMANDS.has(name) ? [name, `${name}|${String(subcommand).toLowerCase()}`] : [name]
    for (const one of names) this.#sent.set(one, (this.#sent.get(one) ?? 0) + 1)
  }

  async info(limitMillis: number, ...sections: readonly string[]): Promise<InfoFields> {
    return parseInfo(this.#withoutSecrets(await this.call('INFO', sections, limitMillis)))
  }

  async listClients(limitMillis: number): Promise<ListedClient[]> {
    return parseClientList(this.#withoutSecrets(await this.call('CLIENT', ['LIST'], limitMillis)))
  }

  /** A server knows the password, and what it says of itself gets into reports. */
  #withoutSecrets(answer: unknown): string {
    const secrets = Object.values(this.#spec.secrets).filter((secret) => secret !== null && secret.length > 3)
    return secrets.reduce<string>((text, secret) => text.replaceAll(String(secret), '***'), String(answer))
  }

  /** Closes one connection by its id. `false` when it was gone already. */
  async killClient(id: string, limitMillis: number): Promise<boolean> {
    return Number(await this.call('CLIENT', ['KILL', 'ID', id], limitMillis)) > 0
  }

  /** The server's own counts, without what this connection sent. `ownNamePrefix` tells our clients from strangers. */
  async stats(ownNamePrefix: string, limitMillis: number): Promise<ServerStats> {
    const clients = await this.#listIntroduced(limitMillis)
    const sent = new Map(this.#sent)
    // `INFO everything` would leave nothing out, but sections by name work on every version.
    const [server, replication, stats, commandStats] = [
      await this.info(limitMillis, 'server'),
      await this.info(limitMillis, 'replication'),
      await this.info(limitMillis, 'stats'),
      await this.info(limitMillis, 'commandstats'),
    ]
    const commands = new Map<string, number>()
    for (const [name, { calls, rejected }] of parseCommandStats(commandStats))
      commands.set(name, calls + rejected - (sent.get(name) ?? 0))
    return {
      address: this.address ?? '',
      serverRunId: server.get('run_id') ?? '',
      role: replication.get('role') ?? 'unknown',
      commands,
      totalConnectionsReceived: Number(stats.get('total_connections_received') ?? 0),
      isWatched: clients.some(({ name }) => OF_A_SENTINEL.test(name)),
      strangers: clients
        .filter(
          ({ name, flags }) =>
            !isOurs(name, ownNamePrefix) && !OF_A_SENTINEL.test(name) && !REPLICATION_FLAGS.test(flags),
        )
        .map(({ address, name }) => (name === '' ? address : `${name} (${address})`)),
      totals: Object.fromEntries(
        SERVER_CHANGES.map((name) => [name, Number(stats.get(name) ?? 0)]),
      ) as ServerChanges,
    }
  }

  /** A connection of ours that is being dialled has no name yet: given a moment, it says who it is. */
  async #listIntroduced(limitMillis: number): Promise<ListedClient[]> {
    for (let attempt = 1; ; attempt++) {
      const clients = await this.listClients(limitMillis)
      const isComplete = clients.every(({ name, flags }) => name !== '' || REPLICATION_FLAGS.test(flags))
      if (isComplete || attempt === INTRODUCTION_ATTEMPTS) return clients
      await sleep(INTRODUCTION_MILLIS)
    }
  }

  /** Removes exactly the keys with the names of 0 to count - 1. */
  async unlinkRange(
    range: { readonly count: number; readonly nameOf: (index: number) => string },
    deadlineAt: number,
  ): Promise<Removal> {
    let removed = 0
    for (let first = 0; first < range.count; first += UNLINK_BATCH) {
      const keys = Array.from({ length: Math.min(UNLINK_BATCH, range.count - first) }, (_, index) =>
        range.nameOf(first + index),
      )
      const part = await this.unlinkKeys(keys, deadlineAt)
      removed += part.removed
      if (!part.complete) return { removed, complete: false }
    }
    return { removed, complete: true }
  }

  /** Keys are byte strings: one character for each byte. */
  async unlinkKeys(keys: readonly string[], deadlineAt: number): Promise<Removal> {
    return await this.#unlink(
      keys.map((key) => Buffer.from(key, 'latin1')),
      deadlineAt,
    )
  }

  /** Removes every key that begins with a prefix, by a SCAN over the whole database of each master. */
  async unlinkMatching(prefix: string, deadlineAt: number, limits?: ScanLimits): Promise<Removal> {
    let removed = 0
    for (const node of nodesOf(this.#redis)) {
      const commands: PrefixCommands = {
        // Names need not be text.
        scan: (args, limitMillis) => {
          this.#count('SCAN', args)
          return bounded(node.callBuffer('SCAN', ...args), limitMillis, 'SCAN')
        },
        unlink: (keys) => this.#unlink(keys, deadlineAt),
      }
      const part = await removePrefix(prefix, deadlineAt, commands, limits)
      removed += part.removed
      if (!part.complete) return { removed, complete: false }
    }
    return { removed, complete: true }
  }

  async #unlink(keys: readonly Buffer[], deadlineAt: number): Promise<Removal> {
    const left = deadlineAt - performance.now()
    if (keys.length === 0) return { removed: 0, complete: true }
    if (left <= 0) return { removed: 0, complete: false }
    if (!(this.#redis instanceof Cluster))
      return { removed: Number(await this.call('UNLINK', keys, left)), complete: true }
    // The keys of one command would have to be in one slot.
    const answers = await Promise.all(keys.map((key) => this.call('UNLINK', [key], left)))
    return { removed: answers.reduce<number>((sum, answer) => sum + Number(answer), 0), complete: true }
  }

  /** One dial for all calls that want one. With Sentinels it may take more than one to find the new master. */
  #redial(limitMillis: number): Promise<void> {
    const patience = this.#spec.target.topology === 'sentinel' ? limitMillis : 0
    this.#redialing ??= dialUntil(this.#redis, performance.now() + patience, () => !this.#isClosed).finally(
      () => {
        // A server that is frozen counts the connection later, even if nobody waited for it.
        this.#redials++
        this.#redialing = undefined
      },
    )
    return bounded(this.#redialing, limitMillis, 'connecting')
  }

  /** Closes without waiting. */
  close(): void {
    this.#isClosed = true
    disconnectNow(this.#redis)
  }
}

/** Fine error code of anything that went wrong on the control connection. */
export function causeOf(error: unknown): string {
  return errorCodeAt(classifyError(error)).code
}
