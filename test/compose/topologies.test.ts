import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { until } from '../e2e/support/until.ts'
import { queryNumber, targets } from './support/prometheus.ts'
import { createProject, freePorts, type Project } from './support/project.ts'

// The profiles `cluster` and `sentinel`: a Redis Cluster of six nodes, and a primary that fails over.

const stack = inject('stack')
const skipReason = inject('skipReason')
const CLUSTER = [1, 2, 3, 4, 5, 6].map((node) => `redis-cluster-${node}`)
const SENTINELS = [1, 2, 3].map((node) => `redis-sentinel-${node}`)
const SERVERS = ['redis-primary', 'redis-replica-1', 'redis-replica-2']
const say = (text: string) => process.stderr.write(`test:compose: ${text}\n`)

describe.skipIf(stack === undefined)(
  `Cluster and Sentinel under docker-compose${skipReason === undefined ? '' : ` (skipped: ${skipReason})`}`,
  () => {
    let project: Project

    beforeAll(async () => {
      project = createProject(stack!, 'topologies', {
        ...(await freePorts(`${stack!.checkout}/docker-compose.yml`)),
        COMPOSE_PROFILES: 'cluster,sentinel',
      })
      const services = ['redis-cluster-init', ...SENTINELS, 'redis-exporter', 'prometheus']
      const { code, stdout, stderr } = await project.compose(['up', '-d', ...services])
      expect(code, `${stdout}\n${stderr}`).toBe(0)
    })
    afterAll(async () => {
      await project?.compose(['down', '--volumes', '--timeout', '5'])
    })

    async function redisCli(service: string, ...args: readonly string[]): Promise<string> {
      const [container] = await project.containers(service)
      return project.docker('exec', container!.id, 'redis-cli', ...args)
    }

    async function addressOf(service: string): Promise<string> {
      const [container] = await project.containers(service)
      const networks = await project.docker(
        'inspect',
        '--format',
        '{{json .NetworkSettings.Networks}}',
        container!.id,
      )
      return /"IPAddress":"([\d.]+)"/.exec(networks)?.[1] ?? ''
    }

    it('makes a cluster of three primaries and three replicas that has every slot', async () => {
      const info = await until('the cluster is whole', async () => {
        const text = await redisCli('redis-cluster-1', 'cluster', 'info')
        return text.includes('cluster_state:ok') && text
      })
      expect(info).toContain('cluster_slots_ok:16384')
      expect(info).toContain('cluster_known_nodes:6')
      expect(info).toContain('cluster_size:3')
      const nodes = await redisCli('redis-cluster-1', 'cluster', 'nodes')
      expect(nodes.match(/\bmaster\b/g)).toHaveLength(3)
      expect(nodes.match(/\bslave\b/g)).toHaveLength(3)
    })

    it('spreads keys over the cluster', async () => {
      for (const key of ['one', 'two', 'three', 'four', 'five', 'six'])
        expect(await redisCli('redis-cluster-2', '-c', 'set', key, 'x')).toContain('OK')
      const sizes = await Promise.all(CLUSTER.map((service) => redisCli(service, 'dbsize')))
      const keys = sizes.map((size) => Number(/\d+/.exec(size)?.[0]))
      expect(keys.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(6)
      expect(keys.filter((one) => one > 0).length).toBeGreaterThanOrEqual(2)
    })

    const primary = async (): Promise<string> => {
      const answer = await redisCli(
        SENTINELS[0]!,
        '-p',
        '26379',
        'sentinel',
        'get-master-addr-by-name',
        'redis-test',
      )
      return answer.split('\n')[0]!.trim()
    }

    it('fails over when the primary is killed, and takes it back as a replica', async () => {
      const before = await addressOf('redis-primary')
      await until('Sentinel knows the primary', async () => (await primary()) === before)
      await until('every Sentinel knows the others and both replicas', async () => {
        const known = await Promise.all(
          SENTINELS.map((service) => redisCli(service, '-p', '26379', 'sentinel', 'master', 'redis-test')),
        )
        return known.every((text) => /num-slaves\n2\n/.test(text) && /num-other-sentinels\n2\n/.test(text))
      })
      const [old] = await project.containers('redis-primary')
      await project.docker('stop', '--time', '0', old!.id)
      const killedAt = performance.now()
      const now = await until(
        'another primary',
        async () => {
          const address = await primary()
          return address !== before && address
        },
        60_000,
      )
      say(
        `Sentinel: another primary ${((performance.now() - killedAt) / 1000).toFixed(1)} s after the first was killed`,
      )
      const addresses = await Promise.all(SERVERS.slice(1).map(addressOf))
      const promoted = SERVERS[1 + addresses.indexOf(now)]!
      await until('it takes writes', async () =>
        (await redisCli(promoted, 'set', 'after', 'x')).includes('OK'),
      )
      await project.docker('start', old!.id)
      await until(
        'the old primary follows',
        async () => (await redisCli('redis-primary', 'role').catch(() => '')).startsWith('slave'),
        60_000,
      )
      await until('it has what was written meanwhile', async () =>
        (await redisCli('redis-primary', 'get', 'after')).includes('x'),
      )
    })

    it('shows every node to Prometheus, under its name', async () => {
      const prometheus = await project.url('prometheus', 9090)
      const expected = [
        ...[...CLUSTER, ...SERVERS].map((service) => `${service}:6379`),
        ...SENTINELS.map((service) => `${service}:26379`),
      ]
      await until(
        'every node is scraped',
        async () => {
          const found = await targets(prometheus, 'redis-nodes')
          return expected.every((node) => found.get(node) === 'up')
        },
        60_000,
      )
      const ok = 'sum(redis_cluster_state{job="redis-nodes"})'
      await until(
        'six nodes in a cluster that is well',
        async () => (await queryNumber(prometheus, ok)) === 6,
      )
      const links = 'sum(redis_master_link_up{job="redis-nodes",instance=~"redis-(primary|replica-.*):6379"})'
      await until('two replicas with their primary', async () => (await queryNumber(prometheus, links)) === 2)
    })
  },
)
