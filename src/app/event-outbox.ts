import type { ConnectionAttempt, Outage } from '../model/connection-event.ts'
import type { FailureSigns } from '../model/disturbance.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import type { MaintenanceLoss, MaintenanceNews, MaintenanceNotice } from '../model/maintenance.ts'
import type { ShardOutage } from '../model/shard-outage.ts'
import { type Finding, FINDINGS_KEPT } from '../model/verification.ts'

/** Between two deliveries; a reconnect storm of a thousand connections fits. */
const LARGEST_BATCH = 5000

/**
 * Collects what happened to connections, and the first reads that went wrong, until it is sent to the main thread. Bounded;
 * what does not fit is counted.
 */
export class EventOutbox {
  readonly #ledger: LedgerWriter
  #attempts: ConnectionAttempt[] = []
  #outages: Outage[] = []
  #findings: Finding[] = []
  #shardOutages: ShardOutage[] = []
  #notices: MaintenanceNotice[] = []
  #losses: MaintenanceLoss[] = []
  #refusal: string | undefined
  #wasRefused = false
  #found = 0
  readonly #toEpochMillis: (at: number) => number
  #failedAt: number | undefined
  #recoveredAt: number | undefined

  /** `toEpochMillis`: thread clock to milliseconds since the epoch. */
  constructor(ledger: LedgerWriter, toEpochMillis: (at: number) => number) {
    this.#ledger = ledger
    this.#toEpochMillis = toEpochMillis
  }

  /** The first failure between two deliveries is kept. */
  failed(at: number): void {
    this.#failedAt ??= at
  }

  recovered(at: number): void {
    this.#recoveredAt ??= at
  }

  attempt(attempt: ConnectionAttempt): void {
    if (this.#attempts.length < LARGEST_BATCH) this.#attempts.push(attempt)
    else this.#ledger.count('events_dropped', 1)
  }

  outage(outage: Outage): void {
    if (this.#outages.length < LARGEST_BATCH) this.#outages.push(outage)
    else this.#ledger.count('events_dropped', 1)
  }

  shardOutage(outage: ShardOutage): void {
    if (this.#shardOutages.length < LARGEST_BATCH) this.#shardOutages.push(outage)
    else this.#ledger.count('events_dropped', 1)
  }

  notice(notice: MaintenanceNotice): void {
    if (this.#notices.length < LARGEST_BATCH) this.#notices.push(notice)
    else this.#ledger.count('events_dropped', 1)
  }

  maintenanceLoss(loss: MaintenanceLoss): void {
    if (this.#losses.length < LARGEST_BATCH) this.#losses.push(loss)
    else this.#ledger.count('events_dropped', 1)
  }

  /** The first is enough: how many there are is in the ledger. */
  maintenanceRefused(message: string): void {
    if (!this.#wasRefused) this.#refusal = message
    this.#wasRefused = true
  }

  /** `undefined` when there is none. */
  takeMaintenance(): MaintenanceNews | undefined {
    const news = { notices: this.#notices, losses: this.#losses, refusal: this.#refusal ?? null }
    if (news.notices.length + news.losses.length === 0 && news.refusal === null) return undefined
    this.#notices = []
    this.#losses = []
    this.#refusal = undefined
    return news
  }

  /** More are not wanted: their number is in the ledger. */
  get wantsFindings(): boolean {
    return this.#found < FINDINGS_KEPT
  }

  finding(finding: Finding): void {
    this.#found++
    this.#findings.push(finding)
  }

  take(): {
    readonly attempts: readonly ConnectionAttempt[]
    readonly outages: readonly Outage[]
    readonly findings: readonly Finding[]
    readonly shardOutages: readonly ShardOutage[]
    readonly signs: FailureSigns | undefined
  } {
    const taken = {
      attempts: this.#attempts,
      outages: this.#outages,
      findings: this.#findings,
      shardOutages: this.#shardOutages,
      signs: this.#takeSigns(),
    }
    if (taken.attempts.length > 0) this.#attempts = []
    if (taken.outages.length > 0) this.#outages = []
    if (taken.findings.length > 0) this.#findings = []
    if (taken.shardOutages.length > 0) this.#shardOutages = []
    return taken
  }

  #takeSigns(): FailureSigns | undefined {
    const [failedAt, recoveredAt] = [this.#failedAt, this.#recoveredAt]
    if (failedAt === undefined && recoveredAt === undefined) return undefined
    this.#failedAt = this.#recoveredAt = undefined
    return {
      first_failure_ms: failedAt === undefined ? null : this.#toEpochMillis(failedAt),
      first_success_ms: recoveredAt === undefined ? null : this.#toEpochMillis(recoveredAt),
    }
  }
}
