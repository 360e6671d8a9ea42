import type { ErrorCategory, ErrorCode, ErrorType } from './outcome.ts'

/** Reply prefixes found in Redis, Valkey and Sentinel, by the shared `error_type` they belong to. */
const replyPrefixes: Partial<Record<ErrorType, readonly string[]>> = {
  command_error: [
    'ERR',
    'WRONGTYPE',
    'BUSYGROUP',
    'BUSYKEY',
    'NOGROUP',
    'NOSCRIPT',
    'NOTBUSY',
    'UNKILLABLE',
    'UNBLOCKED',
    'EXECABORT',
    'NOPROTO',
    'INVALIDOBJ',
    'MISCONF',
    'BUSY',
  ],
  memory_error: ['OOM'],
  auth_error: ['NOAUTH', 'WRONGPASS', 'NOPERM', 'DENIED'],
  cluster_error: [
    'MOVED',
    'ASK',
    'TRYAGAIN',
    'CROSSSLOT',
    'CLUSTERDOWN',
    'READONLY',
    'MASTERDOWN',
    'NOREPLICAS',
    'NOMASTERLINK',
    'NOGOODSLAVE',
    'NOQUORUM',
    'INPROG',
    'NOTREADY',
  ],
  connection_error: ['LOADING', 'IOERR'],
}

/** Node.js system error codes that mean the network, not the server's answer. */
const networkCodes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_NODATA',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOENT',
  'EACCES',
  'ERR_SOCKET_CLOSED',
  'ERR_SOCKET_CONNECTION_TIMEOUT',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_STREAM_DESTROYED',
]

/** Node.js and OpenSSL codes of a failed TLS handshake. */
const tlsCodes = [
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'ERR_TLS_HANDSHAKE_TIMEOUT',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]

/** An alert by which the server refuses our certificate. */
const tlsAuthCodes = [
  'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
]

/** Names of ours, for what neither the server nor Node.js has a code. */
const own: readonly ErrorCode[] = [
  { code: 'other_reply', errorType: 'command_error', category: 'server' },
  { code: 'maxclients', errorType: 'connection_error', category: 'server', statusCode: 'ERR' },
  { code: 'auth_refused', errorType: 'auth_error', category: 'auth', statusCode: 'ERR' },
  { code: 'cluster_disabled', errorType: 'cluster_error', category: 'server', statusCode: 'ERR' },
  { code: 'closed', errorType: 'connection_error', category: 'network' },
  { code: 'killed', errorType: 'connection_error', category: 'network' },
  { code: 'not_writable', errorType: 'connection_error', category: 'network' },
  { code: 'max_retries', errorType: 'connection_error', category: 'network' },
  { code: 'aborted', errorType: 'connection_error', category: 'network' },
  { code: 'sentinel_unreachable', errorType: 'connection_error', category: 'network' },
  { code: 'sentinel_refused', errorType: 'auth_error', category: 'auth' },
  { code: 'sentinel_no_server', errorType: 'cluster_error', category: 'other' },
  { code: 'wrong_role', errorType: 'cluster_error', category: 'server' },
  { code: 'ETIMEDOUT', errorType: 'timeout', category: 'network' },
  { code: 'connect_timeout', errorType: 'timeout', category: 'network' },
  { code: 'handshake_timeout', errorType: 'timeout', category: 'network' },
  { code: 'socket_timeout', errorType: 'timeout', category: 'network' },
  { code: 'command_timeout', errorType: 'timeout', category: 'other' },
  { code: 'watch_conflict', errorType: 'command_error', category: 'server' },
  { code: 'command_deadline', errorType: 'timeout', category: 'other' },
  { code: 'too_many_redirections', errorType: 'cluster_error', category: 'other' },
  { code: 'all_nodes_failed', errorType: 'cluster_error', category: 'network' },
  { code: 'cluster_client', errorType: 'cluster_error', category: 'other' },
  { code: 'subscriber_mode', errorType: 'command_error', category: 'other' },
  { code: 'tls_other', errorType: 'connection_error', category: 'tls' },
  { code: 'reply_too_large', errorType: 'unknown', category: 'other' },
  { code: 'unexpected_reply', errorType: 'unknown', category: 'server' },
  { code: 'protocol', errorType: 'unknown', category: 'other' },
  { code: 'other', errorType: 'unknown', category: 'other' },
]

function replyCategory(errorType: ErrorType): ErrorCategory {
  return errorType === 'auth_error' ? 'auth' : 'server'
}

/**
 * Every fine error code that can be counted; the index of a code is its place in the ledger. The set is closed, so
 * that labels made of it have a bounded number of values. Index 0 is "no error".
 */
export const ERROR_CODES: readonly ErrorCode[] = [
  { code: 'none', errorType: 'none', category: 'other' },
  ...Object.entries(replyPrefixes).flatMap(([errorType, prefixes]) =>
    prefixes.map((code): ErrorCode => ({
      code,
      errorType: errorType as ErrorType,
      category: replyCategory(errorType as ErrorType),
      statusCode: code,
    })),
  ),
  ...networkCodes.map((code): ErrorCode => ({ code, errorType: 'connection_error', category: 'network' })),
  ...tlsCodes.map((code): ErrorCode => ({ code, errorType: 'connection_error', category: 'tls' })),
  ...tlsAuthCodes.map((code): ErrorCode => ({ code, errorType: 'auth_error', category: 'tls' })),
  ...own,
]

const indexByCode: ReadonlyMap<string, number> = new Map(
  ERROR_CODES.map((entry, index) => [entry.code, index]),
)

/** The ledger index of a fine error code, or `undefined` when the code is not in the closed set. */
export function findErrorCode(code: string): number | undefined {
  return indexByCode.get(code)
}

/** The ledger index of a code that is known to be in the set; throws when a programmer misspelt it. */
export function errorCodeIndex(code: string): number {
  const index = indexByCode.get(code)
  if (index === undefined) throw new Error(`not in ERROR_CODES: ${code}`)
  return index
}

/** The entry at a ledger index. */
export function errorCodeAt(index: number): ErrorCode {
  const entry = ERROR_CODES[index]
  if (entry === undefined) throw new Error(`no error code ${index}`)
  return entry
}
