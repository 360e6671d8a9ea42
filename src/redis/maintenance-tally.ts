import type { Call, MaintenanceGuard } from '../model/call.ts'
import { errorCodeAt } from '../model/error-codes.ts'
import { type LedgerWriter, MEASURE } from '../model/ledger.ts'
import { INDETERMINATE, OK, OUTCOMES, type Outcome } from '../model/outcome.ts'
import type { MeasuredCommand } from './measured-command.ts'

const MICROS_PER_MILLI = 1000

export interface MaintenanceTallyLimits {
  /** Deadline of a command otherwise, and while something is announced; the latter `null`: the same. */
  readonly commandTimeoutMillis: number
  readonly relaxedTimeoutMillis: number | null
  readonly slowMillis: number
}

/** Counts apart the commands of the measured phase whose server had announced a maintenance while they were in flight. */
export class MaintenanceTally implements MaintenanceGuard {
  readonly relaxedTimeoutMillis: number | null
  readonly #ledger: LedgerWriter
  readonly #limits: MaintenanceTallyLimits

  constructor(ledger: LedgerWriter, limits: MaintenanceTallyLimits) {
    this.#ledger = ledger
    this.#limits = limits
    this.relaxedTimeoutMillis = limits.relaxedTimeoutMillis
  }

  covers(call: Call): boolean {
    const { connection } = call as MeasuredCommand
    const watch = connection.maintenanceOf(call)
    return watch !== undefined && watch.announced.until > call.sentAt
  }

  settled(call: Call, outcome: Outcome, code: number, serviceMillis: number): void {
    if (call.phase !== MEASURE) return
    const ledger = this.#ledger
    const { commandTimeoutMillis, slowMillis } = this.#limits
    ledger.count(`maintenance_${OUTCOMES[outcome]}`, 1)
    if (outcome === OK) ledger.recordThread('maintenance_service', serviceMillis * MICROS_PER_MILLI)
    else {
      const { errorType } = errorCodeAt(code)
      if (errorType !== 'none') ledger.count(`maintenance_${errorType}`, 1)
    }
    if (serviceMillis >= slowMillis) ledger.count('maintenance_slow', 1)
    if (serviceMillis >= commandTimeoutMillis && outcome !== INDETERMINATE)
      ledger.count('maintenance_rescued', 1)
  }
}
