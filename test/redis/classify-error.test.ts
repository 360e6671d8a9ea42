import { describe, expect, it } from 'vitest'
import { errorCodeAt } from '../../src/model/error-codes.ts'
import { classifyError, isReplyError } from '../../src/redis/classify-error.ts'

const reply = (message: string, extra: object = {}): Error =>
  Object.assign(new Error(message), { name: 'ReplyError', ...extra })
const nodeError = (code: string, extra: object = {}): Error =>
  Object.assign(new Error(`${code} happened`), { code, ...extra })
const named = (name: string, message: string, extra: object = {}): Error =>
  Object.assign(new Error(message), { name, ...extra })

const codeOf = (error: unknown): string => errorCodeAt(classifyError(error)).code
const typeOf = (error: unknown): string => errorCodeAt(classifyError(error)).errorType

describe('classifyError', () => {
  it.each([
    ['ERR syntax error', 'ERR', 'command_error'],
    ['WRONGTYPE Operation against a key', 'WRONGTYPE', 'command_error'],
    ['OOM command not allowed when used memory > maxmemory.', 'OOM', 'memory_error'],
    ['NOAUTH Authentication required.', 'NOAUTH', 'auth_error'],
    ['WRONGPASS invalid username-password pair', 'WRONGPASS', 'auth_error'],
    ["NOPERM this user has no permissions to run the 'set' command", 'NOPERM', 'auth_error'],
    ['DENIED Redis is running in protected mode', 'DENIED', 'auth_error'],
    ['MOVED 1625 127.0.0.1:7001', 'MOVED', 'cluster_error'],
    ['CLUSTERDOWN Hash slot not served', 'CLUSTERDOWN', 'cluster_error'],
    ["READONLY You can't write against a read only replica.", 'READONLY', 'cluster_error'],
    ['LOADING Redis is loading the dataset in memory', 'LOADING', 'connection_error'],
    ['BUSY Redis is busy running a script.', 'BUSY', 'command_error'],
    ['ERR max number of clients reached', 'maxclients', 'connection_error'],
    ['ERR invalid password', 'auth_refused', 'auth_error'],
    ['ERR AUTH <password> called without any password configured', 'auth_refused', 'auth_error'],
    ['ERR This instance has cluster support disabled', 'cluster_disabled', 'cluster_error'],
    ['MYERR from a script', 'other_reply', 'command_error'],
    ['no prefix at all', 'other_reply', 'command_error'],
    // Text that only looks like something else.
    ["ERR unknown command 'tls'", 'ERR', 'command_error'],
    ['ERR value for key ECONNRESET is not an integer', 'ERR', 'command_error'],
  ])('puts the reply %j under %s, %s', (message, code, type) => {
    expect(codeOf(reply(message))).toBe(code)
    expect(typeOf(reply(message))).toBe(type)
    expect(isReplyError(reply(message))).toBe(true)
  })

  it('looks behind EXECABORT for the cause', () => {
    const message = 'EXECABORT Transaction discarded because of previous errors.'
    expect(codeOf(reply(message))).toBe('EXECABORT')
    expect(codeOf(reply(message, { previousErrors: [reply('OOM command not allowed')] }))).toBe('OOM')
  })

  it.each([
    ['ECONNREFUSED', 'ECONNREFUSED', 'connection_error'],
    ['ECONNRESET', 'ECONNRESET', 'connection_error'],
    ['EADDRNOTAVAIL', 'EADDRNOTAVAIL', 'connection_error'],
    ['ETIMEDOUT', 'ETIMEDOUT', 'timeout'],
    ['CERT_HAS_EXPIRED', 'CERT_HAS_EXPIRED', 'connection_error'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_TLS_CERT_ALTNAME_INVALID', 'connection_error'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'auth_error'],
    ['ERR_SSL_SOMETHING_NEW', 'tls_other', 'connection_error'],
    ['ESOMETHING', 'other', 'unknown'],
    ['socket_timeout', 'socket_timeout', 'timeout'],
    ['handshake_timeout', 'handshake_timeout', 'timeout'],
  ])('puts the code %s under %s, %s', (given, code, type) => {
    expect(codeOf(nodeError(given))).toBe(code)
    expect(typeOf(nodeError(given))).toBe(type)
  })

  it('tells a dial that timed out from a read that did', () => {
    expect(codeOf(nodeError('ETIMEDOUT', { syscall: 'connect' }))).toBe('connect_timeout')
    expect(codeOf(nodeError('ETIMEDOUT', { syscall: 'read' }))).toBe('ETIMEDOUT')
  })

  it('takes the first cause of an aggregate', () => {
    const errors = [nodeError('ECONNREFUSED'), nodeError('EHOSTUNREACH')]
    expect(codeOf(new AggregateError(errors, 'all failed'))).toBe('ECONNREFUSED')
    expect(codeOf(Object.assign(new AggregateError(errors, 'all failed'), { code: 'ECONNREFUSED' }))).toBe(
      'ECONNREFUSED',
    )
  })

  it.each([
    [new Error('Connection is closed.'), 'closed'],
    [new Error("Stream isn't writeable and enableOfflineQueue options is false"), 'not_writable'],
    [new Error("Cluster isn't ready and enableOfflineQueue options is false"), 'not_writable'],
    [named('MaxRetriesPerRequestError', 'Reached the max retries per request limit'), 'max_retries'],
    [named('AbortError', 'Command aborted due to connection close'), 'aborted'],
    [named('ClusterAllFailedError', 'Failed to refresh slots cache.'), 'all_nodes_failed'],
    [named('ClusterAllFailedError', 'Failed', { lastNodeError: nodeError('ECONNREFUSED') }), 'ECONNREFUSED'],
    [new Error('Command timed out'), 'command_timeout'],
    [new Error("Socket timeout. Expecting data, but didn't receive any in 5000ms."), 'socket_timeout'],
    [new Error('Too many Cluster redirections. Last error: MOVED 1 host:1'), 'too_many_redirections'],
    [new Error('Unknown RESP type 64 "@". Please report this.'), 'protocol'],
    [new Error('Command queue state error. If you can reproduce this, please report it.'), 'protocol'],
    [new Error('something else'), 'other'],
    ['a string', 'other'],
    [undefined, 'other'],
    [null, 'other'],
  ])('puts %s under %s', (error, code) => {
    expect(codeOf(error)).toBe(code)
  })
})
