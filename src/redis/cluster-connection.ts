import type { Cluster } from 'ioredis'
import type { Batch, Call, CallListener } from '../model/call.ts'
import type { Clock } from '../model/clock.ts'
import { errorCodeAt, errorCodeIndex } from '../model/error-codes.ts'
import { type LedgerWriter, type Redirection, REDIRECTIONS } from '../model/ledger.ts'
import { FAILED } from '../model/outcome.ts'
import { sendUnit } from './batch-sink.ts'
import type { ClusterNodes } from './cluster-nodes.ts'
import type { CommandOwner } from './command-owner.ts'
import type { MaintenanceWatch } from './maintenance-watch.ts'
import { masterOfSlot, refreshSlots, sendRoutedCommand } from './ioredis-internals.ts'
import { slotOfArgument } from './key-slot.ts'
import { MeasuredCommand } from './measured-command.ts'
import { type Rerouted, RoutedCommand, type RoutingListener } from './routed-command.ts'

const NOT_WRITABLE = errorCodeIndex('not_writable')
/** As ioredis waits before it asks for the slots again while commands fail. */
const REFRESH_MILLIS = 100
const REDIRECTIONS_BY_NAME: ReadonlySet<string> = new Set(REDIRECTIONS)

/** One Cluster client, with a connection to each node, and the pool of its reusable commands. */
export class ClusterConnection implements CommandOwner, RoutingListener {
  readonly index: number
  readonly cluster: Cluster
  readonly clock: Clock
  readonly isRenewing = false
  held = 0
  lastReplyAt = 0
  readonly #nodes: ClusterNodes
  readonly #ledger: LedgerWriter
  readonly #listener: CallListener
  readonly #failsFast: boolean
  readonly #free: MeasuredCommand[] = []
  #refreshing: NodeJS.Timeout | undefined

  constructor(
    index: number,
    cluster: Cluster,
    nodes: ClusterNodes,
    parts: {
      readonly clock: Clock
      readonly ledger: LedgerWriter
      readonly listener: CallListener
      /** A command for which there is no connection fails instead of waiting for one. */
      readonly failsFast: boolean
    },
  ) {
    this.index = index
    this.#failsFast = parts.failsFast
    this.cluster = cluster
    this.clock = parts.clock
    this.#nodes = nodes
    this.#ledger = parts.ledger
    this.#listener = parts.listener
  }

  /** Whether the client knows the nodes; one of them may be down. */
  get isReady(): boolean {
    return this.cluster.status === 'ready'
  }

  take(): MeasuredCommand {
    return this.#free.pop() ?? new MeasuredCommand(this, this.#listener)
  }

  give(call: Call): void {
    const command = call as MeasuredCommand
    command.clear()
    this.#free.push(command)
  }

  send(call: Call): void {
    const command = call as MeasuredCommand
    command.slot = command.keyArgument === 0 ? -1 : slotOfArgument(command.wire, command.keyArgument)
    this.#hold(command)
    if (this.#failsFast && !this.isReady) command.settle(FAILED, NOT_WRITABLE)
    else sendRoutedCommand(this.cluster, new RoutedCommand(command, this))
  }

  /** Each command of a pipeline goes to its node, in one write for each; a transaction to the node of its first key. */
  sendBatch(batch: Batch): void {
    if (batch.kind === 'transaction') {
      this.#sendTransaction(batch)
      return
    }
    const sockets = this.#nodes.cork()
    // The loop runs over a fixed count: a rejected command settles at once, and the last one frees the batch.
    for (let index = 0, count = batch.calls.length; index < count; index++) this.send(batch.calls[index]!)
    for (const socket of sockets) socket.uncork()
  }

  countResend(): void {
    this.#ledger.count('resent_commands', 1)
  }

  countUnexpected(): void {
    this.#ledger.count('internal_errors', 1)
  }

  noteLost(command: MeasuredCommand): void {
    this.#nodes.noteLost(command.node, command.sentAt)
  }

  noteElsewhere(): void {
    this.unroutable()
  }

  maintenanceOf({ node }: Call): MaintenanceWatch | undefined {
    return this.#nodes.maintenanceOf(node)
  }

  answeredBy(node: number): void {
    this.#nodes.answered(node, this.clock.now())
  }

  rerouted(command: Rerouted, code: number, answered: boolean): void {
    if (answered) this.#ledger.countRedirected(command.phase, command.series)
    const prefix = errorCodeAt(code).statusCode ?? ''
    if (REDIRECTIONS_BY_NAME.has(prefix)) this.#ledger.countNode(command.node, prefix as Redirection)
    else this.#ledger.count('hidden_retries', 1)
  }

  unroutable(): void {
    if (!this.isReady) return
    this.#refreshing ??= setTimeout(() => {
      this.#refreshing = undefined
      if (this.isReady) refreshSlots(this.cluster)
    }, REFRESH_MILLIS)
  }

  close(): void {
    clearTimeout(this.#refreshing)
    this.cluster.disconnect()
  }

  /** Not redirected: a part of it may not run without the others. What is elsewhere fails, and the slots are asked for. */
  #sendTransaction(batch: Batch): void {
    const commands = batch.calls as MeasuredCommand[]
    const keyed = commands.find(({ keyArgument }) => keyArgument > 0)
    const slot = keyed === undefined ? -1 : slotOfArgument(keyed.wire, keyed.keyArgument)
    const redis = slot < 0 ? this.#nodes.anyMaster() : masterOfSlot(this.cluster, slot)
    const node = redis === undefined ? undefined : this.#nodes.find(redis)
    if (node === undefined) {
      this.unroutable()
      for (const command of commands.slice()) {
        this.#hold(command)
        command.settle(FAILED, NOT_WRITABLE)
      }
      return
    }
    sendUnit(node.redis, node.sink, batch, (command) => {
      command.slot = slot
      command.node = node.index
      this.#hold(command)
    })
  }

  #hold(command: MeasuredCommand): void {
    command.isHeld = true
    command.writes = 0
    this.held++
    if (!this.#failsFast && !this.isReady) this.#ledger.count('offline_queued_commands', 1)
  }
}
