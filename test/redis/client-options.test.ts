import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/model/errors.ts'
import type { TargetPlan } from '../../src/model/plan.ts'
import {
  controlClientOptions,
  describePreset,
  loadClientOptions,
  retryDelay,
} from '../../src/redis/client-options.ts'
import { describeTarget, explainConnectFailure } from '../../src/redis/connect-failure.ts'
import { CLIENT } from '../support/measured.ts'
import { TARGET as LOCAL } from '../support/target.ts'

const TARGET: TargetPlan = {
  ...LOCAL,
  host: 'redis.example',
  port: 6380,
  db: 2,
  username: 'app',
  password: '***',
  protocol: 2,
}
const SPEC = {
  target: TARGET,
  client: CLIENT,
  secrets: { password: 'geheim', sentinelPassword: null, tlsKeyPassphrase: null },
  connectionName: 'redis-test:ab:0',
}

describe('loadClientOptions', () => {
  it('passes the target on, with the real password', () => {
    expect(loadClientOptions(SPEC)).toMatchObject({
      host: 'redis.example',
      port: 6380,
      db: 2,
      username: 'app',
      password: 'geheim',
      protocol: 2,
      connectionName: 'redis-test:ab:0',
      lazyConnect: true,
    })
  })

  it('measures without anything that hides a failure', () => {
    const options = loadClientOptions(SPEC)
    expect(options).toMatchObject({
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      disableClientInfo: true,
    })
    expect(options.commandTimeout).toBeUndefined()
    expect(options.retryStrategy!(3)).toBe(20)
  })

  it('sends again as often as it is told, for as-app alone', () => {
    const client = { ...CLIENT, retry_attempts: 3 }
    expect(loadClientOptions({ ...SPEC, client }).maxRetriesPerRequest).toBe(0)
    const asApp = { ...client, preset: 'as-app' } as const
    expect(loadClientOptions({ ...SPEC, client: asApp }).maxRetriesPerRequest).toBe(3)
    expect(describePreset(asApp)).toContain('3 retries')
  })

  it('leaves ioredis as it is for as-app', () => {
    const options = loadClientOptions({ ...SPEC, client: { ...CLIENT, preset: 'as-app' } })
    for (const name of [
      'enableOfflineQueue',
      'maxRetriesPerRequest',
      'retryStrategy',
      'connectTimeout',
    ] as const)
      expect(options).not.toHaveProperty(name)
  })

  it('reconnects once when a master turns into a replica', () => {
    const { reconnectOnError } = loadClientOptions(SPEC)
    const readOnly = new Error("READONLY You can't write against a read only replica.")
    expect(reconnectOnError!(new Error('OOM command not allowed'))).toBe(false)
    expect(reconnectOnError!(readOnly)).toBe(true)
    for (let more = 0; more < 50; more++) expect(reconnectOnError!(readOnly)).toBe(false)
  })

  it('verifies certificates, under the name of the host, unless told otherwise', () => {
    const tls = { ...TARGET.tls, enabled: true }
    expect(loadClientOptions({ ...SPEC, target: { ...TARGET, tls } }).tls).toEqual({
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      servername: 'redis.example',
    })
    const byAddress = loadClientOptions({
      ...SPEC,
      target: { ...TARGET, host: '10.0.0.1', tls: { ...tls, verify: false } },
    })
    expect(byAddress.tls).toEqual({ minVersion: 'TLSv1.2', rejectUnauthorized: false })
  })

  it('names a certificate file that cannot be read', () => {
    const tls = { ...TARGET.tls, enabled: true, ca_file: '/nowhere/ca.pem' }
    expect(() => loadClientOptions({ ...SPEC, target: { ...TARGET, tls } })).toThrow(UsageError)
    expect(() => loadClientOptions({ ...SPEC, target: { ...TARGET, tls } })).toThrow(
      '/nowhere/ca.pem: ENOENT',
    )
  })

  it('prefers a socket', () => {
    const options = loadClientOptions({ ...SPEC, target: { ...TARGET, socket: '/run/redis.sock' } })
    expect(options.path).toBe('/run/redis.sock')
    expect(options.host).toBeUndefined()
  })
})

describe('controlClientOptions', () => {
  it('never retries and never queues', () => {
    const options = controlClientOptions(SPEC)
    expect(options).toMatchObject({ enableOfflineQueue: false, maxRetriesPerRequest: 0 })
    expect(options.retryStrategy!(1)).toBeNull()
  })
})

describe('retryDelay', () => {
  const retry = { initial_ms: 50, factor: 2, max_ms: 500, jitter_ms: 100 }
  it.each([
    [1, 0, 50],
    [2, 0, 100],
    [4, 0, 400],
    [5, 0, 500],
    [50, 0, 500],
    [1, 0.5, 100],
    [5, 0.99, 599],
  ])('before attempt %d with chance %d is %d ms', (attempt, chance, delay) => {
    expect(retryDelay(retry, attempt, () => chance)).toBe(delay)
  })
})

describe('describePreset', () => {
  it('says in words what it does', () => {
    expect(describePreset(CLIENT)).toContain('no offline queue, no resend')
    expect(describePreset({ ...CLIENT, preset: 'as-app' })).toContain('sent again')
  })
})

describe('explainConnectFailure', () => {
  it.each([
    ['ECONNREFUSED', 'cannot connect to redis.example:6380: ECONNREFUSED', 'is the server running'],
    ['ENOTFOUND', 'cannot connect to redis.example:6380: ENOTFOUND', 'does not resolve'],
    ['CERT_HAS_EXPIRED', 'cannot connect to redis.example:6380: CERT_HAS_EXPIRED', 'has expired'],
    ['ERR_SSL_NEW_THING', 'cannot connect to redis.example:6380: tls_other', '--tls-ca'],
  ])('for %s says %s', (code, message, hint) => {
    const error = explainConnectFailure(TARGET, Object.assign(new Error('x'), { code }))
    expect(error.message).toBe(message)
    expect(error.hint).toContain(hint)
  })

  it('shows what it does not know', () => {
    expect(explainConnectFailure(TARGET, new Error('first line\nsecond')).message).toMatch(/: first line$/)
  })

  it.each([
    [{}, 'redis.example:6380'],
    [{ host: '::1' }, '[::1]:6380'],
    [{ tls: { ...TARGET.tls, enabled: true } }, 'redis.example:6380 (TLS)'],
    [{ socket: '/run/redis.sock' }, '/run/redis.sock'],
    [{ topology: 'cluster' as const }, 'redis.example:6380'],
    [{ topology: 'cluster' as const, nodes: ['a:1', 'b:2', 'c:3', 'd:4'] }, 'a:1, b:2, c:3 and 1 more'],
  ])('names the target %j', (change, text) => {
    expect(describeTarget({ ...TARGET, ...change })).toBe(text)
  })
})
