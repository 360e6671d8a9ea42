/**
 * What can go wrong with a Sentinel that is asked, what says most first: it knows no such master, or no replica that is up;
 * it does not let us ask; it does not answer. Codes of `ERROR_CODES`, and counters of the ledger.
 */
export const SENTINEL_FAILURES = ['sentinel_no_server', 'sentinel_refused', 'sentinel_unreachable'] as const
export type SentinelFailure = (typeof SENTINEL_FAILURES)[number]
