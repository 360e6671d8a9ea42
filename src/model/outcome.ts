/**
 * What became of a command. Three outcomes, as Jepsen counts them:
 * `ok`: the server answered without an error; `failed`: it certainly had no effect or the server said so;
 * `indeterminate`: it was sent and the answer never came, so the server may or may not have run it.
 */
export const OUTCOMES = ['ok', 'failed', 'indeterminate'] as const
export type OutcomeName = (typeof OUTCOMES)[number]

/** Index into {@link OUTCOMES}: the hot path passes numbers. */
export const OK = 0
export const FAILED = 1
export const INDETERMINATE = 2
export type Outcome = typeof OK | typeof FAILED | typeof INDETERMINATE

/** The closed set of `error_type` label values shared by the family of Redis test applications. */
export const ERROR_TYPES = [
  'none',
  'timeout',
  'connection_error',
  'command_error',
  'memory_error',
  'auth_error',
  'cluster_error',
  'unknown',
] as const
export type ErrorType = (typeof ERROR_TYPES)[number]

/** `redis.client.errors.category` of the official Redis clients. */
export type ErrorCategory = 'network' | 'tls' | 'auth' | 'server' | 'other'

/** One entry of the closed set of fine error codes. */
export interface ErrorCode {
  /** The value of `error.type`: a RESP error prefix, a Node error code, or a name of ours. */
  readonly code: string
  readonly errorType: ErrorType
  readonly category: ErrorCategory
  /** The RESP error prefix (`db.response.status_code`), when the server sent one. */
  readonly statusCode?: string
}
