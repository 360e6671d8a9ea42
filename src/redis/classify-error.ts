import { errorCodeIndex, findErrorCode } from '../model/error-codes.ts'

const code = {
  other: errorCodeIndex('other'),
  otherReply: errorCodeIndex('other_reply'),
  closed: errorCodeIndex('closed'),
}

/** Errors of the server whose prefix is `ERR` but whose text says more. Fixed texts of Redis, never of keys or values. */
const errTexts: readonly (readonly [RegExp, number])[] = [
  [/^ERR max number of clients/, errorCodeIndex('maxclients')],
  [/^ERR (invalid password|AUTH |Client sent AUTH)/, errorCodeIndex('auth_refused')],
  [/^ERR This instance has cluster support disabled/, errorCodeIndex('cluster_disabled')],
]

/** Fixed texts of ioredis itself. */
const clientTexts: readonly (readonly [RegExp, number])[] = [
  [/^Connection is closed\.$/, code.closed],
  [/isn't (writeable|ready) and enableOfflineQueue options is false$/, errorCodeIndex('not_writable')],
  [/^Command timed out$/, errorCodeIndex('command_timeout')],
  [/^Socket timeout\. Expecting data/, errorCodeIndex('socket_timeout')],
  [/^Too many Cluster redirections/, errorCodeIndex('too_many_redirections')],
  [/^All sentinels are unreachable/, errorCodeIndex('sentinel_unreachable')],
  [
    /^(Failed to refresh slots cache|None of startup nodes|Cluster is ended)/,
    errorCodeIndex('cluster_client'),
  ],
  [/^Connection in subscriber mode/, errorCodeIndex('subscriber_mode')],
  [/^Command queue state error|Please report this\.$/, errorCodeIndex('protocol')],
]

const byName: ReadonlyMap<string, number> = new Map(
  Object.entries({
    MaxRetriesPerRequestError: errorCodeIndex('max_retries'),
    AbortError: errorCodeIndex('aborted'),
    ClusterAllFailedError: errorCodeIndex('all_nodes_failed'),
  }),
)

interface ErrorLike {
  readonly name?: unknown
  readonly message?: unknown
  readonly code?: unknown
  readonly syscall?: unknown
  readonly errors?: unknown
  readonly previousErrors?: unknown
  readonly lastNodeError?: unknown
}

/** Whether the server itself answered with an error. ioredis names every such error `ReplyError`. */
export function isReplyError(error: unknown): boolean {
  return (error as ErrorLike | undefined)?.name === 'ReplyError'
}

/**
 * The fine error code (an index into ERROR_CODES) of whatever ioredis, Node.js or Redis threw. Classified by structure:
 * reply prefix, then error class, then Node.js code, then ioredis' own fixed texts; never by a substring of a text
 * that could hold a key, a value or an address.
 */
export function classifyError(error: unknown): number {
  const { name, message, code: nodeCode } = (error ?? {}) as ErrorLike
  const text = typeof message === 'string' ? message : ''
  if (isReplyError(error)) return classifyReply(text, error as ErrorLike)
  const named = typeof name === 'string' ? byName.get(name) : undefined
  if (named !== undefined) return classifyNamed(named, error as ErrorLike)
  if (typeof nodeCode === 'string') return classifyNodeCode(nodeCode, error as ErrorLike)
  for (const [pattern, index] of clientTexts) if (pattern.test(text)) return index
  return firstOf((error as ErrorLike | undefined)?.errors) ?? code.other
}

/** The RESP error prefix: upper-case word at the start. */
function classifyReply(text: string, error: ErrorLike): number {
  const prefix = /^([A-Z][A-Z0-9_]*)(?: |$)/.exec(text)?.[1]
  if (prefix === undefined) return code.otherReply
  if (prefix === 'ERR') for (const [pattern, index] of errTexts) if (pattern.test(text)) return index
  if (prefix === 'EXECABORT') return firstOf(error.previousErrors) ?? errorCodeIndex('EXECABORT')
  return findErrorCode(prefix) ?? code.otherReply
}

function classifyNamed(index: number, error: ErrorLike): number {
  if (error.lastNodeError === undefined || error.lastNodeError === null) return index
  const inner = classifyError(error.lastNodeError)
  return inner === code.other ? index : inner
}

function classifyNodeCode(nodeCode: string, error: ErrorLike): number {
  if (nodeCode === 'ETIMEDOUT' && error.syscall === 'connect') return errorCodeIndex('connect_timeout')
  const known = findErrorCode(nodeCode)
  if (known !== undefined) return known
  if (nodeCode.startsWith('ERR_SSL_') || nodeCode.startsWith('ERR_TLS_')) return errorCodeIndex('tls_other')
  return firstOf(error.errors) ?? code.other
}

/** Of an AggregateError (all addresses of a host failed) or an EXECABORT, the first cause says most. */
function firstOf(errors: unknown): number | undefined {
  return Array.isArray(errors) && errors.length > 0 ? classifyError(errors[0]) : undefined
}
