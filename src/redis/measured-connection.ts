import type { Redis } from 'ioredis'
import type { Batch, Call, CallListener } from '../model/call.ts'
import type { Clock } from '../model/clock.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import { type BatchSink, createSink, sendUnit } from './batch-sink.ts'
import { sendWireCommand } from './ioredis-internals.ts'
import type { CommandOwner } from './command-owner.ts'
import type { MaintenanceWatch } from './maintenance-watch.ts'
import { MeasuredCommand } from './measured-command.ts'

const GOLDEN_RATIO = 0.618_033_988_75

/** When connections are closed and dialled anew. Shared by those of a thread, so that some are always left to work. */
export interface Renewal {
  /** Units that a connection sends before. */
  readonly after: number
  readonly mostAtOnce: number
  active: number
}

/** One ioredis client and the pool of its reusable commands. */
export class MeasuredConnection implements CommandOwner {
  readonly index: number
  readonly redis: Redis
  readonly clock: Clock
  held = 0
  /** Set where maintenance notifications are asked for. */
  maintenance: MaintenanceWatch | undefined = undefined
  /** It is being closed and dialled anew on purpose. */
  isRenewing = false
  /** We closed it, to dial it anew; a connection that is lost while it waits for that is lost all the same. */
  isClosing = false
  #unitsSinceDial = 0
  readonly #renewal: Renewal | undefined
  lastReplyAt = 0
  /** Earliest send among the commands whose answers the last loss took; infinite when it took none. */
  oldestLostAt = Number.POSITIVE_INFINITY
  readonly #ledger: LedgerWriter
  readonly #listener: CallListener
  readonly #free: MeasuredCommand[] = []
  readonly #sink: BatchSink

  constructor(
    index: number,
    redis: Redis,
    parts: { readonly clock: Clock; readonly ledger: LedgerWriter; readonly listener: CallListener },
    renewal?: Renewal,
  ) {
    this.#renewal = renewal
    // Connections that all began together do not end together.
    if (renewal !== undefined) this.#unitsSinceDial = Math.floor(renewal.after * ((index * GOLDEN_RATIO) % 1))
    this.index = index
    this.redis = redis
    this.clock = parts.clock
    this.#ledger = parts.ledger
    this.#listener = parts.listener
    this.#sink = createSink(redis)
  }

  get isReady(): boolean {
    return this.redis.status === 'ready' && !this.isRenewing
  }

  /** Dialled again, for whatever reason: it begins anew. */
  restarted(): void {
    if (this.isClosing) this.#unitsSinceDial = 0
    if (this.isRenewing && this.#renewal !== undefined) this.#renewal.active--
    this.isRenewing = false
    this.isClosing = false
  }

  take(): MeasuredCommand {
    return this.#free.pop() ?? new MeasuredCommand(this, this.#listener)
  }

  give(call: Call): void {
    const command = call as MeasuredCommand
    command.clear()
    this.#free.push(command)
    if (this.isRenewing && this.held === 0) this.#renew()
  }

  send(call: Call): void {
    const command = call as MeasuredCommand
    this.#hold(command)
    sendWireCommand(this.redis, command)
    this.#countUnit()
  }

  /** All commands of the batch in one socket write. */
  sendBatch(batch: Batch): void {
    sendUnit(this.redis, this.#sink, batch, (command) => this.#hold(command))
    this.#countUnit()
  }

  countResend(): void {
    this.#ledger.count('resent_commands', 1)
  }

  /** ioredis settled a command that it did not hold: a defect, in it or in us, that must not go unseen. */
  countUnexpected(): void {
    this.#ledger.count('internal_errors', 1)
  }

  noteLost({ sentAt }: MeasuredCommand): void {
    if (sentAt < this.oldestLostAt) this.oldestLostAt = sentAt
  }

  /** Only a node of a Cluster says so, and a load connection to one alone is not made. */
  noteElsewhere(): void {}

  maintenanceOf(): MaintenanceWatch | undefined {
    return this.maintenance
  }

  /** Once enough was sent, nothing more is, and what is in flight is waited for. */
  #countUnit(): void {
    const renewal = this.#renewal
    if (renewal === undefined || ++this.#unitsSinceDial < renewal.after) return
    if (this.isRenewing || renewal.active >= renewal.mostAtOnce || this.redis.status !== 'ready') return
    this.isRenewing = true
    renewal.active++
  }

  #renew(): void {
    // The client notices only when the socket is gone.
    if (this.redis.status !== 'ready' || this.isClosing) return
    this.isClosing = true
    this.#ledger.count('renewals', 1)
    this.redis.disconnect(true)
  }

  #hold(command: MeasuredCommand): void {
    command.isHeld = true
    command.writes = 0
    this.held++
    if (!this.isReady && this.redis.options.enableOfflineQueue === true)
      this.#ledger.count('offline_queued_commands', 1)
  }
}
