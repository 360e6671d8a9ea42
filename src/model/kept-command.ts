/** Why a command gets a span. */
export const KEPT_REASONS = ['sampled', 'error', 'slow'] as const
export type KeptReason = (typeof KEPT_REASONS)[number]

/** A settled unit (a command, or a batch) that is worth a span. Times are milliseconds of the thread clock. */
export interface KeptCommand {
  readonly reason: KeptReason
  readonly series: number
  readonly connection: number
  readonly dueAt: number
  readonly sentAt: number
  readonly settledAt: number
  /** Index into OUTCOMES. */
  readonly outcome: number
  /** Index into ERROR_CODES. */
  readonly code: number
  /** Commands in it. */
  readonly size: number
}
