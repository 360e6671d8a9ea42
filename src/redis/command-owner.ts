import type { Call, Connection } from '../model/call.ts'
import type { Clock } from '../model/clock.ts'
import type { MaintenanceWatch } from './maintenance-watch.ts'
import type { MeasuredCommand } from './measured-command.ts'

/** What a measured command tells the connection that it was taken from. */
export interface CommandOwner extends Connection {
  readonly clock: Clock
  held: number
  /** Its request was written again, and nothing says that the server did not run it the first time. */
  countResend(): void
  /** ioredis settled a command that it did not hold: a defect, in it or in us, that must not go unseen. */
  countUnexpected(): void
  /** Its answer was lost with a connection. */
  noteLost(command: MeasuredCommand): void
  /** What its server has announced; `undefined` where nobody asked. */
  maintenanceOf(call: Call): MaintenanceWatch | undefined
  /** It could not be queued in a transaction because its keys are elsewhere. */
  noteElsewhere(): void
}
