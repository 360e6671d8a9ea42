import { describe, expect, it } from 'vitest'
import { printPlan } from '../../src/config/print-plan.ts'
import { describeProblem, UsageError } from '../../src/model/errors.ts'
import { parse } from 'yaml'
import { faultPlan } from '../support/faults.ts'
import { planOf, PROFILE_TEXT } from '../support/plan.ts'

const PROFILE = `${PROFILE_TEXT}load: {clients: 20, duration: 20s, warmup: 3s}\n`

function problemsOf(...args: Parameters<typeof planOf>): string[] {
  try {
    planOf(...args)
    return []
  } catch (error) {
    if (error instanceof UsageError) return error.problems.map(describeProblem)
    throw error
  }
}

describe('buildPlan', () => {
  it('prefers flags to environment to profile to defaults, and knows where each value is from', () => {
    const { plan, origins } = planOf(
      { 'load.clients': '40' },
      { profile: PROFILE, environment: { TEST_CLIENTS: '30', TEST_DURATION: '30s' } },
    )
    expect(plan.load).toMatchObject({ clients: 40, duration_ms: 30_000, warmup_ms: 3000, drain_ms: 2000 })
    expect(origins.get('load.clients')).toBe('flag --load.clients')
    expect(origins.get('load.duration_ms')).toBe('environment TEST_DURATION')
    expect(origins.get('load.warmup_ms')).toBe('profile test.yaml:5:44')
    expect(origins.get('load.drain_ms')).toBe('default')
  })

  it('is frozen, plain JSON', () => {
    const { plan } = planOf()
    expect(Object.isFrozen(plan)).toBe(true)
    expect(Object.isFrozen(plan.target.tls)).toBe(true)
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  })

  it('is an open loop with a target and a closed one without', () => {
    expect(planOf().plan.load).toMatchObject({
      model: 'closed',
      target_ops_per_second: null,
      concurrency: 10,
    })
    expect(planOf({ 'load.target_ops_per_second': '0.5' }).plan.load).toMatchObject({
      model: 'open',
      target_ops_per_second: 0.5,
    })
    const profile = `${PROFILE_TEXT}load: {target_ops_per_second: 100}\n`
    expect(planOf({}, { profile }).plan.load.model).toBe('open')
    expect(planOf({ 'load.target_ops_per_second': 'max' }, { profile }).plan.load.model).toBe('closed')
  })

  it('treats an empty variable as unset, and takes the first of several names', () => {
    expect(planOf({}, { environment: { REDIS_HOST: '' } }).plan.target.host).toBe('127.0.0.1')
    const environment = { REDIS_PASSWORD: '', REDISCLI_AUTH: 'second' }
    expect(planOf({}, { environment }).secrets.password).toBe('second')
  })

  it('understands booleans as people write them', () => {
    for (const word of ['true', '1', 'yes', 'ON']) {
      expect(planOf({}, { environment: { REDIS_SSL: word } }).plan.target.tls.enabled).toBe(true)
    }
    expect(planOf({ 'client.coalesce_writes': false }).plan.client.coalesce_writes).toBe(false)
  })

  it('makes batches of pipelines or of transactions', () => {
    expect(planOf().plan.batch).toEqual({ kind: 'none', size: 1 })
    expect(planOf({ 'pipeline.size': '10' }).plan.batch).toEqual({ kind: 'pipeline', size: 10 })
    expect(planOf({ 'transaction.size': '5' }).plan.batch).toEqual({ kind: 'transaction', size: 5 })
    expect(problemsOf({ 'transaction.size': '5', 'pipeline.size': '2' })[0]).toContain('cannot be combined')
  })

  it('fills in identities', () => {
    const { identity } = planOf({ 'identity.app_name': 'my-app' }).plan
    expect(identity.instance_id).toMatch(/^my-app-[0-9a-f]{8}$/)
    expect(identity.run_id).toMatch(/^[0-9a-f]{8}-/)
    expect(identity.version).toBe('ioredis-test')
    expect(planOf().plan.identity.run_id).not.toBe(planOf().plan.identity.run_id)
    expect(planOf({ 'identity.run_id': 'r-1' }).plan.identity.run_id).toBe('r-1')
  })

  it('refuses subscribers that could not hear what is published', () => {
    const publishing = (command: string): { profile: string } => ({
      profile: `name: test\noperations:\n  - command: "${command}"\n`,
    })
    const subscribers = { 'pubsub.subscribers': '1' }
    const sharded = { ...subscribers, 'pubsub.mode': 'sharded' }
    expect(problemsOf(sharded, publishing('PUBLISH'))[0]).toContain(
      'pubsub.mode: sharded subscribers do not hear PUBLISH (publish with SPUBLISH',
    )
    expect(problemsOf(subscribers, publishing('SPUBLISH {channel} x'))[0]).toContain(
      'pubsub.mode: channel subscribers do not hear SPUBLISH (publish with PUBLISH',
    )
    expect(
      problemsOf({ ...subscribers, 'client.read_from': 'replicas' }, publishing('PUBLISH'))[0],
    ).toContain('pubsub.subscribers: subscribers listen at the target')
    expect(planOf(sharded, publishing('SPUBLISH')).plan.pubsub.mode).toBe('sharded')
  })

  it('wants the reads of stream consumers to be over before the drain is', () => {
    const waiting = { 'streams.consumers': '1', 'streams.block': '5s' }
    expect(problemsOf(waiting)[0]).toContain(
      'streams.block: 5000 ms is not shorter than the drain of 2000 ms',
    )
    expect(problemsOf({ ...waiting, 'load.drain': '6s' })).toEqual([])
  })

  it('turns faults into waves', () => {
    const profile = `${PROFILE_TEXT}faults:\n  - {kind: socket-cut, every: 10s}\n  - {kind: client-kill, at: 3s, jitter: 1s, share: 0.2}\n`
    expect(planOf({}, { profile }).plan.faults).toEqual([
      faultPlan({ kind: 'socket-cut', at_ms: 10_000, every_ms: 10_000, on: null, params: {} }),
      faultPlan({ kind: 'client-kill', at_ms: 3000, jitter_ms: 1000, share: 0.2 }),
    ])
  })

  it('exports telemetry when there is an endpoint, unless it is told not to', () => {
    expect(planOf().plan.otel.enabled).toBe(false)
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317' }
    expect(planOf({}, { environment: endpoint }).plan.otel).toMatchObject({
      enabled: true,
      endpoint: 'http://c:4317',
    })
    expect(planOf({}, { environment: { ...endpoint, OTEL_ENABLED: 'false' } }).plan.otel.enabled).toBe(false)
    expect(planOf({}, { environment: { OTEL_ENABLED: 'true' } }).plan.otel.enabled).toBe(true)
    const perSignal = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t:4317' }
    expect(planOf({}, { environment: perSignal }).plan.otel).toMatchObject({
      enabled: true,
      traces_endpoint: 'http://t:4317',
    })
    // On the command line it is meant for everything.
    expect(
      planOf({ 'otel.endpoint': 'http://f:4317' }, { environment: perSignal }).plan.otel.traces_endpoint,
    ).toBeNull()
  })

  it('takes OpenTelemetry intervals in milliseconds', () => {
    expect(
      planOf({}, { environment: { OTEL_METRIC_EXPORT_INTERVAL: '2500' } }).plan.otel.export_interval_ms,
    ).toBe(2500)
    expect(planOf({ 'otel.export_interval': '2s' }).plan.otel.export_interval_ms).toBe(2000)
  })

  it('reports every problem at once, by its source', () => {
    const problems = problemsOf(
      { 'load.duration': 'soon', 'load.threads': '20' },
      { environment: { REDIS_PORT: '70000', TEST_SEED: 'x' } },
    )
    expect(problems).toEqual([
      'environment REDIS_PORT: target.port: expected a whole number from 1 to 65535, got "70000"',
      expect.stringMatching(/^flag --load\.duration: load\.duration: expected a duration/),
      'environment TEST_SEED: load.seed: expected a whole number from 0 to 4294967295, got "x"',
      expect.stringMatching(
        /^flag --load\.threads: load\.threads: 20 threads for 10 connections \(every thread/,
      ),
    ])
  })

  it.each([
    [
      { 'load.threads': '4', 'load.clients': '4', 'load.concurrency': '2' },
      'load.concurrency: 2 in flight for 4 threads',
    ],
    [
      { 'load.max_in_flight': '5', 'pipeline.size': '10' },
      'load.max_in_flight: 5 has no room for a batch of 10',
    ],
    [
      { 'load.max_in_flight': '5', 'load.concurrency': '10' },
      'load.max_in_flight: 5 is less than 10 × 1 in flight',
    ],
    [{ 'target.tls.cert_file': 'c.pem' }, 'target.tls.cert_file: a client certificate needs its private key'],
  ])('refuses %j', (flags, message) => {
    expect(problemsOf(flags).join('\n')).toContain(message)
  })

  it('refuses weights that are all zero', () => {
    const profile = 'name: p\noperations: [{command: GET, weight: 0}]\n'
    expect(problemsOf({}, { profile })[0]).toContain('all weights are 0')
  })
})

describe('secrets', () => {
  it('are not in the plan, nor in what is printed', () => {
    const built = planOf({}, { environment: { REDIS_PASSWORD: 's3cr3t', REDIS_TLS_KEY_PASSPHRASE: 'p4ss' } })
    expect(built.secrets).toEqual({ password: 's3cr3t', sentinelPassword: null, tlsKeyPassphrase: 'p4ss' })
    expect(built.plan.target.password).toBe('***')
    for (const text of [JSON.stringify(built.plan), printPlan(built)]) {
      expect(text).not.toContain('s3cr3t')
      expect(text).not.toContain('p4ss')
    }
  })

  it('are not in a problem about a URL either', () => {
    const problems = problemsOf({}, { environment: { REDIS_URL: 'http://user:s3cr3t@host' } })
    expect(problems).toHaveLength(1)
    expect(problems[0]).not.toContain('s3cr3t')
  })
})

describe('REDIS_URL', () => {
  it.each([
    ['redis://h:7000', { host: 'h', port: 7000, db: 0 }],
    ['redis://u:p%40ss@h/3', { host: 'h', port: 6379, db: 3, username: 'u', password: '***' }],
    ['rediss://[::1]:6380/1', { host: '::1', port: 6380, db: 1 }],
    ['unix:///run/redis.sock', { socket: '/run/redis.sock' }],
  ])('%s', (url, target) => {
    const { plan } = planOf({}, { environment: { REDIS_URL: url } })
    expect(plan.target).toMatchObject(target)
    expect(plan.target.tls.enabled).toBe(url.startsWith('rediss'))
  })

  it('gives the password as it was meant', () => {
    expect(planOf({ 'target.url': 'redis://u:p%40ss@h' }).secrets.password).toBe('p@ss')
  })

  it('gives way to single settings of the same or a higher rank, not to lower ones', () => {
    const environment = { REDIS_URL: 'redis://from-url:1', REDIS_HOST: 'from-host' }
    expect(planOf({}, { environment }).plan.target).toMatchObject({ host: 'from-host', port: 1 })
    expect(planOf({ 'target.url': 'redis://from-flag:2' }, { environment }).plan.target).toMatchObject({
      host: 'from-flag',
      port: 2,
    })
    expect(planOf({ 'target.host': 'flag-host' }, { environment }).plan.target.host).toBe('flag-host')
  })
})

describe('printPlan', () => {
  it('is YAML that gives the plan back, with the origin of each value', () => {
    const built = planOf({ 'load.clients': '7' })
    const text = printPlan(built)
    expect(parse(text)).toEqual(built.plan)
    expect(text).toContain('clients: 7 # flag --load.clients')
    expect(text).toContain('port: 6379 # default')
  })

  it('fills labels into the paths of its outputs, never a folder more', () => {
    const { plan } = planOf({
      'identity.run_id': 'a/b',
      'identity.instance_id': '..',
      'output.file': '/results/{run_id}/{instance_id}.json',
      'output.journal': '{app_name}-{other}.ndjson',
    })
    expect(plan.output.file).toBe('/results/a_b/_.json')
    expect(plan.output.journal).toBe('redis-test-{other}.ndjson')
  })
})
