import { execFileSync } from 'node:child_process'
import { createPrivateKey, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startCollector } from '../e2e/support/collector.ts'
import { command, type Ended, folder, start, startRun } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'
import { until } from '../e2e/support/until.ts'

const mark = (place: string): string => `s3cr3t-${place}-${randomBytes(8).toString('hex')}`

/** Everything that must not be found anywhere, by the place in which it was put. */
const SECRETS = {
  password: mark('password'),
  wrong: mark('wrong'),
  passphrase: mark('passphrase'),
  token: mark('token'),
}
const LOAD = ['--target-ops-per-second', '200', '--duration', '1', '--warmup', '0']
const DEBUGGED = {
  DEBUG: '*',
  GRPC_TRACE: 'all',
  GRPC_VERBOSITY: 'DEBUG',
  NODE_OPTIONS: `--report-on-fatalerror --report-on-signal --report-uncaught-exception --report-directory=${folder}`,
}

let server: TestServer
let tls: TestServer
const certificates = join(folder, 'secret-certificates')
const [certificate, key, encrypted] = ['cert.pem', 'key.pem', 'encrypted.pem'].map((name) =>
  join(certificates, name),
) as [string, string, string]

beforeAll(async () => {
  mkdirSync(certificates)
  const made = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 })
  writeFileSync(certificate, made.cert)
  writeFileSync(key, made.private)
  const passphrase = SECRETS.passphrase
  const form = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const
  writeFileSync(encrypted, createPrivateKey(made.private).export(form))
  server = await startRedis('--requirepass', SECRETS.password)
  tls = await startRedis(
    ...['--port', '0', '--tls-port', '{port}', '--tls-cert-file', certificate, '--tls-key-file', key],
    ...['--tls-ca-cert-file', certificate, '--requirepass', SECRETS.password],
  )
})
afterAll(async () => {
  await server.stop()
  await tls.stop()
})

/** Everything that came out, by where it came out. */
const found: [place: string, text: string][] = []
const look = (place: string, { stdout, stderr }: Ended): void => {
  found.push([`${place}: stdout`, stdout], [`${place}: stderr`, stderr])
}
afterEach(() => {
  // Results, journals, logs, and reports if there are any.
  for (const file of readdirSync(folder, { withFileTypes: true }))
    if (file.isFile() && /^(?:result|out|report)/.test(file.name)) {
      const path = join(folder, file.name)
      found.push([path, readFileSync(path, 'utf8')])
      rmSync(path)
    }
  const leaks = found.splice(0).flatMap(([place, text]) =>
    Object.entries(SECRETS)
      .filter(([, secret]) =>
        [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex')].some((spelt) =>
          text.includes(spelt),
        ),
      )
      .map(([name]) => `${name} in ${place}`),
  )
  expect(leaks).toEqual([])
})

/** Arguments of a process and of all below it; of those below, their environment as well. */
function visibleOf(pid: number): string {
  const children = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
  const below = (parent: number): number[] =>
    children.filter(([, of]) => of === parent).flatMap(([child]) => [child, ...below(child)])
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return ''
    }
  }
  return [
    read(`/proc/${pid}/cmdline`),
    ...below(pid).flatMap((child) => [read(`/proc/${child}/cmdline`), read(`/proc/${child}/environ`)]),
  ].join('\n')
}

const port = (): string[] => ['--port', String(server.port)]
const output = (name: string): string[] => [
  ...['--metrics-port', '0', '--journal', join(folder, `out-${name}.ndjson`)],
  ...['--output-file', join(folder, `out-${name}.json`), '--log-level', 'debug'],
  ...['--html', join(folder, `out-${name}.html`)],
]

describe('a secret never leaves', () => {
  const configuration = join(folder, 'configuration.yaml')
  const passwordFile = join(folder, 'password.txt')
  beforeAll(() => {
    writeFileSync(configuration, `target:\n  password: ${SECRETS.password}\n`)
    writeFileSync(passwordFile, `${SECRETS.password}\n`)
  })

  it.each<[string, () => string[], Record<string, string>, string?]>([
    ['a flag', () => [...port(), '--password', SECRETS.password], {}],
    ['a URL', () => ['--url', `redis://:${SECRETS.password}@127.0.0.1:${server.port}`], {}],
    ['a variable', port, { REDIS_PASSWORD: SECRETS.password }],
    ['the variable of redis-cli', port, { REDISCLI_AUTH: SECRETS.password }],
    ['a file', () => [...port(), '--password-file', passwordFile], {}],
    ['a configuration file', () => [...port(), '--config-file', configuration], {}],
    ['standard input', () => [...port(), '--password-stdin'], {}, SECRETS.password],
  ])('that came by %s', { timeout: 60_000 }, async (place, args, env, input) => {
    const options = { env: { ...DEBUGGED, ...env }, ...(input === undefined ? {} : { input }) }
    const running = startRun(
      [
        ...args(),
        ...LOAD,
        '--log-level',
        'debug',
        '--journal',
        join(folder, 'out.ndjson'),
        '--metrics-linger',
        '20s',
      ],
      options,
    )
    const [, url] = await running.saw(/"url":"(http:[^"]+)"/)
    await running.saw(/metrics stay up/)
    found.push(['/metrics', await (await fetch(url!)).text()], ['processes', visibleOf(running.pid)])
    running.child.kill('SIGTERM')
    const ended = await running.ended
    look(place, ended)
    expect(ended.code).toBe(0)
    for (const instead of ['--print-plan', '--dry-run'])
      look(`${place} ${instead}`, await start(['run', ...args(), instead], options).ended)
    look(`${place}: check`, await start(['check', ...args()], options).ended)
    const saved = join(folder, 'out-config.yaml')
    look(`${place}: save`, await start(['run', ...args(), '--save-config', saved], options).ended)
  })

  it('when something goes wrong', { timeout: 120_000 }, async () => {
    const env = { ...DEBUGGED, REDIS_PASSWORD: SECRETS.wrong }
    const passphrase = [
      '--tls',
      '--port',
      String(tls.port),
      '--tls-cert',
      certificate,
      '--tls-key',
      encrypted,
    ]
    const attempts: [string, string[], Record<string, string>, number][] = [
      ['wrong password', [...port(), ...LOAD], env, 3],
      ['wrong user', [...port(), '--username', 'nobody', ...LOAD], env, 3],
      ['refused', ['--port', '1', ...LOAD], env, 3],
      ['TLS to one without', [...port(), '--tls', ...LOAD], env, 3],
      ['one without TLS to TLS', ['--port', String(tls.port), ...LOAD], env, 3],
      ['stranger', ['--port', String(tls.port), '--tls', ...LOAD], env, 3],
      [
        'wrong passphrase',
        [...passphrase, '--no-tls-verify', ...LOAD],
        { ...env, REDIS_TLS_KEY_PASSPHRASE: SECRETS.wrong },
        2,
      ],
      [
        'right passphrase',
        [...passphrase, '--tls-ca', certificate, '--no-tls-check-hostname', ...LOAD],
        { ...DEBUGGED, REDIS_PASSWORD: SECRETS.password, REDIS_TLS_KEY_PASSPHRASE: SECRETS.passphrase },
        0,
      ],
      [
        'no such database',
        [...port(), '--db', '99', ...LOAD],
        { ...DEBUGGED, REDIS_PASSWORD: SECRETS.password },
        3,
      ],
      ['unknown flag', [`--pasword=${SECRETS.password}`], {}, 2],
      ['no number', ['--port', 'x', '--password', SECRETS.password], {}, 2],
      ['no URL', ['--url', `redis//:${SECRETS.password}@h`], {}, 2],
      ['URL of telemetry', ['--otel-endpoint', `http://u:${SECRETS.token}@h:1`], {}, 2],
      ['two passwords', ['--password', SECRETS.password, '--password-file', '/dev/null'], {}, 2],
    ]
    for (const [place, args, variables, code] of attempts) {
      const ended = await start(['run', ...args, ...output('wrong')], { env: variables }).ended
      look(place, ended)
      expect([place, ended.code]).toEqual([place, code])
      expect(ended.stderr).not.toContain('    at ')
    }
  })

  it('that stands in a profile, where it does not belong', async () => {
    const profile = join(folder, 'out-profile.txt.yaml')
    writeFileSync(profile, `name: p\noperations: [{command: GET}]\ntarget: {password: ${SECRETS.password}}\n`)
    look('profile', await command(['run', '-w', profile, '--dry-run']))
    rmSync(profile)
  })

  it.each([
    ['a load thread dies', 'workerData?.share', 1],
    ['the main thread fails', 'isMainThread && process.argv[2] === "run"', 1],
  ])('when %s', { timeout: 60_000 }, async (place, where, code) => {
    const crash = join(folder, 'crash.cjs')
    writeFileSync(
      crash,
      `const { isMainThread, workerData } = require('node:worker_threads')
       const error = Object.assign(new Error('on purpose: ${SECRETS.password}'), {
         command: { name: 'auth', args: ['default', '${SECRETS.password}'] } })
       if (${where}) setTimeout(() => { throw error }, 1500)`,
    )
    const NODE_OPTIONS = `${DEBUGGED.NODE_OPTIONS} --require ${crash}`
    const ended = await start(['run', ...port(), ...LOAD, '--duration', '30', ...output('crash')], {
      env: { ...DEBUGGED, NODE_OPTIONS, REDIS_PASSWORD: SECRETS.password },
    }).ended
    look(place, ended)
    expect(ended.code).toBe(code)
    expect(ended.stdout + ended.stderr).toMatch(/on purpose: \*\*\*/)
  })

  it.each(['SIGINT', 'SIGUSR2', 'SIGKILL'] as const)(
    'when it is ended by %s',
    { timeout: 60_000 },
    async (signal) => {
      const running = start(
        [
          'run',
          ...port(),
          '--url',
          `redis://:${SECRETS.password}@127.0.0.1:${server.port}`,
          ...LOAD,
          '--duration',
          '30',
          ...output('signal'),
        ],
        { env: DEBUGGED },
      )
      const journal = join(folder, 'out-signal.ndjson')
      await until('two intervals in the journal', () => {
        try {
          return readFileSync(journal, 'utf8').split('"type":"interval"').length > 2 ? true : undefined
        } catch {
          return undefined
        }
      })
      found.push(['processes', visibleOf(running.pid)])
      running.child.kill(signal)
      look(signal, await running.ended)
    },
  )

  it('of telemetry', { timeout: 60_000 }, async () => {
    const collector = await startCollector()
    const OTEL_EXPORTER_OTLP_HEADERS = `authorization=Bearer%20${SECRETS.token}`
    try {
      for (const endpoint of [collector.endpoint, 'http://127.0.0.1:1']) {
        const running = start(['run', ...port(), ...LOAD, '--otel-logs', ...output('otlp')], {
          env: {
            ...DEBUGGED,
            OTEL_EXPORTER_OTLP_HEADERS,
            OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
            TEST_TRACE_SAMPLE_RATIO: '1',
            REDIS_PASSWORD: SECRETS.password,
          },
        })
        look(endpoint, await running.ended)
      }
      expect(collector.requests.metrics).toBeGreaterThan(0)
      found.push(['OTLP', JSON.stringify([[...collector.metrics], collector.spans, collector.resources])])
    } finally {
      collector.stop()
    }
  })

  it('to a server that we start', { timeout: 60_000 }, async () => {
    const running = start(['run', '--embedded-redis', ...LOAD, '--duration', '30', ...output('embedded')], {
      env: {
        OTEL_EXPORTER_OTLP_HEADERS: `a=${SECRETS.token}`,
        REDIS_URL: '',
        PYROSCOPE_AUTH_TOKEN: SECRETS.token,
      },
    })
    await running.saw(/embedded server started/)
    const seen = visibleOf(running.pid)
    expect(seen).toContain('redis-server')
    found.push(['processes', seen])
    running.child.kill('SIGTERM')
    look('embedded', await running.ended)
  })
})
