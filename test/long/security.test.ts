import { spawn } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCollector } from '../e2e/support/collector.ts'
import { findProgram } from '../support/find-program.ts'
import { command, type Ended, folder, MAIN, run, start, startRun } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'

const LOAD = ['--target-ops-per-second', '200', '--duration', '1', '--warmup', '0']
const SECRET = 'correct-horse-battery'

describe('addresses of telemetry', () => {
  it.each(['--otel-endpoint', '--pyroscope-server-address'])(
    '%s takes no password: the plan, the result and the journal would show it',
    async (flag) => {
      const { code, stdout, stderr } = await command(['run', flag, `http://me:${SECRET}@127.0.0.1:1/`])
      expect(code).toBe(2)
      expect(stderr).toMatch(
        new RegExp(
          `flag ${flag}: [a-z._]+: expected a URL .*without user and password; those belong into [A-Z_]+$`,
          'm',
        ),
      )
      expect(stdout + stderr).not.toContain(SECRET)
    },
  )
})

describe('TLS', () => {
  let server: TestServer
  const certificates = join(folder, 'certificates')
  const [ca, certificate, key, stranger] = ['ca.pem', 'cert.pem', 'key.pem', 'stranger.pem'].map((name) =>
    join(certificates, name),
  ) as [string, string, string, string]
  beforeAll(async () => {
    mkdirSync(certificates)
    const altNames = [
      { type: 7, ip: '127.0.0.1' },
      { type: 2, value: 'redis.test' },
    ] as const
    const made = await generate([{ name: 'commonName', value: 'redis.test' }], {
      keySize: 2048,
      extensions: [{ name: 'subjectAltName', altNames: [...altNames] }],
    })
    const other = await generate([{ name: 'commonName', value: 'stranger' }], { keySize: 2048 })
    for (const [file, text] of [
      [ca, made.cert],
      [certificate, made.cert],
      [key, made.private],
      [stranger, other.cert],
    ] as const)
      writeFileSync(file, text)
    server = await startRedis(
      ...['--port', '0', '--tls-port', '{port}', '--tls-cert-file', certificate, '--tls-key-file', key],
      ...['--tls-ca-cert-file', ca],
    )
  })
  afterAll(() => server.stop())
  const target = (): string[] => [
    '--port',
    String(server.port),
    '--tls',
    '--tls-cert',
    certificate,
    '--tls-key',
    key,
  ]

  it('is used by every connection, and verified', async () => {
    const { code, result } = await run([...target(), '--tls-ca', ca, ...LOAD])
    expect(code).toBe(0)
    expect(result.totals.ok).toBe(200)
    expect(result.audit.server.status).toBe('ok')
  })

  it('carries the coalesced writes of batches as well', async () => {
    const { code, result } = await run([
      ...[
        ...target(),
        '--tls-ca',
        ca,
        '-w',
        'high_throughput',
        '--duration',
        '1',
        '--warmup',
        '0',
        '--value-size',
        '2000',
      ],
    ])
    expect(code).toBe(0)
    expect(result.totals.ok).toBeGreaterThan(1000)
    expect(result.totals.failed + result.totals.indeterminate).toBe(0)
    expect(result.audit.server.status).toBe('ok')
  })

  it('is refused when the authority is not the one', async () => {
    const { code, stderr } = await command([
      'run',
      ...target(),
      '--metrics-port',
      '0',
      '--tls-ca',
      stranger,
      ...LOAD,
    ])
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /cannot connect to 127\.0\.0\.1:\d+ \(TLS\): DEPTH_ZERO_SELF_SIGNED_CERT \(.*--tls-ca\)/,
    )
  })

  it('takes any certificate only when told to', async () => {
    const { code, result } = await run([...target(), '--no-tls-verify', ...LOAD])
    expect(code).toBe(0)
    expect(result.totals.ok).toBe(200)
  })

  it('verifies the name it is given', async () => {
    const named = await run([...target(), '--tls-ca', ca, '--tls-server-name', 'redis.test', ...LOAD])
    expect(named.code).toBe(0)
    const wrong = await command([
      ...[
        'run',
        ...target(),
        '--metrics-port',
        '0',
        '--tls-ca',
        ca,
        '--tls-server-name',
        'other.test',
        ...LOAD,
      ],
    ])
    expect(wrong.code).toBe(3)
    expect(wrong.stderr).toContain('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  it('takes every flag by the names of the sibling applications', async () => {
    const encrypted = join(certificates, 'encrypted.pem')
    writeFileSync(
      encrypted,
      createPrivateKey(readFileSync(key)).export({
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: SECRET,
      }),
    )
    const flags = [
      ...['--host', 'localhost', '--port', String(server.port), '--ssl-enabled', 'true'],
      ...['--ssl-cert-reqs', 'required', '--ssl-check-hostname', 'false', '--ssl-min-version', 'TLSv1_3'],
      ...['--ssl-certfile', certificate, '--ssl-keyfile', encrypted, '--ssl-ca-path', certificates],
      ...['--socket-connect-timeout', '2'],
    ]
    const { code, result, stderr } = await run([
      ...flags,
      '--socket-timeout',
      '2.5',
      '--ssl-password',
      SECRET,
      ...LOAD,
    ])
    expect(code).toBe(0)
    expect(result.totals.ok).toBe(200)
    expect(result.plan.target.tls).toMatchObject({ verify: true, check_hostname: false, min_version: '1.3' })
    expect(result.plan.client).toMatchObject({ socket_timeout_ms: 2500, connect_timeout_ms: 2000 })
    expect(JSON.stringify(result) + stderr).not.toContain(SECRET)
    expect(stderr).toContain('on the command line can be read by others')
    const wrong = await command(['check', ...flags, '--ssl-password', 'wrong', '--no-auth-warning'])
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toMatch(
      /^redis-test: target\.tls\.key_file: OpenSSL does not take it: .*PASSPHRASE.*\n$/,
    )
  })

  it('is named as the cause when one side does not speak it', async () => {
    const { code, stderr } = await command([
      'run',
      '--port',
      String(server.port),
      '--metrics-port',
      '0',
      ...LOAD,
    ])
    expect(code).toBe(3)
    expect(stderr).toContain('--tls')
  })
})

describe('passwords', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startRedis('--requirepass', 'admin')
    const admin = server.client({ password: 'admin' })
    await admin.call(
      'ACL',
      'SETUSER',
      'tester',
      'on',
      `>${SECRET}`,
      '~perf:*',
      '+@all',
      '-@dangerous',
      '+info',
      '+client',
    )
    await admin.call('ACL', 'SETUSER', 'reader', 'on', `>${SECRET}`, '~*', '+@read', '+@connection', '+info')
  })
  afterAll(() => server.stop())
  const as = (username: string, password = SECRET) => ({
    env: { REDIS_USERNAME: username, REDIS_PASSWORD: password, REDIS_PORT: String(server.port) },
  })

  it('let an ACL user in, who may do what he may do', async () => {
    const { code, result } = await run(['--key-prefix', 'perf', ...LOAD], as('tester'))
    expect(code).toBe(0)
    expect(result.totals.ok).toBe(200)
    expect(result.audit.ok).toBe(true)
  })

  it('may have letters outside ASCII, which the load then does without', async () => {
    const password = 'schöne-Grüße-☃'
    await server
      .client({ password: 'admin' })
      .call('ACL', 'SETUSER', 'unicode', 'on', `>${password}`, '~*', '+@all')
    const { code, result } = await run(LOAD, as('unicode', password))
    expect(code).toBe(0)
    expect(result.totals.ok).toBe(200)
  })

  it('come from a file, from standard input, or from a configuration file', async () => {
    const file = join(folder, 'password')
    writeFileSync(file, 'admin\n')
    const config = join(folder, 'with-password.yaml')
    writeFileSync(config, 'target:\n  password: admin\n', { mode: 0o644 })
    const env = { REDIS_PORT: String(server.port) }
    const ways = await Promise.all([
      command(['check', '--password-file', file], { env }),
      command(['check'], { env: { ...env, REDIS_PASSWORD_FILE: file } }),
      command(['check', '--password-stdin'], { env, input: 'admin\n' }),
      command(['check', '--config-file', config], { env }),
      command(['check', '--password-stdin'], { env, input: 'wrong' }),
      command(['check', '--password-stdin'], { env, input: '' }),
      command(['check', '--ask-password'], { env }),
    ])
    expect(ways.map(({ code }) => code)).toEqual([0, 0, 0, 0, 3, 2, 2])
    expect(ways[3]?.stderr).toContain(`chmod 600 ${config}`)
    expect(ways[5]?.stderr).toBe(
      'redis-test: --password-stdin: the password is empty (leave the flag out for none)\n',
    )
    expect(ways[6]?.stderr).toMatch(
      /^redis-test: --ask-password: there is no terminal to ask on \(use --password-file/,
    )
  })

  it.skipIf(findProgram('script') === undefined)(
    'can be asked for on a terminal, without showing anything',
    async () => {
      const line = `'${process.execPath}' '${MAIN}' check --ask-password --port ${server.port}`
      const child = spawn('script', ['-qec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
      let shown = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const hadPrompt = shown.includes('password: ')
        shown += text
        // Typed with a mistake that is taken back.
        if (!hadPrompt && shown.includes('password: ')) child.stdin.write('admix\u007Fn\r')
      })
      const code = await new Promise((resolve) => child.once('close', resolve))
      expect(shown).toContain('Redis password: \r\n')
      expect(shown).not.toMatch(/adm|\*\*/)
      expect(code).toBe(0)
    },
  )

  it('make commands fail that the user may not run, and that is what the report says', async () => {
    const { code, result } = await run(['--key-prefix', 'perf', ...LOAD, '--seed', '5'], as('reader'))
    expect(code).toBe(0)
    const set = result.operations.find(({ operation }) => operation === 'SET')!
    expect(set.errors).toEqual([
      { outcome: 'failed', error_type: 'auth_error', code: 'NOPERM', count: set.count },
    ])
    expect(result.operations.find(({ operation }) => operation === 'GET')!.failed).toBe(0)
    expect(result.audit.ok).toBe(true)
  })

  it.each([
    ['wrong', () => as('tester', 'wrong-horse'), 'WRONGPASS'],
    ['missing', () => ({}), 'NOAUTH'],
  ])('that are %s are an error before any load', async (_, options, code) => {
    const ended = await command(
      ['run', '--port', String(server.port), '--metrics-port', '0', ...LOAD],
      options(),
    )
    expect(ended.code).toBe(3)
    expect(ended.stderr).toMatch(new RegExp(`cannot connect to 127\\.0\\.0\\.1:\\d+: ${code}`))
    expect(ended.stderr).toContain('REDIS_PASSWORD')
    expect(ended.stderr).not.toMatch(/ {4}at /)
  })

  it('never leave, whatever is looked at', async () => {
    const collector = await startCollector()
    const journal = join(folder, 'secret.ndjson')
    const file = join(folder, 'secret.json')
    const texts: string[] = []
    const keep = ({ stdout, stderr }: Ended): void => void texts.push(stdout, stderr)
    try {
      const running = startRun(
        [
          ...[
            '--url',
            `redis://tester:${SECRET}@127.0.0.1:${server.port}`,
            '--key-prefix',
            'perf',
            '--log-level',
            'debug',
          ],
          ...[...LOAD, '--metrics-linger', '30s', '--journal', journal],
        ],
        { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, TEST_TRACE_SAMPLE_RATIO: '1' } },
      )
      const [, url] = await running.saw(/"url":"(http:[^"]+)"/)
      await running.saw(/metrics stay up/)
      texts.push(await (await fetch(url!)).text())
      texts.push(readFileSync(`/proc/${running.pid}/cmdline`, 'utf8'))
      running.child.kill('SIGTERM')
      keep(await running.ended)
      texts.push(JSON.stringify(running.result()), readFileSync(journal, 'utf8'))
      texts.push(JSON.stringify([...collector.metrics, ...collector.spans, ...collector.resources]))
      keep(await command(['report', journal, '--output-file', file]))
      const target = ['--port', String(server.port), '--metrics-port', '0', '--log-level', 'debug']
      const flags = ['--username', 'tester', '--password', SECRET]
      keep(await command(['run', '--print-plan', ...target, ...flags]))
      keep(await command(['check', '--port', String(server.port), ...flags]))
      // In errors too: ioredis puts the arguments of AUTH into them.
      keep(await start(['run', ...target, ...LOAD, '--username', 'nobody', '--password', SECRET]).ended)
      keep(
        await command([
          'run',
          ...target,
          ...LOAD,
          '--password',
          SECRET,
          '--username',
          'reader',
          '--db',
          '99',
        ]),
      )
    } finally {
      collector.stop()
    }
    expect(texts.length).toBeGreaterThan(12)
    expect(texts.filter((text) => text.includes(SECRET))).toEqual([])
  })
})
