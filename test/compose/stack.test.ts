import { afterAll, describe, expect, inject, it } from 'vitest'
import { pause, until } from '../e2e/support/until.ts'
import { overviewQuery } from './support/overview.ts'
import { createProject, freePorts, type Project } from './support/project.ts'
import { answers, query, queryNumber, ruleHealth, targets, traces } from './support/prometheus.ts'
import { readReports, settled } from './support/reports.ts'

// The real docker-compose.yml, from `up` to `down`. The tests go on with what the ones before them started.

const stack = inject('stack')
const skipReason = inject('skipReason')
const REPLICAS = 3
const RATE = 500
const APP = 'redis-test-app'
/** Commands of the run with a duration. */
const PLANNED = REPLICAS * RATE * 20
const LOAD = 'operation=~"GET|SET"'
const say = (text: string) => process.stderr.write(`test:compose: ${text}\n`)

describe.skipIf(stack === undefined)(
  `the stack under docker-compose${skipReason === undefined ? '' : ` (skipped: ${skipReason})`}`,
  () => {
    let project: Project
    let prometheus = ''
    let readyAt = 0

    afterAll(async () => {
      await project?.compose(['down', '--volumes', '--timeout', '5'])
    })

    async function compose(args: readonly string[], settings: NodeJS.ProcessEnv = {}) {
      const ended = await project.compose(args, settings)
      expect(ended.code, `docker-compose ${args.join(' ')}\n${ended.stdout}\n${ended.stderr}`).toBe(0)
      return ended
    }

    /** Every container runs, is healthy where it says, and the collector answers. */
    async function untilReady(): Promise<void> {
      const notReady = async () =>
        (await project.allContainers()).filter(
          ({ isRunning, health }) => !isRunning || (health !== 'healthy' && health !== 'none'),
        )
      try {
        await until('every container is healthy', async () => (await notReady()).length === 0, 120_000)
      } catch (error) {
        // What they say is what one wants to know, and they are gone when the test has failed.
        for (const { id, name } of await notReady())
          say(`${name} is not ready:\n${await project.logs(id, 20)}`)
        throw error
      }
      const collector = await project.url('otel-collector', 13133)
      await until('the collector is healthy', () => answers(collector))
    }

    /** The replicas that Prometheus scrapes with success, when there are exactly so many. */
    const untilScraped = (count: number) =>
      until(
        `${count} replicas are scraped`,
        async () => {
          const found = await targets(prometheus, 'redis-test')
          return found.size === count && [...found.values()].every((health) => health === 'up')
        },
        60_000,
      )

    /** Past the warm-up, during which nothing is counted. */
    const untilMeasuring = (count: number) =>
      until(`${count} replicas measure`, async () => {
        const counts = [...(await progress()).values()]
        return counts.length === count && counts.every((one) => one.count > 0)
      })

    async function instances(): Promise<string[]> {
      const samples = await query(prometheus, 'redis_test_run_info{job="redis-test",run_id="endless"}')
      return samples.map(({ labels }) => labels['instance_id'] ?? '').toSorted()
    }

    /** What each operation was called at the server, in its own count. */
    async function serverCalls(): Promise<{ get: number; set: number }> {
      const [redis] = await project.containers('redis')
      const text = await project.docker('exec', redis!.id, 'redis-cli', 'INFO', 'commandstats')
      const calls = (name: string) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(text)?.[1] ?? 0)
      return { get: calls('get'), set: calls('set') }
    }

    async function countedBy(job: string): Promise<{ get: number; set: number }> {
      const sum = (operation: string) =>
        queryNumber(prometheus, `sum(redis_operations_total{job="${job}",operation="${operation}"})`)
      return { get: await sum('GET'), set: await sum('SET') }
    }

    /** Commands so far and the instant of the scrape that said so, by instance. */
    async function progress(): Promise<ReadonlyMap<string, { count: number; at: number }>> {
      // Not those of the run before, which Prometheus has for a moment longer.
      const series = `redis_operations_total{job="redis-test",run_id="endless",${LOAD}}`
      const both = await query(
        prometheus,
        `label_replace(sum by (instance_id) (${series}), "what", "count", "", "") or label_replace(max by (instance_id) (timestamp(${series})), "what", "at", "", "")`,
      )
      const value = (id: string, what: string) =>
        both.find(({ labels }) => labels['instance_id'] === id && labels['what'] === what)?.value ?? 0
      const ids = new Set(both.map(({ labels }) => labels['instance_id'] ?? ''))
      return new Map([...ids].map((id) => [id, { count: value(id, 'count'), at: value(id, 'at') }]))
    }

    /**
     * What each of these instances did a second, as a share of its target, from before something happened until after it.
     * A busy machine may hold an open loop up for a moment, which it makes good: so there is time for that, but too little
     * for a second that was lost to become less than 2 % of the whole.
     */
    async function throughputDuring(ids: readonly string[], act: () => Promise<void>): Promise<number[]> {
      const before = await progress()
      await act()
      const share = async () => {
        const now = await progress()
        return ids.map((id) => {
          const [from, to] = [before.get(id), now.get(id)]
          if (from === undefined || to === undefined || to.at - from.at < 6) return 0
          return (to.count - from.count) / (to.at - from.at) / RATE
        })
      }
      let ratios: number[] = []
      const isFull = async () => {
        ratios = await share()
        return ratios.every((ratio) => ratio > 0.98)
      }
      await until('every replica keeps its rate', isFull, 20_000).catch(async () => {
        say(`from ${JSON.stringify([...before])} to ${JSON.stringify([...(await progress())])}`)
      })
      return ratios
    }

    it('comes up healthy, with three replicas and the profiles alerting and exporters', async () => {
      project = createProject(stack!, 'finite', {
        ...(await freePorts(`${stack!.checkout}/docker-compose.yml`)),
        COMPOSE_PROFILES: 'alerting,exporters',
        TEST_TARGET_OPS_PER_SECOND: String(RATE),
        TEST_DURATION: '20s',
        TEST_WARMUP: '0',
        METRICS_LINGER: '30s',
        RUN_ID: 'finite',
      })
      await compose(['build'])
      const started = performance.now()
      await compose(['up', '-d', '--build', '--scale', `${APP}=${REPLICAS}`])
      await untilReady()
      readyAt = performance.now()
      say(`docker-compose up until every service was ready: ${seconds(readyAt - started)} s`)
      prometheus = await project.url('prometheus', 9090)
      expect(await project.containers(APP)).toHaveLength(REPLICAS)
    })

    it('fills the overview within 15 seconds', async () => {
      const expression = overviewQuery(stack!.checkout, 'Throughput')
      const found = await until(`${expression} has data`, async () => {
        const samples = await query(prometheus, expression)
        return samples.some(({ value }) => value > 0) && samples
      })
      const took = performance.now() - readyAt
      say(`services ready until the overview's throughput panel has data: ${seconds(took)} s`)
      expect(found).toHaveLength(1)
      expect(took).toBeLessThan(15_000)
    })

    it('finds every replica by DNS, with an id of its own and one run id', async () => {
      await untilScraped(REPLICAS)
      const info = await until('every replica tells about itself', async () => {
        const samples = await query(prometheus, 'redis_test_run_info{job="redis-test"}')
        return samples.length === REPLICAS && samples
      })
      const values = (name: string) => new Set(info.map(({ labels }) => labels[name]))
      expect(values('instance_id').size).toBe(REPLICAS)
      expect(values('instance').size).toBe(REPLICAS)
      expect([...values('run_id')]).toEqual(['finite'])
    })

    it('scrapes the whole stack, and evaluates every rule', async () => {
      const jobs = [
        'alertmanager',
        'jaeger',
        'node-exporter',
        'otel-collector',
        'otlp',
        'prometheus',
        'redis-exporter',
      ]
      const expected = jobs.filter((job) => !Object.hasOwn(stack!.leftOut, job))
      let byValue: Record<string, string[]> = {}
      await until('every target is up', async () => {
        const samples = await query(prometheus, 'min by (job) (up)')
        const jobsWith = (value: number) =>
          samples.filter((sample) => sample.value === value).map(({ labels }) => labels['job'] ?? '')
        byValue = { up: jobsWith(1), down: jobsWith(0) }
        return expected.every((job) => byValue['up']?.includes(job))
      }).catch(() => expect(byValue['up']).toEqual(expect.arrayContaining(expected)))
      expect(byValue['down']).toEqual(
        Object.keys(stack!.leftOut).filter((name) => byValue['down']?.includes(name)),
      )
      await until('every rule was evaluated', async () => !(await ruleHealth(prometheus)).has('unknown'))
      expect([...(await ruleHealth(prometheus))]).toEqual(['ok'])
    })

    it('counts by scrape, over OTLP and at the server the same, to the last command', async () => {
      await until(
        'every replica is done',
        async () =>
          (await queryNumber(prometheus, 'sum(redis_test_phase{job="redis-test",phase="done"})')) ===
          REPLICAS,
        60_000,
      )
      const server = await serverCalls()
      // All of it, but what a busy machine could not even start, which is counted as dropped.
      expect(server.get + server.set).toBeGreaterThan(PLANNED * 0.98)
      expect(server.get + server.set).toBeLessThanOrEqual(PLANNED)
      let seen = {}
      await until(
        'both paths say what the server says',
        async () => {
          seen = { scrape: await countedBy('redis-test'), otlp: await countedBy('otlp/redis-test') }
          return JSON.stringify(seen) === JSON.stringify({ scrape: server, otlp: server })
        },
        20_000,
      ).catch(() => expect(seen).toEqual({ scrape: server, otlp: server }))
      say(`GET ${server.get}, SET ${server.set}: at the server, by scrape and over OTLP`)
    })

    it.skipIf(stack?.leftOut['jaeger'] !== undefined)('has traces of every replica in Jaeger', async () => {
      const jaeger = await project.url('jaeger', 16686)
      const found = await until('traces of every replica', async () => {
        const all = await traces(jaeger, 'redis-test', 200)
        const of = all.flatMap(({ processes }) =>
          Object.values(processes).flatMap(({ tags }) =>
            tags.filter(({ key }) => key === 'service.instance.id').map(({ value }) => value),
          ),
        )
        return new Set(of).size === REPLICAS && all
      })
      const spans = found.flatMap(({ spans: ofTrace }) => ofTrace)
      const names = new Set(spans.map(({ operationName }) => operationName))
      expect([...names]).toEqual(expect.arrayContaining(['redis-test run', 'connect', 'PIPELINE']))
      say(`${found.length} traces with ${spans.length} spans in Jaeger: ${[...names].join(', ')}`)
    })

    it('leaves complete reports, and ends with 0', async () => {
      await until(
        'every replica has ended',
        async () => (await project.containers(APP)).every(({ isRunning }) => !isRunning),
        60_000,
      )
      expect((await project.containers(APP)).map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
      const reports = [...readReports(await project.volume('results'), 'finite').values()]
      expect(reports).toHaveLength(REPLICAS)
      for (const report of reports)
        expect(report).toMatchObject({ end_reason: 'duration', partial: false, audit: { ok: true } })
      const total = reports.reduce((sum, report) => sum + settled(report), 0)
      const { get, set } = await serverCalls()
      expect(total).toBe(get + set)
    })

    const ENDLESS = { TEST_DURATION: '', TEST_WARMUP: '', METRICS_LINGER: '', RUN_ID: 'endless' }
    const up = (count: number) => ['up', '-d', '--no-deps', '--scale', `${APP}=${count}`, APP]

    it('forgets a replica that was killed and finds one that was added; the others go on', async () => {
      await compose(up(REPLICAS), ENDLESS)
      await untilScraped(REPLICAS)
      await untilMeasuring(REPLICAS)
      const before = await instances()
      const [victim, ...others] = await project.containers(APP)
      const [, address] = (await hostOf(victim!.id)) ?? []
      const killed = await query(prometheus, `redis_test_run_info{instance="${address}:8000"}`)
      const lost = killed[0]?.labels['instance_id'] ?? ''
      expect(before).toContain(lost)
      const rest = before.filter((id) => id !== lost)
      const ratios = await throughputDuring(rest, async () => {
        await project.docker('kill', victim!.id)
        await untilScraped(REPLICAS - 1)
      })
      say(`a replica killed: the others at ${ratios.map(percent).join(', ')} of their rate`)
      expect(Math.min(...ratios)).toBeGreaterThan(0.98)
      await compose(['up', '-d', '--no-deps', '--no-recreate', '--scale', `${APP}=4`, APP], ENDLESS)
      await untilScraped(4)
      const now = await instances()
      expect(now).toHaveLength(4)
      expect(now).toEqual(expect.arrayContaining(rest))
      expect(now).not.toContain(lost)
      const after = await project.containers(APP)
      for (const { id, startedAt } of others)
        expect(after.find((container) => container.id === id)?.startedAt).toBe(startedAt)
    })

    async function hostOf(id: string): Promise<RegExpExecArray | null> {
      const networks = await project.docker('inspect', '--format', '{{json .NetworkSettings.Networks}}', id)
      return /"IPAddress":"([\d.]+)"/.exec(networks)
    }

    it('runs on undisturbed while the collector is restarted, and both paths agree afterwards', async () => {
      await untilMeasuring(4)
      const ids = await instances()
      const ratios = await throughputDuring(ids, async () => {
        await compose(['restart', 'otel-collector'])
        await until('the collector is back', async () => answers(await project.url('otel-collector', 13133)))
      })
      say(`the collector restarted: the replicas at ${ratios.map(percent).join(', ')} of their rate`)
      expect(Math.min(...ratios)).toBeGreaterThan(0.98)
      // While the load goes on, OTLP is behind by an export and a scrape. The next test has it to the last command.
      const total = (job: string, more = '') =>
        queryNumber(prometheus, `sum(redis_operations_total{job="${job}",run_id="endless",${LOAD}}${more})`)
      await until('OTLP says what the scrape says, or said ten seconds ago', async () => {
        const [earlier, otlp, now] = [
          await total('redis-test', ' offset 10s'),
          await total('otlp/redis-test', ' and on (instance_id) redis_test_run_info{job="redis-test"}'),
          await total('redis-test'),
        ]
        return earlier > 0 && otlp >= earlier && otlp <= now
      })
    })

    it('comes back from docker-compose restart with right counters', async () => {
      const before = await instances()
      await compose(['restart', APP])
      await untilScraped(4)
      const now = await until('four new instances', async () => {
        const ids = await instances()
        return ids.length === 4 && ids.every((id) => !before.includes(id)) && ids
      })
      const reports = readReports(await project.volume('results'), 'endless')
      for (const id of before) {
        const report = reports.get(id)
        expect(report).toMatchObject({ end_reason: 'signal', partial: false, audit: { ok: true } })
        // What the last export before the end said is what stayed.
        await until(`the report of ${id} agrees with what went over OTLP`, async () => {
          const labels = `job="otlp/redis-test",instance_id="${id}",${LOAD}`
          return (
            (await queryNumber(prometheus, `sum(redis_operations_total{${labels}})`)) === settled(report!)
          )
        })
      }
      await untilMeasuring(4)
      const ratios = await throughputDuring(now, () => pause(5000))
      expect(Math.min(...ratios)).toBeGreaterThan(0.98)
    })

    it('ends with docker-compose down: exit codes 0, complete reports, nothing left but the volumes', async () => {
      const ids = await instances()
      const since = await project.docker('info', '--format', '{{.SystemTime}}')
      const started = performance.now()
      await compose(['down'])
      say(`docker-compose down: ${seconds(performance.now() - started)} s`)
      const end = await project.docker('info', '--format', '{{.SystemTime}}')
      const filters = ['event=die', `label=com.docker.compose.service=${APP}`].flatMap((filter) => [
        '--filter',
        filter,
      ])
      const ended = await project.docker(
        ...['events', '--since', since, '--until', end, ...filters],
        ...['--format', '{{.Actor.Attributes.exitCode}}'],
      )
      expect(ended.split('\n')).toEqual(['0', '0', '0', '0'])
      const reports = readReports(await project.volume('results'), 'endless')
      for (const id of ids)
        expect(reports.get(id)).toMatchObject({ end_reason: 'signal', partial: false, audit: { ok: true } })
      expect(await project.allContainers()).toEqual([])
    })
  },
)

const seconds = (millis: number) => (millis / 1000).toFixed(1)
const percent = (ratio: number) => `${(ratio * 100).toFixed(1)} %`
