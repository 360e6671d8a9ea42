import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Authority, type Certificate, createAuthority, OPENSSL } from '../e2e/support/certificates.ts'
import { command, folder, run, startRun } from '../e2e/support/command-line.ts'
import { startCluster, type TestCluster } from '../e2e/support/redis-cluster.ts'
import { startSentinels, type TestSentinels } from '../e2e/support/redis-sentinel.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'
import { until } from '../e2e/support/until.ts'

const LOAD = ['--target-ops-per-second', '200', '--duration', '1', '--warmup', '0', '--clients', '4']
const PASSWORD = 'of-the-tester'
const SENTINEL_PASSWORD = 'of-the-sentinels'
/** What a user of the load needs, and no more. */
const ACL = `user tester on >${PASSWORD} ~* &* +@read +@write +@connection +@pubsub +@transaction +info +command -@dangerous +info`

/** Directives with which a server (or a Sentinel) speaks TLS only, and wants to see a certificate. */
function directives(authority: Authority, { cert, key }: Certificate): [string, string][] {
  return [
    ['port', '0'],
    ['tls-port', '{port}'],
    ['tls-cert-file', cert],
    ['tls-key-file', key],
    ['tls-ca-cert-file', authority.ca],
    ['tls-auth-clients', 'yes'],
    ['tls-replication', 'yes'],
  ]
}

const asFlags = (list: readonly (readonly [string, string])[]): string[] =>
  list.flatMap(([name, value]) => [`--${name}`, ...value.split(' ')])

describe.skipIf(OPENSSL === undefined)('mutual TLS, with ACL users (needs openssl)', () => {
  let authority: Authority
  let certificate: Certificate
  let flags: string[]
  const env = { REDIS_USERNAME: 'tester', REDIS_PASSWORD: PASSWORD }
  beforeAll(() => {
    authority = createAuthority(join(folder, 'authority'))
    certificate = authority.sign('redis.test')
    const client = authority.sign('client.test')
    flags = ['--tls', '--tls-ca', authority.ca, '--tls-cert', client.cert, '--tls-key', client.key]
  })

  describe('with one server', () => {
    let server: TestServer
    beforeAll(async () => {
      const acl = ['--user', ...ACL.split(' ').slice(1)]
      server = await startRedis(
        ...asFlags(directives(authority, certificate)),
        ...acl,
        '--user',
        'default',
        'off',
      )
    })
    afterAll(() => server.stop())

    it.each(['2', '3'])('carries the load, in RESP%s', async (protocol) => {
      const { code, result } = await run(
        ['--port', String(server.port), ...flags, '--protocol', protocol, ...LOAD],
        { env },
      )
      expect(code).toBe(0)
      expect(result.totals.ok).toBe(200)
      expect(result.server['protocol']).toBe(protocol)
      expect(result.connections.phases.map(({ phase, completed }) => [phase, completed.count])).toEqual([
        ['tcp', 4],
        ['tls', 4],
        ['handshake', 4],
        ['ready', 4],
      ])
    })

    it('resolves a name, and checks the certificate against it', async () => {
      const target = ['--host', 'localhost', '--port', String(server.port), ...flags]
      const { code, result } = await run([...target, '--tls-server-name', 'redis.test', ...LOAD], { env })
      expect(code).toBe(0)
      expect(result.connections.phases[0]).toMatchObject({ phase: 'dns', completed: { count: 4 } })
      const wrong = await command(['check', ...target, '--tls-server-name', 'other.test'], { env })
      expect(wrong.code).toBe(3)
      expect(wrong.stderr).toContain('ERR_TLS_CERT_ALTNAME_INVALID')
    })

    it('says that it needs a certificate of ours', async () => {
      const { code, stderr } = await command(
        ['check', '--port', String(server.port), '--tls', '--tls-ca', authority.ca],
        { env },
      )
      expect(code).toBe(3)
      expect(stderr).toMatch(/--tls-cert/)
    })
  })

  it('says that a certificate is over', async () => {
    const over = await startRedis(...asFlags(directives(authority, authority.sign('over.test', 0))))
    try {
      const { code, stderr } = await command(['check', '--port', String(over.port), ...flags])
      expect(code).toBe(3)
      expect(stderr).toContain('CERT_HAS_EXPIRED (the certificate of the server has expired)')
    } finally {
      await over.stop()
    }
  })

  describe('with Sentinels', () => {
    let watched: TestSentinels
    let target: string[]
    const secrets = { ...env, REDIS_SENTINEL_PASSWORD: SENTINEL_PASSWORD }
    beforeAll(async () => {
      const admin = ['--requirepass', 'admin', '--masterauth', 'admin', '--user', ...ACL.split(' ').slice(1)]
      watched = await startSentinels({
        replicas: 1,
        args: [...asFlags(directives(authority, certificate)), ...admin],
        config: [
          ...directives(authority, certificate).map((pair) => pair.join(' ')),
          'sentinel auth-pass mymaster admin',
          'requirepass of-each-other',
          'sentinel sentinel-pass of-each-other',
          `user asker on >${SENTINEL_PASSWORD} &* +sentinel +subscribe +client +info +ping`,
        ],
        client: {
          password: 'of-each-other',
          tls: {
            ca: readFileSync(authority.ca),
            cert: readFileSync(certificate.cert),
            key: readFileSync(certificate.key),
          },
        },
      })
      target = ['--sentinels', watched.sentinels.join(','), '--sentinel-username', 'asker', '--sentinel-tls']
    })
    afterAll(() => watched.stop())

    it.each(['2', '3'])('carries the load, in RESP%s', async (protocol) => {
      const { code, result, stdout } = await run([...target, ...flags, '--protocol', protocol, ...LOAD], {
        env: secrets,
      })
      expect(code).toBe(0)
      expect(result.totals.ok).toBe(200)
      expect(result.connections.phases.map(({ phase, completed }) => [phase, completed.count])).toEqual([
        ['sentinel', 4],
        ['tcp', 4],
        ['tls', 4],
        ['handshake', 4],
        ['ready', 4],
      ])
      expect(stdout).toContain('mymaster (TLS) by Sentinel')
      for (const secret of [PASSWORD, SENTINEL_PASSWORD])
        expect(JSON.stringify(result) + stdout).not.toContain(secret)
    })

    it('goes through a failover', async () => {
      const running = startRun([...target, ...flags, '--failover-detector', ...LOAD.with(3, '6')], {
        env: secrets,
      })
      await running.sawSecond(1)
      const before = await watched.master()
      await watched.servers[0]!.crash()
      await until('there is another master', async () => (await watched.master()) !== before)
      const { code } = await running.ended
      expect(code).toBe(0)
      expect(running.result().connections.moves).toMatchObject([{ from: before, connections: 4 }])
      expect(running.result().audit.ok).toBe(true)
    })

    it('says that the Sentinels speak TLS', async () => {
      const plain = target.filter((flag) => flag !== '--sentinel-tls')
      const { code, stderr } = await command(['check', ...plain, ...flags, '--connect-timeout', '1s'], {
        env: secrets,
      })
      expect(code).toBe(3)
      expect(stderr).toContain('--sentinel-tls')
    })
  })

  describe('with a Cluster', () => {
    let cluster: TestCluster
    beforeAll(async () => {
      const admin = ['--requirepass', 'admin', '--masterauth', 'admin', '--user', ...ACL.split(' ').slice(1)]
      const tls = [...asFlags(directives(authority, certificate)), '--tls-cluster', 'yes']
      const [ca, cert, key] = [authority.ca, certificate.cert, certificate.key].map((file) =>
        readFileSync(file),
      )
      cluster = await startCluster({
        replicasEach: 1,
        args: [...tls, ...admin, '+cluster|slots', '+cluster|nodes', '+cluster|info', '+readonly'],
        clientOptions: { password: 'admin', tls: { ca: ca!, cert: cert!, key: key! } },
      })
    })
    afterAll(() => cluster.stop())

    it.each([
      ['2', []],
      ['3', []],
      ['3', ['--read-from', 'replicas', '--operations', 'GET']],
    ])('carries the load to every node, in RESP%s, with %j', async (protocol, more) => {
      const target = ['--topology', 'cluster', '--nodes', cluster.addresses[1]!, ...flags, ...more]
      const { code, result, stderr } = await run([...target, '--protocol', protocol, ...LOAD], { env })
      expect(`${code} ${code === 0 ? '' : stderr}`).toBe('0 ')
      expect(result.totals).toMatchObject({ ok: 200, failed: 0, indeterminate: 0 })
      const busy = result.nodes.filter(({ ok }) => ok > 0).map(({ address }) => address)
      const [from, to] = more.length === 0 ? [0, 3] : [3, 6]
      expect(busy.toSorted()).toEqual(cluster.addresses.slice(from, to).toSorted())
      expect(
        result.connections.phases.find(({ phase }) => phase === 'tls')!.completed.count,
      ).toBeGreaterThanOrEqual(12)
    })
  })
})
