/** Why a command gets a span, each up to a rate. */
export const KEPT_REASONS = ['sampled', 'error', 'slow'] as const
/** `slowest`: of the slowest units of the run, and none of the others. */
export type KeptReason = (typeof KEPT_REASONS)[number] | 'slowest'

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
  /** Index into PHASES. */
  readonly phase: number
  /** Of the server it was sent to last, as the thread counts them; -1 where there is one only, and for batches. */
  readonly node: number
  /** It is among the slowest of its thread so far. */
  readonly isSlowest: boolean
}
