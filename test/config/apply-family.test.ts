import { describe, expect, it } from 'vitest'
import type { LoadPlan } from '../../src/model/plan.ts'
import { planOf, PROFILE_TEXT } from '../support/plan.ts'
import { problemsOf } from '../support/problems.ts'

const loadOf = (...args: Parameters<typeof planOf>): Pick<LoadPlan, 'clients' | 'concurrency'> => {
  const { clients, concurrency } = planOf(...args).plan.load
  return { clients, concurrency }
}

describe('clients and their workers', () => {
  it.each([
    // clients, workers, exact, most → connections, in flight
    [{ clients: '4' }, 4, 4],
    [{ clients: '4', threads_per_client: '10' }, 40, 40],
    [{ clients: '4', threads_per_client: '10', max_connections: '50' }, 40, 40],
    [{ clients: '4', threads_per_client: '10', max_connections: '3' }, 12, 40],
    [{ clients: '2', connections_per_client: '5' }, 10, 10],
    [{ clients: '2', connections_per_client: '5', threads_per_client: '3' }, 10, 6],
    [{ clients: '4', max_connections: '50' }, 4, 4],
    [{ clients: '4', async_mode: 'true' }, 4, 40],
    [{ clients: '4', async_mode: 'false' }, 4, 4],
    [{ clients: '4', threads_per_client: '3', async_mode: true }, 12, 120],
    [{ clients: '4', threads_per_client: '3', concurrency: '7' }, 12, 7],
    [{ threads_per_client: '2' }, 20, 20],
  ])('%j are %i connections, %i in flight', (given, clients, concurrency) => {
    const flags = Object.fromEntries(Object.entries(given).map(([key, value]) => [`load.${key}`, value]))
    expect(loadOf(flags)).toEqual({ clients, concurrency })
  })

  it('take their numbers from any source', () => {
    const environment = { TEST_CLIENT_INSTANCES: '3', TEST_THREADS_PER_CLIENT: '2' }
    expect(loadOf({}, { environment })).toEqual({ clients: 6, concurrency: 6 })
    expect(loadOf({ 'load.clients': '5' }, { environment })).toEqual({ clients: 10, concurrency: 10 })
    const { origins } = planOf({}, { environment })
    expect(origins.get('load.clients')).toBe(
      '3 clients (environment TEST_CLIENT_INSTANCES) with environment TEST_THREADS_PER_CLIENT',
    )
  })

  it('win over a profile, and give way to a flag', () => {
    const profile = `${PROFILE_TEXT}load: {concurrency: 3, clients: 2}\n`
    const environment = { TEST_THREADS_PER_CLIENT: '4' }
    expect(loadOf({}, { profile, environment })).toEqual({ clients: 8, concurrency: 8 })
    expect(loadOf({ 'load.concurrency': '5' }, { profile, environment }).concurrency).toBe(5)
  })

  it('have a limit', () => {
    const flags = { 'load.clients': '100000', 'load.threads_per_client': '2' }
    expect(problemsOf(() => planOf(flags))[0]).toContain('200000 connections, more than 100000')
  })
})

describe('sizes of values', () => {
  it.each([
    [{ 'values.size_min': '100', 'values.size_max': '2000' }, '100..2000'],
    [{ 'values.size_min': '200' }, '200..1000'],
    [{ 'values.size_min': '5000' }, '5000..5000'],
    [{ 'values.size_max': '50' }, '50..50'],
    [{ 'values.size_max': '500' }, '100..500'],
    [{ 'values.size_min': '1', 'values.size_max': '9', 'values.size': '77' }, '77'],
    [{}, '100'],
  ])('%j is %s', (flags, size) => {
    expect(planOf(flags).plan.values.size).toBe(size)
  })

  it('prefers the source with the higher rank', () => {
    const profile = `${PROFILE_TEXT}values: {size: 50}\n`
    expect(planOf({ 'values.size_max': '500' }, { profile }).plan.values.size).toBe('100..500')
    const environment = { TEST_VALUE_SIZE: '77' }
    expect(planOf({ 'values.size_max': '500' }, { environment }).plan.values.size).toBe('100..500')
    expect(
      planOf({ 'values.size': '5' }, { environment: { TEST_VALUE_SIZE_MAX: '9' } }).plan.values.size,
    ).toBe('5')
  })

  it('refuses a range that runs backwards', () => {
    const flags = { 'values.size_min': '200', 'values.size_max': '100' }
    expect(problemsOf(() => planOf(flags))).toEqual([
      expect.stringContaining('values.size_min: the smallest value has 200 bytes, the largest 100'),
    ])
  })
})

describe('pipelines', () => {
  const pipelined = `${PROFILE_TEXT}pipeline: {size: 20}\n`
  const transactional = `${PROFILE_TEXT}transaction: {size: 5}\n`
  it.each([
    [{ 'pipeline.enabled': true }, PROFILE_TEXT, 'pipeline', 10],
    [{ 'pipeline.enabled': 'true', 'pipeline.size': '4' }, PROFILE_TEXT, 'pipeline', 4],
    [{ 'pipeline.enabled': 'true' }, pipelined, 'pipeline', 20],
    [{ 'pipeline.enabled': 'false' }, pipelined, 'none', 1],
    [{ 'pipeline.enabled': 'false', 'pipeline.size': '10' }, PROFILE_TEXT, 'none', 1],
    [{ 'pipeline.enabled': 'true' }, transactional, 'pipeline', 10],
    [{ 'transaction.size': '3' }, pipelined, 'transaction', 3],
    [{ 'pipeline.size': '7' }, transactional, 'pipeline', 7],
  ])('%j', (flags, profile, kind, size) => {
    expect(planOf(flags, { profile }).plan.batch).toEqual({ kind, size })
  })

  it('keeps the size of a flag although the environment has none', () => {
    const environment = { TEST_USE_PIPELINE: 'false', TEST_PIPELINE_SIZE: '10' }
    expect(planOf({}, { environment }).plan.batch.kind).toBe('none')
    expect(planOf({ 'pipeline.size': '3' }, { environment }).plan.batch).toEqual({
      kind: 'pipeline',
      size: 3,
    })
  })
})

describe('certificates', () => {
  it.each([
    ['none', false],
    ['optional', true],
    ['required', true],
  ])('%s: verified %s', (word, verify) => {
    expect(planOf({ 'target.tls.cert_reqs': word }).plan.target.tls.verify).toBe(verify)
    const environment = { REDIS_SSL_CERT_REQS: word }
    expect(planOf({ 'target.tls.verify': !verify }, { environment }).plan.target.tls.verify).toBe(!verify)
  })

  it.each([
    ['TLSv1', '1.0'],
    ['TLSv1_1', '1.1'],
    ['tlsv1_2', '1.2'],
    ['TLSv1.3', '1.3'],
    ['1.3', '1.3'],
  ])('%s is version %s', (word, version) => {
    expect(planOf({ 'target.tls.min_version': word }).plan.target.tls.min_version).toBe(version)
  })

  it('takes line breaks as they are written in variables', () => {
    const environment = {
      REDIS_SSL_CA_DATA: String.raw`-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----`,
    }
    expect(planOf({}, { environment }).plan.target.tls.ca_data).toBe(
      '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----',
    )
  })
})

describe('a cluster', () => {
  it.each([
    [{ 'target.cluster': true }, 'cluster', []],
    [{ 'target.cluster': 'true', 'target.cluster_nodes': 'a:1,b' }, 'cluster', ['a:1', 'b:6379']],
    [{ 'target.cluster_nodes': 'a:1,b:2' }, 'cluster', ['a:1', 'b:2']],
    [{ 'target.cluster': 'false' }, 'standalone', []],
    [{ 'target.cluster': 'true', 'target.topology': 'sentinel' }, 'sentinel', []],
    [{}, 'standalone', []],
  ])('%j is topology %s with the nodes %j', (flags, topology, nodes) => {
    expect(planOf(flags as Record<string, string>).plan.target).toMatchObject({ topology, nodes })
  })

  it('may be turned off by a variable', () => {
    const environment = { REDIS_CLUSTER: 'false', REDIS_CLUSTER_NODES: '' }
    expect(planOf({}, { environment }).plan.target.topology).toBe('standalone')
  })
})

describe('what is not there', () => {
  it.each([
    [{ 'client.retry_attempts': '3' }, [/the preset measure sends no command twice/]],
    [{ 'client.retry_attempts': '0' }, []],
    [{ 'client.retry_attempts': '3', 'client.preset': 'as-app' }, []],
    [{}, []],
  ])('%j is said in one line each', (flags, expected) => {
    expect(planOf(flags).notices).toEqual(expected.map((line) => expect.stringMatching(line)))
  })
})

describe('the name of the app', () => {
  it('can have the profile in it', () => {
    const { identity } = planOf({ 'identity.app_name': 'python-{workload_profile}' }).plan
    expect(identity.app_name).toBe('python-test')
    expect(identity.instance_id).toMatch(/^python-test-[0-9a-f]{8}$/)
    expect(problemsOf(() => planOf({ 'identity.app_name': '{profile}' }))[0]).toContain('identity.app_name')
  })
})

describe('maintenance notifications', () => {
  it.each([
    ['true', 'relax'],
    ['auto', 'relax'],
    ['enabled', 'relax'],
    ['1', 'relax'],
    ['false', 'off'],
    ['0', 'off'],
    ['disabled', 'off'],
    ['off', 'off'],
    ['observe', 'observe'],
    ['relax', 'relax'],
  ])('%s is %s', (given, mode) => {
    const { plan, notices } = planOf({}, { environment: { REDIS_MAINT_NOTIFICATIONS_ENABLED: given } })
    expect(plan.client.maintenance_notifications).toBe(mode)
    expect(notices).toEqual([])
  })

  it('are off unless somebody asks, with the timeout of the official clients', () => {
    expect(planOf().plan.client).toMatchObject({
      maintenance_notifications: 'off',
      maintenance_relaxed_timeout_ms: 10_000,
      maintenance_endpoint_type: 'auto',
    })
    const { client } = planOf({}, { environment: { REDIS_MAINT_RELAXED_TIMEOUT: '20' } }).plan
    expect(client.maintenance_relaxed_timeout_ms).toBe(20_000)
  })

  it('need RESP3', () => {
    const flags = { 'client.maintenance_notifications': 'observe', 'target.protocol': '2' }
    expect(problemsOf(() => planOf(flags))).toEqual([expect.stringContaining('in RESP3 only')])
    expect(problemsOf(() => planOf({ 'target.protocol': '2' }))).toEqual([])
  })
})
