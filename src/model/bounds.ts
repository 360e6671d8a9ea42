/**
 * Upper bounds (`le`, seconds) of the published histograms. The command bounds contain those of the shared metrics
 * specification and of the official Redis clients, so that their dashboards read ours.
 */
export const COMMAND_BOUNDS_SECONDS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]
export const RECONNECTION_BOUNDS_SECONDS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
]
/** The generator's own delays: finer at the small end. */
export const LAG_BOUNDS_SECONDS: readonly number[] = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
  0.5, 1,
]

/** A bound in the unit of the ledger. Every published bound is a whole number of microseconds. */
export function boundMicros(seconds: number): number {
  return Math.round(seconds * 1e6)
}
