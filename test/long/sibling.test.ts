import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { PROFILE_CONTEXT, WORKLOADS_FOLDER } from '../../src/app/facts.ts'
import { listProfiles } from '../../src/config/find-profile.ts'
import type { RunPlan } from '../../src/model/plan.ts'
import type { RunResult } from '../../src/model/result.ts'
import { command, type Ended, folder } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'

/** A command of the README of redis-py-test-app, without `python main.py`, and what it comes to here. */
interface Example {
  readonly line: string
  readonly env?: Readonly<Record<string, string>>
  /** Run for real, not only planned: at least one of each kind. */
  readonly isRun?: true
  readonly expected?: (result: Pick<RunResult, 'plan'>) => void
}

const weights = ({ operations }: RunPlan): Record<string, number> =>
  Object.fromEntries(operations.map(({ name, weight }) => [name, weight]))

const RUNS: readonly Example[] = [
  { line: 'run --workload-profile basic_rw --duration 30', isRun: true },
  { line: 'run --workload-profile high_throughput --duration 60' },
  { line: 'run --workload-profile basic_rw' },
  { line: 'run --workload-profile high_throughput' },
  { line: 'run --workload-profile basic_rw --value-size 500 --duration 30' },
  {
    line: 'run --operations SET,GET --value-size-min 100 --value-size-max 2000 --duration 60',
    isRun: true,
    expected: ({ plan }) => {
      expect(plan.values.size).toBe('100..2000')
      expect(weights(plan)).toEqual({ SET: 1, GET: 1 })
    },
  },
  { line: 'run --workload-profile list_operations --duration 45', isRun: true },
  { line: 'run --workload-profile list_operations' },
  {
    line: 'run --workload-profile high_throughput --duration 60 --threads-per-client 4',
    expected: ({ plan }) => expect(plan.load).toMatchObject({ clients: 40, concurrency: 40 }),
  },
  { line: 'run --workload-profile async_mixed --duration 120', isRun: true },
  { line: 'run --workload-profile async_mixed' },
  { line: 'run --workload-profile basic_rw --operations SET,GET --duration 60' },
  {
    line: String.raw`run --workload-profile high_throughput --operations SET,GET,INCR,DEL --operation-weights "{\"SET\": 0.3, \"GET\": 0.4, \"INCR\": 0.2, \"DEL\": 0.1}" --duration 120`,
    isRun: true,
    expected: ({ plan }) => {
      expect(weights(plan)).toEqual({ SET: 0.3, GET: 0.4, INCR: 0.2, DEL: 0.1 })
      expect(plan.batch).toEqual({ kind: 'pipeline', size: 10 })
    },
  },
  {
    line: String.raw`run --workload-profile list_operations --operations LPUSH,LPOP --operation-weights "{\"LPUSH\": 0.6, \"LPOP\": 0.4}" --duration 90`,
  },
  {
    line: `run --operations SET,GET,INCR,DECR --operation-weights '{"SET": 0.25, "GET": 0.25, "INCR": 0.25, "DECR": 0.25}' --value-size 200 --key-prefix custom_test --duration 60`,
    isRun: true,
    expected: ({ plan }) => expect(plan.keys.prefix).toBe('custom_test'),
  },
  { line: 'run --workload-profile basic_rw --operations SET --value-size 1000 --duration 30' },
  {
    line: 'run --workload-profile basic_rw --duration 300 --clients 2 --threads-per-client 3 --max-connections 10 --app-name python-dev --version test-v1',
    isRun: true,
    expected: ({ plan }) => {
      expect(plan.load).toMatchObject({ clients: 6, concurrency: 6 })
      expect(plan.identity).toMatchObject({ app_name: 'python-dev', version: 'test-v1' })
    },
  },
  {
    line: 'run --workload-profile high_throughput',
    env: {
      TEST_DURATION: '180',
      TEST_CLIENT_INSTANCES: '3',
      TEST_THREADS_PER_CLIENT: '2',
      APP_NAME: 'python-custom',
    },
    isRun: true,
    expected: ({ plan }) => {
      expect(plan.load.clients).toBe(6)
      expect(plan.identity.app_name).toBe('python-custom')
    },
  },
  {
    line: 'run --workload-profile basic_rw --duration 60 --client-instances 1 --connections-per-client 2 --threads-per-client 1',
    isRun: true,
    expected: ({ plan }) => expect(plan.load).toMatchObject({ clients: 2, concurrency: 1 }),
  },
  {
    line: 'run --workload-profile high_throughput --duration 300 --client-instances 3 --connections-per-client 15 --threads-per-client 5',
    expected: ({ plan }) => expect(plan.load).toMatchObject({ clients: 45, concurrency: 15 }),
  },
  {
    line: 'run --workload-profile list_operations --duration 600 --client-instances 2 --connections-per-client 8 --threads-per-client 3',
  },
  { line: 'run --workload-profile basic_rw --duration 60' },
  { line: 'run --workload-profile high_throughput --duration 300 --output-file results.json', isRun: true },
  {
    line: 'run --client-instances 1 --connections-per-client 1 --threads-per-client 1 --workload-profile basic_rw',
  },
  {
    line: 'run --workload-profile high_throughput --client-instances 2 --connections-per-client 5 --threads-per-client 4',
  },
  {
    line: String.raw`run --workload-profile basic_rw --operation-weights "{\"SET\": 0.2, \"GET\": 0.2}"`,
    expected: ({ plan }) => expect(weights(plan)).toEqual({ SET: 0.2, GET: 0.2 }),
  },
  {
    line: String.raw`run --workload-profile high_throughput --operations SET,GET,INCR,HSET,ZADD --operation-weights "{\"SET\": 0.3, \"GET\": 0.4, \"INCR\": 0.1, \"HSET\": 0.1, \"ZADD\": 0.1}"`,
  },
  {
    line: String.raw`run --workload-profile list_operations --operation-weights "{\"LPUSH\": 0.5, \"RPUSH\": 0.2, \"LRANGE\": 0.2, \"LPOP\": 0.1}"`,
  },
  {
    line: String.raw`run --operations SET,GET,INCR,APPEND --operation-weights "{\"SET\": 0.4, \"GET\": 0.4, \"INCR\": 0.1, \"APPEND\": 0.1}"`,
  },
  {
    line: String.raw`run --operations SET,GET,LPUSH,SADD,HSET,ZADD --operation-weights "{\"SET\": 0.2, \"GET\": 0.3, \"LPUSH\": 0.2, \"SADD\": 0.1, \"HSET\": 0.1, \"ZADD\": 0.1}"`,
    isRun: true,
  },
  {
    line: String.raw`run --operations SET,GET,EXISTS,EXPIRE,TTL,DEL --operation-weights "{\"SET\": 0.3, \"GET\": 0.3, \"EXISTS\": 0.1, \"EXPIRE\": 0.1, \"TTL\": 0.1, \"DEL\": 0.1}"`,
  },
  {
    line: 'run --client-instances 4 --connections-per-client 5 --threads-per-client 4 --workload-profile high_throughput',
  },
  { line: 'run --workload-profile basic_rw --duration 60 --output-file results.json' },
]

/** Words of a line as a shell splits them: quotes, and backslashes within double ones. */
function words(line: string): string[] {
  const parts = line.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s"']+)+/g) ?? []
  return parts.map((part) =>
    part.replaceAll(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
      double === undefined ? (single ?? '') : double.replaceAll(/\\(.)/g, '$1'),
    ),
  )
}

/** Profiles come one by one; a line is tested from the day that all it names is there. */
function isThere(line: string): boolean {
  const profile = /--workload-profile (\S+)/.exec(line)?.[1]
  const operations = /--operations (\S+)/.exec(line)?.[1]?.split(',') ?? []
  const profiles = listProfiles(WORKLOADS_FOLDER)
  return (
    (profile === undefined || profiles.includes(profile)) &&
    operations.every(
      (name) => PROFILE_CONTEXT.commands.problemWith(name, { allowDangerous: false }) === undefined,
    )
  )
}

const AT_A_TIME = 3

async function someAtATime<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  for (let next = 0; next < items.length; next += AT_A_TIME)
    await Promise.all(items.slice(next, next + AT_A_TIME).map(act))
}

let server: TestServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

/** As a person would who comes from there: the line as it is, the server in the environment. */
function sibling(
  line: string,
  more: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return command([...words(line), ...more], {
    env: { REDIS_PORT: String(server.port), METRICS_PORT: '0', LOG_LEVEL: 'warn', ...env },
  })
}

describe('commands of the sibling application', () => {
  const there = RUNS.filter(({ line }) => isThere(line))

  it.skip.each(RUNS.filter(({ line }) => !isThere(line)))('not there yet: $line', () => {})

  it('are all understood', { timeout: 180_000 }, async () => {
    const planned = there.filter(({ isRun }) => isRun !== true)
    await someAtATime(planned, async ({ line, env = {}, expected }) => {
      const { code, stdout, stderr } = await sibling(line, ['--print-plan'], env)
      expect(`${line}: ${stderr}${code}`).toBe(`${line}: 0`)
      const plan = parse(stdout) as RunPlan
      expect(plan.schema).toBe('redis-test/plan')
      expected?.({ plan })
    })
    expect(planned.length).toBeGreaterThan(10)
  })

  it('run, one of each kind', { timeout: 180_000 }, async () => {
    const kinds = there.filter(({ isRun }) => isRun === true)
    await someAtATime(kinds, async ({ line, env = {}, expected }) => {
      const file = join(
        folder,
        line.includes('--output-file')
          ? 'results.json'
          : `${kinds.findIndex((kind) => kind.line === line)}.json`,
      )
      const { code, stderr } = await sibling(line, ['--duration', '1', '--warmup', '0', '--quiet', 'true'], {
        ...env,
        OUTPUT_FILE: file,
      })
      expect(`${line}: ${stderr}${code}`).toBe(`${line}: 0`)
      const result = JSON.parse(readFileSync(file, 'utf8')) as RunResult
      expect(result.totals.ok).toBeGreaterThan(100)
      expect(result.totals.failed + result.totals.indeterminate).toBe(0)
      expect(result.audit.ok).toBe(true)
      expected?.(result)
    })
    expect(kinds.length).toBeGreaterThan(7)
  })

  it('show their progress as seldom as they are told', async () => {
    const seldom = await sibling('run --duration 2 --metrics-interval 2', ['--warmup', '0'])
    expect(seldom.stderr.match(/^measure /gm)).toHaveLength(1)
  })

  it('test a connection, list and describe profiles', async () => {
    const connection = await sibling('test-connection')
    expect(connection).toMatchObject({ code: 0, stderr: '' })
    const list = await sibling('list-profiles')
    expect(list.stdout).toMatch(/^basic_rw +\S/m)
    const described = await sibling('describe-profile high_throughput')
    expect(described.stdout).toContain('name: high_throughput\n')
    const help = await sibling('run --help')
    expect(help.code).toBe(0)
    expect(help.stdout).toContain('Most used:\n')
  })

  it('find out that a cluster is not there', async () => {
    const { code, stderr, stdout } = await sibling('run --cluster')
    expect(code).toBe(3)
    expect(stdout).toBe('')
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/cannot connect to 127\.0\.0\.1:\d+: cluster_disabled \(.*--topology cluster/),
    ])
  })
})

describe('settings in a file', () => {
  it('are saved whole and used again', async () => {
    const path = join(folder, 'saved.yaml')
    const saved = await sibling(`run -w high_throughput --clients 3 --operations SET --save-config ${path}`, [
      '--password',
      'hush',
      '--no-auth-warning',
    ])
    expect(saved).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(path, 'utf8')).not.toContain('hush')
    const plans = await Promise.all([
      sibling(`run --config-file ${path} --print-plan`),
      sibling('run --print-plan', [], { CONFIG_FILE: path, TEST_CLIENTS: '4' }),
    ])
    expect(plans[0]?.stdout).toMatch(/^ {2}name: high_throughput$/m)
    expect(plans[0]?.stdout).toMatch(new RegExp(`^ {2}clients: 3 # file ${path}:\\d+:\\d+$`, 'm'))
    expect(plans[1]?.stdout).toContain('  clients: 4 # environment TEST_CLIENTS\n')
    const nowhere = await sibling('run --save-config /proc/nope/x.yaml')
    expect(nowhere).toMatchObject({
      code: 2,
      stderr: 'redis-test: --save-config: cannot write /proc/nope/x.yaml: ENOENT (choose another path)\n',
    })
    expect(existsSync('/proc/nope')).toBe(false)
  })
})
