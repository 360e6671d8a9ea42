import { ConnectError } from '../model/errors.ts'
import { errorCodeAt } from '../model/error-codes.ts'
import type { TargetPlan, TlsPlan } from '../model/plan.ts'
import { classifyError } from './classify-error.ts'

/** Advice by fine error code. */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED:
    'nothing listens there: is the server running, and are --host and --port right? --embedded-redis needs no server',
  ENOTFOUND: 'the host name does not resolve: check --host',
  EAI_AGAIN: 'the host name could not be resolved right now: check --host and the resolver',
  ENOENT: 'there is no such socket: check --socket',
  EACCES: 'the socket may not be used by this user',
  ECONNRESET: 'the server closed the connection during the handshake: does it speak TLS (--tls)?',
  EPIPE:
    'the server closed the connection during the handshake: does it speak TLS (--tls), or is it full (maxclients)?',
  closed:
    'the server closed the connection during the handshake: does it speak TLS (--tls), or is it full (maxclients)?',
  connect_timeout: 'no answer to the dial: is a firewall in between?',
  other: 'no answer in time: is the server frozen, or does one side speak TLS and the other not?',
  WRONGPASS: 'wrong user or password: check --username and REDIS_PASSWORD',
  NOAUTH: 'the server wants a password: set REDIS_PASSWORD',
  ERR: 'the server refuses a command of the handshake: does it have this --db, and INFO under its own name?',
  NOPERM: 'the user may not run a command that the handshake needs',
  auth_refused: 'the server does not accept this password: check REDIS_PASSWORD',
  DENIED: 'the server is in protected mode: give it a password, or connect from the same host',
  cluster_disabled: 'the server is not a node of a Redis Cluster: leave out --topology cluster',
  all_nodes_failed:
    'none of the nodes answers: are they running, and are --nodes or --host and --port right?',
  LOADING: 'the server is still loading its data: try again',
  maxclients: 'the server has reached its maxclients',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'the certificate authority is not trusted: give its certificate with --tls-ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate authority is not trusted: give its certificate with --tls-ca',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed: give it with --tls-ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'the certificate authority is not trusted: give its certificate with --tls-ca',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name: check --host or give --tls-server-name',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS on this port: leave out --tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the server does not speak TLS on this port: leave out --tls',
}

const WANTS_CERTIFICATE =
  'the server closed the connection: does it want a certificate (--tls-cert, --tls-key), or is it full (maxclients)?'

/** One line that says where we tried to connect, what happened, and what to do. Holds no secret. */
export function explainConnectFailure(target: TargetPlan, error: Error): ConnectError {
  const { shown, advice } = adviseOn(error, target.tls)
  return new ConnectError(`cannot connect to ${describeTarget(target)}: ${shown}`, advice)
}

/** The fine code of an error, how it is shown, and what to do about it. */
export function adviseOn(
  error: Error,
  tls: TlsPlan,
): {
  readonly code: string
  readonly shown: string
  readonly advice: string | undefined
} {
  const { code, category } = errorCodeAt(classifyError(error))
  const nodeCode = (error as NodeJS.ErrnoException).code
  const shown = code === 'other' ? (nodeCode ?? error.message.split('\n')[0]!) : code
  const fallback =
    category === 'tls' ? 'the TLS handshake failed: check --tls-ca, --tls-cert and --tls-key' : undefined
  const isClosed = code === 'ECONNRESET' || code === 'EPIPE' || code === 'closed'
  // With TLS 1.3 the server learns that there is no certificate after our side has taken the handshake for done.
  if (tls.enabled && tls.cert_file === null && isClosed) return { code, shown, advice: WANTS_CERTIFICATE }
  return { code, shown, advice: ADVICE[code] ?? fallback }
}

/** `127.0.0.1:6379`, `127.0.0.1:6379 (TLS)`, the path of a socket, or a master and the Sentinels that know where it is. */
export function describeTarget(target: TargetPlan): string {
  if (target.topology === 'sentinel') return describeSentinels(target)
  if (target.socket !== null) return target.socket
  if (target.topology === 'cluster' && target.nodes.length > 0)
    return `${shortList(target.nodes)}${target.tls.enabled ? ' (TLS)' : ''}`
  const host = target.host.includes(':') ? `[${target.host}]` : target.host
  return `${host}:${target.port}${target.tls.enabled ? ' (TLS)' : ''}`
}

const NODES_SHOWN = 3

function shortList(nodes: readonly string[]): string {
  const more = nodes.length > NODES_SHOWN ? ` and ${nodes.length - NODES_SHOWN} more` : ''
  return `${nodes.slice(0, NODES_SHOWN).join(', ')}${more}`
}

function describeSentinels({ sentinel, tls }: TargetPlan): string {
  const { nodes, name } = sentinel
  return `${name}${tls.enabled ? ' (TLS)' : ''} by Sentinel ${shortList(nodes)}${sentinel.tls ? ' (TLS)' : ''}`
}
