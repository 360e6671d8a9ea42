import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { PROFILE_CONTEXT } from '../../src/app/facts.ts'
import { type BuiltPlan, buildPlan } from '../../src/config/build-plan.ts'
import { loadConfigFile } from '../../src/config/config-file.ts'
import { parseProfile } from '../../src/config/profile.ts'
import { renderConfig } from '../../src/config/save-config.ts'
import { FAMILY_KEYS } from '../../src/config/family-file.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import type { RunPlan } from '../../src/model/plan.ts'
import { planOf, PROFILE_TEXT } from '../support/plan.ts'
import { problemsOf } from '../support/problems.ts'

const folder = mkdtempSync(join(tmpdir(), 'config-file-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function fileOf(text: string, name = `f${files++}.yaml`): string {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

function planWith(
  text: string,
  options: { flags?: Record<string, string>; environment?: Record<string, string>; profile?: string } = {},
): BuiltPlan {
  const { flags = {}, environment = {}, profile = PROFILE_TEXT } = options
  const given = Object.entries(flags).map(([key, input]) => [key, { flag: `--${key}`, input }] as const)
  return buildPlan(
    {
      flags: new Map(given),
      environment,
      profile: parseProfile(profile, 'test.yaml', PROFILE_CONTEXT),
      file: loadConfigFile(fileOf(text)).settings,
    },
    { clientVersion: 'ioredis-test' },
  )
}

describe('a configuration file', () => {
  it('stands between the profile and the environment', () => {
    const profile = `${PROFILE_TEXT}load: {clients: 2, threads: 2, warmup: 2s, drain: 2s}\n`
    const { plan, origins } = planWith('load:\n  clients: 3\n  threads: 3\n  warmup: 3s\n', {
      profile,
      environment: { TEST_THREADS: '1', TEST_WARMUP: '4s', TEST_CLIENTS: '' },
      flags: { 'load.warmup': '5s' },
    })
    expect(plan.load).toMatchObject({ clients: 3, threads: 1, warmup_ms: 5000, drain_ms: 2000 })
    expect(origins.get('load.clients')).toMatch(/^file .*\.yaml:2:12$/)
  })

  it('can be JSON, with tabs', () => {
    const path = fileOf('{\n\t"workload_profile": "soak",\n\t"load": {\n\t\t"clients": 3\n\t}\n}\n', 'c.json')
    const { settings, profile } = loadConfigFile(path)
    expect(profile).toBe('soak')
    expect(settings.get('load.clients')).toEqual({ input: 3, where: `${path}:4:14` })
  })

  it('takes lists and mappings where a setting has them, and passes over what is empty', () => {
    const { plan } = planWith(`
workload: {operations: [SET, PING], operation_weights: {SET: 3, PING: 1}}
pubsub: {channels: [a, b]}
target: {host: , socket: null, tls: {}}
`)
    expect(plan.operations.map(({ name, weight }) => [name, weight])).toEqual([
      ['SET', 3],
      ['PING', 1],
    ])
    expect(plan.pubsub.channels).toEqual(['a', 'b'])
    expect(plan.target.host).toBe('127.0.0.1')
  })

  it.each([
    ['load: {clients: many}', ':1:17: load.clients: expected a whole number'],
    ['load:\n  clinets: 3', ':2:3: load.clinets: unknown key (did you mean clients?)'],
    ['laod: {}', ':1:1: laod: unknown key (did you mean load?)'],
    ['load: 3', ':1:7: load: expected a mapping'],
    ['- 1', ':1:1: expected a mapping of settings'],
    ['load: {clients: 1, clients: 2}', ':1:20: Map keys must be unique'],
    ['load: {clients: *a}', ':1:17: aliases (*a) are not allowed'],
    ['load: &a {clients: 1}\nworkload: {operation_weights: *a}', ':2:31: aliases (*a) are not allowed'],
    ['a: [', ':1:5: '],
    ['__proto__: {polluted: true}', ':1:1: __proto__: unknown key'],
    ['load: {clients: [1]}', ':1:17: load.clients: expected a single value'],
    ['operations: [{command: SET}]', ':1:1: operations: unknown key'],
    ['faults: []', ':1:1: faults: unknown key'],
  ])('%j: says what and where', (text, message) => {
    const problems = problemsOf(() => planWith(text))
    expect(problems.length).toBeGreaterThan(0)
    expect(problems[0]).toContain(message)
  })

  it('is a mistake when it cannot be read, or is no configuration', () => {
    expect(problemsOf(() => loadConfigFile(join(folder, 'none.yaml')))).toEqual([
      `${join(folder, 'none.yaml')}: --config-file: no such file (check the path)`,
    ])
    expect(problemsOf(() => loadConfigFile(fileOf(`# ${'x'.repeat(300_000)}`)))[0]).toContain(
      'is larger than',
    )
  })

  it('never shows a secret that is wrong', () => {
    const problems = problemsOf(() => planWith('target: {url: "http://u:s3cr3t@h"}'))
    expect(problems).toHaveLength(1)
    expect(problems[0]).not.toContain('s3cr3t')
  })

  it.skipIf(process.platform === 'win32')('warns when others can read its password', () => {
    const path = fileOf('target: {password: geheim}\n')
    expect(loadConfigFile(path).notices).toEqual([])
    chmodSync(path, 0o640)
    expect(loadConfigFile(path).notices).toEqual([expect.stringContaining(`chmod 600 ${path}`)])
    const harmless = fileOf('target: {url: "redis://h:1"}\n')
    chmodSync(harmless, 0o644)
    expect(loadConfigFile(harmless).notices).toEqual([])
  })
})

describe('a configuration file of another test application', () => {
  it('is understood', () => {
    const { plan } = planWith(`
redis:
  client_name: x
  host: h
  port: 7000
  password: null
  database: 2
  cluster_mode: false
  cluster_nodes: []
  ssl: true
  ssl_cert_reqs: none
  ssl_keyfile: null
  socket_timeout: 2.5
  max_connections: 50
test:
  mode: standalone
  clients: 2
  threads_per_client: 3
  duration: 60
  workload:
    type: basic_rw
    max_duration: PT60S
    options: {operations: [SET, GET], operation_weights: {SET: 0.3, GET: 0.7}, valueSize: 50, keyPrefix: k, keyRange: 5,
      usePipeline: true, pipelineSize: 4, transactionSize: 5}
log_level: WARNING
metrics_interval: 5
output_file: null
quiet: true
app_name: py
version: v1
`)
    expect(plan.target).toMatchObject({ host: 'h', port: 7000, db: 2, tls: { enabled: true, verify: false } })
    expect(plan.load).toMatchObject({ clients: 6, concurrency: 6, duration_ms: 60_000 })
    expect(plan.client.socket_timeout_ms).toBe(2500)
    expect(plan.keys).toMatchObject({ prefix: 'k', count: 5 })
    expect(plan.values.size).toBe('50')
    expect(plan.batch).toEqual({ kind: 'pipeline', size: 4 })
    expect(plan.operations.map(({ name, weight }) => [name, weight])).toEqual([
      ['SET', 0.3],
      ['GET', 0.7],
    ])
    expect(plan.output).toMatchObject({ quiet: true, progress_interval_ms: 5000 })
    expect(plan.identity).toMatchObject({ app_name: 'py', version: 'v1' })
    expect(plan.log.level).toBe('warn')
  })

  it('names its profile, and hears what has no effect', () => {
    const path = fileOf(
      'redis: {socket_keepalive: true}\ntest: {workload: {type: soak, options: {iterationCount: 3}}}\n',
    )
    const { profile, notices } = loadConfigFile(path)
    expect(profile).toBe('soak')
    expect(notices).toEqual([
      `file ${path}: without effect here: redis.socket_keepalive, test.workload.options.iterationCount`,
    ])
  })

  it('may name the nodes of a cluster', () => {
    const text = 'redis: {cluster_mode: true, cluster_nodes: [{host: a, port: 7000}, {host: b}, "c:7002"]}'
    expect(planWith(text).plan.target).toMatchObject({
      topology: 'cluster',
      nodes: ['a:7000', 'b:6379', 'c:7002'],
    })
  })

  it('has keys that lead to settings of ours', () => {
    const keys = new Set([...SETTINGS.map(({ key }) => key), 'workload_profile'])
    for (const target of Object.values(FAMILY_KEYS)) if (target !== null) expect(keys).toContain(target)
  })
})

describe('a saved configuration', () => {
  const same = ({ identity, ...plan }: RunPlan): unknown => [
    plan,
    { ...identity, run_id: '', instance_id: '' },
  ]
  const roundTrip = (built: BuiltPlan, profile?: string): RunPlan =>
    planWith(renderConfig(built, 'test'), profile === undefined ? {} : { profile }).plan

  it.each<[string, Record<string, string | boolean>, string?]>([
    ['defaults', {}],
    [
      'max against a rate of the profile',
      { 'load.target_ops_per_second': 'max' },
      `${PROFILE_TEXT}load: {target_ops_per_second: 5}\n`,
    ],
    ['workers', { 'load.clients': '3', 'load.threads_per_client': '4', 'load.async_mode': true }],
    ['operations', { 'workload.operations': 'SET,GET,DEL', 'workload.read_write_ratio': '0.9' }],
    ['weights', { 'workload.operation_weights': '{"SET": 1, "PING": 2.5}' }],
    ['batches', { 'transaction.size': '5' }, `${PROFILE_TEXT}pipeline: {size: 10}\n`],
    ['no pipeline', { 'pipeline.enabled': false }, `${PROFILE_TEXT}pipeline: {size: 10}\n`],
    [
      'ranges',
      { 'keys.ttl': '5s..1500', 'load.think_time': '3ms', 'values.size_max': '777', 'load.duration': 'PT1M' },
    ],
    [
      'names',
      {
        'identity.app_name': 'a-{workload_profile}',
        'output.file': '/r/{run_id}.json',
        'identity.run_id': 'r',
        'identity.instance_id': 'i',
      },
    ],
    ['lists', { 'pubsub.channels': 'x,y,z' }],
    ['thresholds', { thresholds: 'p99(GET) < 2ms; error_rate < 0.1% abort after 10s' }],
    ['no threshold', { thresholds: 'none' }, `${PROFILE_TEXT}thresholds: ['p99 < 1ms']\n`],
    ['telemetry', { 'otel.endpoint': 'http://c:4317', 'otel.export_interval': '2s' }],
    [
      'address',
      {
        'target.url': 'rediss://u@h:1/3',
        'target.tls.cert_reqs': 'none',
        'target.tls.min_version': 'TLSv1_1',
      },
    ],
  ])('gives the same plan: %s', (_, flags, profile) => {
    const built = planOf(flags, profile === undefined ? {} : { profile })
    expect(same(roundTrip(built, profile))).toEqual(same(built.plan))
  })

  it('gives the same plan for any numbers', () => {
    const integer = fc.integer({ min: 1, max: 5000 })
    fc.assert(
      fc.property(
        integer,
        integer,
        fc.boolean(),
        fc.constantFrom('TEST', 'a: b # c', 'o\'"n', '{x}'),
        (clients, millis, flag, text) => {
          const built = planOf({
            'load.clients': String(clients),
            'load.warmup': `${millis}ms`,
            'keys.cleanup': flag,
            'target.username': text,
          })
          expect(same(roundTrip(built))).toEqual(same(built.plan))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('keeps names that were given, and makes up new ones otherwise', () => {
    const named = roundTrip(planOf({ 'identity.run_id': 'r1', 'identity.instance_id': 'i1' }))
    expect(named.identity).toMatchObject({ run_id: 'r1', instance_id: 'i1' })
    const built = planOf()
    const again = roundTrip(built)
    expect(again.identity.run_id).not.toBe(built.plan.identity.run_id)
    expect(again.load.seed).toBe(built.plan.load.seed)
  })

  it('holds no secret, and says where each value is from', () => {
    const built = planOf(
      { 'target.url': 'redis://u:s3cr3t@h', 'load.clients': '7' },
      { environment: { REDIS_TLS_KEY_PASSPHRASE: 'p4ss', REDIS_PASSWORD: 's3cr3t' } },
    )
    const text = renderConfig(built, 'test')
    expect(text).not.toMatch(/s3cr3t|p4ss/)
    expect(JSON.stringify([...built.resolved.values()])).not.toMatch(/s3cr3t|p4ss/)
    expect(text).toContain('  clients: 7 # flag --load.clients\n')
    expect(text).toContain('workload_profile: test\n')
  })
})
