import { describe, expect, it } from 'vitest'
import { ServerSide } from '../../src/app/server-side.ts'
import type { Deployment, DeploymentNode } from '../../src/model/deployment.ts'
import type { Log } from '../../src/model/log.ts'
import type { ServerNews, ServerState } from '../../src/model/server-samples.ts'
import type { ServersView } from '../../src/model/servers-view.ts'
import { planOf } from '../support/plan.ts'

const BEGAN = 1_700_000_000_000

interface FakeServer {
  role: 'master' | 'replica'
  runId: string
  commands: number
  usec: number
  offset: number
  isFrozen: boolean
  isDead: boolean
  /** Its master does not know it as a replica that is there. */
  isOffline: boolean
  uptime: number | undefined
  slowlog: (readonly [number, number, number, readonly string[], string, string])[]
  events: Record<string, (readonly [number, number])[]>
}

/** Servers that answer at once what they are told to. */
class FakeServers implements Deployment {
  readonly topology = 'sentinel'
  readonly sentinels = []
  readonly servers = new Map<string, FakeServer>()
  readonly asked: string[] = []
  readonly denied = new Set<string>()

  add(address: string, change: Partial<FakeServer> = {}): FakeServer {
    const counts = { commands: 0, usec: 0, offset: 0, isFrozen: false, isDead: false, isOffline: false }
    const server: FakeServer = {
      ...{ role: 'master', runId: 'a', ...counts, uptime: undefined, slowlog: [], events: {} },
      ...change,
    }
    this.servers.set(address, server)
    return server
  }

  traffic = (): { dials: number; sent: Map<string, number> } => ({ dials: 0, sent: new Map() })
  close(): void {}

  nodes = (): Promise<readonly DeploymentNode[]> => {
    return Promise.resolve(
      [...this.servers].map(([address, { role }]) => ({
        address,
        role,
        master: null,
        slots: [],
        isDown: false,
      })),
    )
  }

  async call(
    address: string,
    command: string,
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown> {
    this.asked.push([command, ...args].join(' '))
    const server = this.servers.get(address)!
    if (server.isFrozen) return await new Promise(() => {})
    await Promise.resolve()
    if (server.isDead) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    if (this.denied.has(command))
      throw Object.assign(new Error('NOPERM this user has no permissions'), { name: 'ReplyError' })
    if (command === 'SLOWLOG') return server.slowlog.slice(0, Number(args[1]))
    if (command === 'LATENCY' && args[0] === 'HISTORY') return server.events[String(args[1])]
    if (command === 'LATENCY')
      return Object.entries(server.events).map(([event, points]) => [event, points.at(-1)![0], 1, 1])
    if (args[0] === 'commandstats')
      return `cmdstat_get:calls=${server.commands},usec=${server.usec},rejected_calls=0,failed_calls=0\r\n`
    if (args[0] === 'latencystats') return 'latency_percentiles_usec_get:p50=1,p99=2,p99.9=3\r\n'
    const replicas = [...this.servers].filter(([, { role, isOffline }]) => role === 'replica' && !isOffline)
    return [
      `run_id:${server.runId}`,
      `total_commands_processed:${server.commands}`,
      `used_memory:${1000 + server.commands}`,
      ...(server.uptime === undefined ? [] : [`uptime_in_seconds:${server.uptime}`]),
      `role:${server.role === 'master' ? 'master' : 'slave'}`,
      `master_repl_offset:${server.offset}`,
      `slave_repl_offset:${server.offset}`,
      ...(server.role === 'replica'
        ? []
        : replicas.map(([where, { offset }], index) => {
            const [ip, port] = where.split(':')
            return `slave${index}:ip=${ip},port=${port},state=online,offset=${offset},lag=0`
          })),
    ].join('\r\n')
  }
}

function sideOf(flags: Record<string, string> = {}): {
  servers: FakeServers
  side: ServerSide
  news: ServerNews[]
  warnings: object[]
  clock: { now: number }
  view: () => ServersView
  state: () => ServerState
} {
  const { plan } = planOf({ 'server.sample_interval': '1h', ...flags })
  const servers = new FakeServers()
  const warnings: object[] = []
  const silent = (): void => {}
  const log: Log = { debug: silent, info: silent, warn: (fields) => warnings.push(fields), error: silent }
  const clock = { now: BEGAN }
  let shown: ServersView | undefined
  const side = new ServerSide({
    plan,
    deployment: servers,
    log,
    now: () => clock.now,
    hide: (text) => text,
    namePrefix: 'redis-test:ab',
    onView(view) {
      shown = view
    },
  })
  const news: ServerNews[] = []
  const state = (): ServerState => news.flatMap((one) => (one.kind === 'state' ? [one.state] : [])).at(-1)!
  return { servers, side, news, warnings, clock, view: () => shown!, state }
}

const kinds = (news: readonly ServerNews[]): string[] => news.map(({ kind }) => kind)
type Setup = ReturnType<typeof sideOf>

/** A run whose one turn comes at its end. */
async function begin({ side, news }: Setup): Promise<void> {
  await side.begin()
  side.start(BEGAN + 3_600_000, (one) => news.push(one))
}

describe('ServerSide', () => {
  it('tells what every server did from the first look to the last', async () => {
    const setup = sideOf()
    const { servers, side, news, clock, view, state } = setup
    const master = servers.add('127.0.0.1:1', { commands: 1000, usec: 5000, offset: 50 })
    const replica = servers.add('127.0.0.1:2', { role: 'replica', offset: 20 })
    await begin(setup)
    expect(kinds(news)).toEqual(['columns', 'role', 'row', 'role', 'row'])
    Object.assign(master, { commands: 1100, usec: 5320, offset: 90 })
    replica.offset = 80
    clock.now += 2000
    await side.finish(1000)
    expect(kinds(news).slice(5)).toEqual(['row', 'row', 'state'])
    const rows = news.flatMap((one) => (one.kind === 'row' ? [one] : []))
    expect(rows.map(({ server, row }) => [server, row.seconds])).toEqual([
      ['127.0.0.1:1', 0],
      ['127.0.0.1:2', 0],
      ['127.0.0.1:1', 2],
      ['127.0.0.1:2', 2],
    ])
    expect(state()).toMatchObject({
      mode: 'full',
      looks: [
        { server: '127.0.0.1:1', looks: 2, unanswered: 0 },
        { server: '127.0.0.1:2', looks: 2, unanswered: 0 },
      ],
      notes: [],
      commands: [{ command: 'get', calls: 100, usec: 320, usec_per_call: 3.2, p99_usec: 2 }],
    })
    expect(view().now).toMatchObject({ answering: 2, ops_per_second: 50, memory_used_bytes: 2100 })
  })

  it('says how far replicas are behind', async () => {
    const setup = sideOf()
    setup.servers.add('127.0.0.1:1', { offset: 90 })
    setup.servers.add('127.0.0.1:2', { role: 'replica', offset: 80 })
    setup.servers.add('127.0.0.1:3', { role: 'replica', offset: 20 })
    await begin(setup)
    const lags = setup.news.flatMap((one) => (one.kind === 'row' ? [one.row.values.at(-1)] : []))
    expect(lags).toEqual([70, 10, 70])
  })

  it('finds what is new in slow logs, whose it is, and counts what it cannot see', async () => {
    const setup = sideOf()
    const { servers, side, news, clock, state } = setup
    const server = servers.add('127.0.0.1:1')
    const entry = (id: number, name = 'redis-test:ab:7'): FakeServer['slowlog'][number] => [
      id,
      BEGAN / 1000 + 1,
      20_000,
      ['GET', 'k'],
      '127.0.0.1:9',
      name,
    ]
    server.slowlog = [entry(41)]
    await begin(setup)
    server.slowlog = Array.from({ length: 140 }, (_, index) => entry(200 - index))
    server.slowlog[0] = entry(200, 'app')
    clock.now += 2000
    await side.finish(1000)
    const told = news.flatMap((one) => (one.kind === 'slowlog' ? one.entries : []))
    expect(told.length).toBe(128)
    expect(told[0]).toMatchObject({ id: 200, is_ours: false, connection: null, duration_ms: 20 })
    expect(told[1]).toMatchObject({
      id: 199,
      is_ours: true,
      connection: 7,
      command: 'GET k',
      at_ms: BEGAN + 1000,
    })
    expect(state().slowlog_seen).toBe(159)
    await side.finish(1000)
    expect(state().slowlog_seen).toBe(159)
  })

  it('finds new latency events', async () => {
    const setup = sideOf()
    const { servers, side, news, clock } = setup
    const server = servers.add('127.0.0.1:1', { events: { command: [[BEGAN / 1000 - 9, 5]] } })
    await begin(setup)
    server.events = {
      command: [
        [BEGAN / 1000 - 9, 5],
        [BEGAN / 1000 + 1, 33],
      ],
    }
    clock.now += 2000
    await side.finish(1000)
    expect(news.flatMap((one) => (one.kind === 'latency' ? one.events : []))).toEqual([
      { server: '127.0.0.1:1', event: 'command', at_ms: BEGAN + 1000, latency_ms: 33 },
    ])
  })

  it('waits for the end of a second, of which only the longest event is kept', async () => {
    const setup = sideOf({ 'server.sample_interval': '100ms' })
    const { servers, side, news, clock } = setup
    const server = servers.add('127.0.0.1:1')
    await side.begin()
    const told = (): unknown[] =>
      news.flatMap((one) => (one.kind === 'latency' ? one.events : [])).map(({ latency_ms }) => latency_ms)
    server.events = { command: [[BEGAN / 1000 + 6, 10]] }
    clock.now += 6500
    side.start(clock.now, (one) => news.push(one))
    await expect.poll(() => servers.asked.includes('LATENCY HISTORY command')).toBe(true)
    expect(told()).toEqual([])
    server.events = { command: [[BEGAN / 1000 + 6, 500]] }
    clock.now += 6000
    await expect.poll(told).toEqual([500])
    await side.finish(1000)
    expect(told()).toEqual([500])
  })

  it('asks for INFO alone when it is to be basic', async () => {
    const setup = sideOf({ 'server.metrics': 'basic' })
    setup.servers.add('127.0.0.1:1')
    await begin(setup)
    await setup.side.finish(1000)
    expect(new Set(setup.servers.asked)).toEqual(
      new Set(['INFO ', 'INFO commandstats'].map((text) => text.trim())),
    )
  })

  it('says once what is refused, and goes on with the rest', async () => {
    const setup = sideOf()
    setup.servers.add('127.0.0.1:1')
    setup.servers.add('127.0.0.1:2')
    setup.servers.denied.add('SLOWLOG')
    await begin(setup)
    await setup.side.finish(1000)
    expect(setup.state().notes).toEqual([
      'SLOWLOG is refused (NOPERM): slow commands are not known as the servers saw them',
    ])
    expect(setup.warnings).toEqual([{ server: '127.0.0.1:1', command: 'SLOWLOG', reason: 'NOPERM' }])
    expect(setup.state().looks.map(({ looks, unanswered }) => [looks, unanswered])).toEqual([
      [2, 0],
      [2, 0],
    ])
    // Not asked again at once.
    expect(setup.servers.asked.filter((text) => text.startsWith('SLOWLOG'))).toHaveLength(2)
  })

  it('waits for nobody: a server that is frozen or gone is counted', async () => {
    const setup = sideOf()
    const { servers, side, state, view } = setup
    servers.add('127.0.0.1:1')
    const frozen = servers.add('127.0.0.1:2')
    const dead = servers.add('127.0.0.1:3')
    await begin(setup)
    frozen.isFrozen = true
    dead.isDead = true
    await side.finish(50)
    await side.finish(50)
    expect(state().looks).toEqual([
      { server: '127.0.0.1:1', looks: 3, unanswered: 0 },
      { server: '127.0.0.1:2', looks: 1, unanswered: 1 },
      { server: '127.0.0.1:3', looks: 1, unanswered: 2 },
    ])
    expect(view().now).toMatchObject({ answering: 1, silent: 2 })
  })

  it('goes to whoever is there, and counts a server that was started anew from zero', async () => {
    const setup = sideOf({ 'server.sample_interval': '100ms' })
    const { servers, side, news, clock, state } = setup
    const first = servers.add('127.0.0.1:1', { commands: 500 })
    await side.begin()
    servers.add('127.0.0.1:2', { commands: 40 })
    Object.assign(first, { runId: 'b', commands: 3, slowlog: [[0, BEGAN / 1000, 9, ['GET', 'k'], '', '']] })
    clock.now += 1000
    side.start(clock.now, (one) => news.push(one))
    await expect.poll(() => news.some((one) => one.kind === 'row' && one.server === '127.0.0.1:2')).toBe(true)
    await side.finish(1000)
    const rows = news.flatMap((one) =>
      one.kind === 'row' && one.server === '127.0.0.1:1' ? [one.row.values] : [],
    )
    expect(rows.map((values) => values[6]).slice(0, 2)).toEqual([null, 3])
    expect(state().slowlog_seen).toBe(1)
    expect(state().looks.map(({ server }) => server)).toEqual(['127.0.0.1:1', '127.0.0.1:2'])
  })

  it('goes on looking at a server that is taken for gone, and not at one that has left', async () => {
    const setup = sideOf()
    const { servers, side, view } = setup
    const dead = servers.add('127.0.0.1:1')
    servers.add('127.0.0.1:2')
    await begin(setup)
    dead.isDead = true
    await side.finish(50)
    const [silent] = [...servers.servers]
    servers.nodes = () =>
      Promise.resolve([{ address: '127.0.0.1:3', role: 'master', master: null, slots: [], isDown: false }])
    servers.add('127.0.0.1:3')
    await side.begin()
    expect(silent![0]).toBe('127.0.0.1:1')
    expect(view().looks.map(({ look, isSilent }) => [look.server, isSilent])).toEqual([
      ['127.0.0.1:3', false],
      ['127.0.0.1:1', true],
    ])
  })

  it('looks at the same servers of too many, in whatever order they are listed', async () => {
    const setup = sideOf()
    const { servers, side, state } = setup
    for (let port = 1; port <= 70; port++)
      servers.add(`127.0.0.1:${port}`, { role: port > 30 ? 'replica' : 'master' })
    const list = servers.nodes
    servers.nodes = async () => [...(await list())].toReversed()
    await begin(setup)
    servers.nodes = list
    await side.begin()
    await side.finish(1000)
    const ports = state().looks.map(({ server }) => Number(server.split(':')[1]))
    expect(ports.toSorted((a, b) => a - b)).toEqual([
      ...Array.from({ length: 30 }, (_, index) => index + 1),
      ...Array.from({ length: 34 }, (_, index) => index + 37),
    ])
    expect(state().servers_left_out).toBe(6)
  })

  it('asks those that the plan names when nobody may be asked who is there', async () => {
    const setup = sideOf()
    const { servers, side, state, warnings } = setup
    const address = `127.0.0.1:${planOf().plan.target.port}`
    servers.add(address)
    const denied = Object.assign(new Error('NOPERM this user has no permissions'), { name: 'ReplyError' })
    servers.nodes = () => Promise.reject(denied)
    servers.denied.add('INFO')
    await begin(setup)
    await side.finish(1000)
    expect(state().looks).toEqual([{ server: address, looks: 0, unanswered: 0 }])
    expect(state().refused).toEqual(['INFO'])
    expect(state().notes).toEqual([
      'which servers there are is not told (NOPERM): only those that are named are looked at',
      'INFO is refused (NOPERM): there are no numbers of the servers',
    ])
    expect(warnings).toHaveLength(2)
    expect(servers.asked.filter((text) => text.startsWith('SLOWLOG'))).toHaveLength(2)
  })

  it('counts from the start of a process that began anew, and not what another server had counted before', async () => {
    const setup = sideOf()
    const { servers, side, clock, state } = setup
    const restarted = servers.add('127.0.0.1:1', { commands: 50, usec: 500 })
    const replaced = servers.add('127.0.0.1:2', { commands: 50, usec: 500 })
    await begin(setup)
    clock.now += 2000
    // More than before: a difference would not show that the count began anew.
    Object.assign(restarted, { runId: 'b', commands: 60, usec: 600, uptime: 1 })
    Object.assign(replaced, { runId: 'c', commands: 9_000_000, usec: 1e9, uptime: 86_400 })
    await side.finish(1000)
    expect(state().commands).toMatchObject([{ command: 'get', calls: 60, usec: 600 }])
    replaced.commands += 5
    replaced.usec += 50
    await side.finish(1000)
    expect(state().commands).toMatchObject([{ command: 'get', calls: 65, usec: 650 }])
  })

  it('does not go on telling how far a replica was behind when its master has nothing to say of it', async () => {
    const setup = sideOf({ 'server.sample_interval': '1s' })
    const { servers, side, news, clock } = setup
    servers.add('127.0.0.1:1', { offset: 90 })
    const replica = servers.add('127.0.0.1:2', { role: 'replica', offset: 20 })
    await begin(setup)
    const lags = (): unknown[] =>
      news.flatMap((one) =>
        one.kind === 'row' && one.server === '127.0.0.1:2' ? [one.row.values.at(-1)] : [],
      )
    replica.isOffline = true
    clock.now += 2000
    await side.finish(1000)
    clock.now += 2000
    await side.finish(1000)
    expect(lags()).toEqual([70, 70, null])
  })

  it('finds entries of a slow log that counts from another number', async () => {
    const setup = sideOf()
    const { servers, side, clock, state } = setup
    const server = servers.add('127.0.0.1:1')
    const entry = (id: number, atSeconds: number): FakeServer['slowlog'][number] => [
      id,
      atSeconds,
      20_000,
      ['GET', 'k'],
      '127.0.0.1:9',
      'app',
    ]
    server.slowlog = [entry(500, BEGAN / 1000 - 60)]
    await begin(setup)
    server.slowlog = [entry(7, BEGAN / 1000 + 1), entry(6, BEGAN / 1000 - 60)]
    clock.now += 2000
    await side.finish(1000)
    expect(state().slowlog_seen).toBe(1)
  })

  it('asks less often when the servers spend too much time on it, and says so', async () => {
    const setup = sideOf({ 'server.sample_interval': '1s' })
    const { servers, side, clock, state } = setup
    const call = servers.call.bind(servers)
    let usec = 0
    servers.call = async (address, command, args) => {
      if (args[0] !== 'commandstats') return await call(address, command, args)
      usec += 20_000
      return `cmdstat_info:calls=${usec / 10_000},usec=${usec}\r\n`
    }
    servers.add('127.0.0.1:1')
    await begin(setup)
    clock.now += 1000
    await side.finish(1000)
    // Once may be chance.
    expect(state().interval_ms).toBe(1000)
    clock.now += 1000
    await side.finish(1000)
    expect(state().interval_ms).toBe(2000)
    expect(state().notes).toEqual(["looking took 2.0 % of a server's time: it is done every 2 s"])
  })
})
