import { readFileSync, statSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { containerLines, listen, makeMachine, portOf, removeMachines } from './fake-docker.ts'

const CORE = ['redis', 'redis-test-app', 'prometheus', 'grafana', 'jaeger']
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  removeMachines()
})

/** A machine on which `up` brings all services of the core up, the collector answering on a port of its own. */
async function readyMachine(more: readonly string[] = []) {
  const machine = await makeMachine()
  const collector = await listen()
  servers.push(collector)
  const ports = [portOf(collector)]
  machine.environment['COLLECTOR_HEALTH_PORT'] = String(ports[0])
  const up = containerLines([
    ...[...CORE, ...more].map((service) => ({ service })),
    { service: 'otel-collector', health: 'none', ports },
  ])
  machine.lay('after-up', up)
  // The collector's port is only ours when the engine says so, also before `up`.
  machine.lay('containers', containerLines([{ service: 'otel-collector', health: 'none', ports }]))
  return { machine, up }
}

test('without Docker it says what to get', async () => {
  const { code, stderr } = await (await makeMachine({ hasDocker: false })).run()
  expect([code, stderr.split('\n').length]).toEqual([2, 2])
  expect(stderr).toContain('docker is not installed: get Docker Engine 20.10')
})

test.each([
  ['Cannot connect to the Docker daemon', 'the Docker engine does not answer: start Docker Desktop'],
  ['permission denied while trying to connect', 'no permission to use Docker: join the group docker'],
])('an engine that says "%s"', async (said, expected) => {
  const machine = await makeMachine()
  machine.lay('no-engine', said)
  const { code, stderr } = await machine.run()
  expect([code, stderr.split('\n').length]).toEqual([2, 2])
  expect(stderr).toContain(expected)
})

test.each(['19.03.15', '20.9.0', '1.13'])('Docker Engine %s is too old', async (version) => {
  const machine = await makeMachine()
  machine.lay('engine', version)
  const { code, stderr } = await machine.run()
  expect([code, stderr]).toEqual([
    2,
    `start-observability-stack.sh: Docker Engine ${version} is too old: the stack needs 20.10 or newer\n`,
  ])
})

test('docker-compose 1.28 is too old, and none at all is none', async () => {
  const old = await makeMachine({ hasDockerCompose: true })
  old.lay('compose', '')
  old.lay('compose-v1', '1.28.6\n')
  const tooOld = await old.run('--status')
  expect([tooOld.code, tooOld.stderr]).toEqual([2, expect.stringContaining('Compose 1.28.6 is too old')])
  const machine = await makeMachine()
  machine.lay('compose', '')
  const none = await machine.run('--status')
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('Docker Compose is not installed')])
})

test('docker-compose 1.29 will do where there is no plugin', async () => {
  const machine = await makeMachine({ hasDockerCompose: true })
  machine.lay('compose', '')
  machine.lay('compose-v1', '1.29.2\n')
  expect((await machine.run('--status')).code).toBe(0)
  expect(machine.calls()).toContain('docker-compose ps -a\n')
})

test('a port that another program has is named, with its variable', async () => {
  const machine = await makeMachine()
  const [grafana, jaeger] = await Promise.all([listen(), listen()])
  servers.push(grafana, jaeger)
  machine.environment['GRAFANA_PORT'] = String(portOf(grafana))
  writeFileSync(join(machine.folder, '.env'), `JAEGER_PORT="${portOf(jaeger)}" # another\n`)
  delete machine.environment['JAEGER_PORT']
  const { code, stderr } = await machine.run()
  expect(code).toBe(2)
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(
      new RegExp(`port ${portOf(grafana)} \\(grafana\\) is in use by .*: stop that, or set GRAFANA_PORT`),
    ),
    expect.stringMatching(
      new RegExp(`port ${portOf(jaeger)} \\(jaeger\\) is in use by .*: stop that, or set JAEGER_PORT`),
    ),
  ])
  expect(machine.calls()).not.toContain('compose up')
})

test('one port for two services is refused', async () => {
  const machine = await makeMachine()
  machine.environment['JAEGER_PORT'] = machine.environment['GRAFANA_PORT']!
  const { code, stderr } = await machine.run()
  expect([code, stderr]).toEqual([2, expect.stringContaining('is wanted twice: set JAEGER_PORT (jaeger)')])
})

test.each(['99999', '80a', '-1'])('%s is not a port', async (port) => {
  const machine = await makeMachine()
  machine.environment['JAEGER_PORT'] = port
  const { code, stderr } = await machine.run()
  expect([code, stderr]).toEqual([2, expect.stringMatching(/JAEGER_PORT is '?\S+, which is not a port\n$/)])
})

test('too little memory is refused, with what is needed; less will do for fewer profiles', async () => {
  const machine = await makeMachine()
  machine.lay('info', `${4 * 2 ** 30} 2\n`)
  const { code, stderr } = await machine.run('--profile', 'full')
  expect([code, stderr.split('\n').length]).toEqual([2, 2])
  expect(stderr).toContain('Docker has 4.0 GiB of memory, and the core with full needs 8.0 GiB')
  machine.lay('info', `${2 * 2 ** 30} 2\n`)
  expect((await machine.run()).stderr).toContain('Docker has 2.0 GiB of memory, and the core needs 2.5 GiB')
})

test.each([
  [['--profile', 'logs,metrics'], "unknown profile 'metrics'; there are: alerting logs tempo"],
  [['--scale', 'three'], "--scale needs a whole number, not 'three'"],
  [['--scale'], '--scale needs a value'],
  [['--profile', '--scale'], '--profile needs a value'],
  [['--verbose'], "unknown option '--verbose'"],
  [['up'], "unknown option 'up'"],
  [['--down', '--clean'], '--down and --clean exclude each other'],
  [['--run-id', 'a b'], "letters, digits, . _ and - only, not 'a b'"],
  [['--clean'], 'removes all metrics, traces, logs and results of the stack: say --yes as well'],
])('%j is a mistake', async (args, expected) => {
  const { code, stderr } = await (await makeMachine()).run(...args)
  expect([code, stderr.split('\n').length]).toEqual([2, 2])
  expect(stderr).toContain(expected)
})

test('COMPOSE_PROFILES is checked like --profile', async () => {
  const machine = await makeMachine()
  writeFileSync(join(machine.folder, '.env'), 'COMPOSE_PROFILES=logs,nope\n')
  expect((await machine.run()).stderr).toContain("unknown profile 'nope'")
})

test('--help names every option the script knows', async () => {
  const machine = await makeMachine()
  const { code, stdout } = await machine.run('--help')
  const script = readFileSync(join(machine.folder, 'start-observability-stack.sh'), 'utf8')
  const known = [...script.matchAll(/^ {6}(-[^)*=]+)\)/gm)].flatMap(([, names]) => names!.split(' | '))
  expect(known).toEqual(
    expect.arrayContaining(['--profile', '--scale', '--down', '--clean', '--logs', '--status', '--help']),
  )
  expect(code).toBe(0)
  expect(known.filter((option) => !stdout.includes(option))).toEqual([])
})

test('it starts the core, waits, and prints where everything is', async () => {
  const { machine } = await readyMachine()
  const { code, stdout, stderr } = await machine.run('--scale', '3', '--run-id', 'nightly-1')
  expect([code, stderr]).toEqual([0, ''])
  expect(machine.calls()).toContain('docker compose up -d --build --scale redis-test-app=3\n')
  expect(readFileSync(join(machine.folder, 'fake/environment'), 'utf8')).toBe(
    'RUN_ID=nightly-1\nCOMPOSE_PROFILES=\nOVERLAY_LOKI=\nOVERLAY_TEMPO=\n',
  )
  expect(stdout).toContain('starting the core · 3 load generators · run nightly-1')
  for (const service of [...CORE, 'otel-collector'])
    expect(stdout).toMatch(new RegExp(`^ +\\d+ s {2}${service}$`, 'm'))
  expect(stdout).toContain(`http://127.0.0.1:${machine.environment['GRAFANA_PORT']}  dashboards`)
  expect(stdout).not.toContain('kibana')
})

test('profiles bring their services, overlays and addresses', async () => {
  const { machine } = await readyMachine(['loki', 'alloy', 'zipkin'])
  const { code, stdout } = await machine.run('--profile', 'logs', '-p', 'zipkin', '--profile=logs')
  expect(code).toBe(0)
  expect(stdout).toContain('starting the core and logs, zipkin · 1 load generator · run run-')
  expect(readFileSync(join(machine.folder, 'fake/environment'), 'utf8')).toMatch(
    /COMPOSE_PROFILES=logs,zipkin\nOVERLAY_LOKI=loki\nOVERLAY_TEMPO=\n/,
  )
  expect(stdout).toContain(`zipkin         http://127.0.0.1:${machine.environment['ZIPKIN_PORT']}`)
})

test('a run that goes on keeps its id and its replicas, and a back end that runs its overlay', async () => {
  const { machine, up } = await readyMachine()
  machine.lay('containers', `${up}${containerLines([{ service: 'redis-test-app' }, { service: 'tempo' }])}`)
  machine.lay('after-up', readFileSync(join(machine.folder, 'fake/containers'), 'utf8'))
  machine.lay('container-env', 'PATH=/bin\nRUN_ID=yesterday\n')
  expect((await machine.run('--no-build')).code).toBe(0)
  expect(machine.calls()).toContain('docker compose up -d --no-build --scale redis-test-app=2\n')
  expect(readFileSync(join(machine.folder, 'fake/environment'), 'utf8')).toBe(
    'RUN_ID=yesterday\nCOMPOSE_PROFILES=\nOVERLAY_LOKI=\nOVERLAY_TEMPO=tempo\n',
  )
})

test('.env gets a password once, and keeps everything else', async () => {
  const { machine } = await readyMachine()
  const path = join(machine.folder, '.env')
  const before = '# mine\r\nTEST_CLIENTS=5\n\nLAST=without an end'
  writeFileSync(path, before, { mode: 0o644 })
  const first = await machine.run()
  expect(first.code).toBe(0)
  const text = readFileSync(path, 'utf8')
  expect(text.slice(0, before.length)).toBe(before)
  const [, password] = /^\nGRAFANA_ADMIN_PASSWORD=([A-Za-z0-9]{24})\n$/.exec(text.slice(before.length))!
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(first.stdout).toContain(`GRAFANA_ADMIN_PASSWORD in ${path}`)
  expect(first.stdout + first.stderr).not.toContain(password)
  expect((await machine.run()).code).toBe(0)
  expect(readFileSync(path, 'utf8')).toBe(text)
})

test('.env is made with mode 600, and not at all when the environment has the password', async () => {
  const { machine } = await readyMachine()
  machine.environment['GRAFANA_ADMIN_PASSWORD'] = 'given'
  expect((await machine.run()).code).toBe(0)
  expect(() => statSync(join(machine.folder, '.env'))).toThrow('ENOENT')
  delete machine.environment['GRAFANA_ADMIN_PASSWORD']
  expect((await machine.run()).code).toBe(0)
  expect(readFileSync(join(machine.folder, '.env'), 'utf8')).toMatch(/^GRAFANA_ADMIN_PASSWORD=\w{24}\n$/)
  expect(statSync(join(machine.folder, '.env')).mode & 0o777).toBe(0o600)
})

test('what does not become ready is shown with its last words; exit code 1', async () => {
  const { machine, up } = await readyMachine()
  machine.lay('after-up', up.replace('jaeger running healthy', 'jaeger running unhealthy'))
  const { code, stderr } = await machine.run('--timeout', '1')
  expect(code).toBe(1)
  expect(stderr).toContain('jaeger is not ready (unhealthy)\n    the last thing it said\n')
  expect(stderr).toContain('not ready after 1 s: jaeger;')
})

test('a load generator that ended with an error ends the wait at once; one that finished does not', async () => {
  const { machine, up } = await readyMachine()
  const ended = (code: number) =>
    up.replace('redis-test-app running healthy 0', `redis-test-app exited unhealthy ${code}`)
  machine.lay('after-up', ended(2))
  const failed = await machine.run()
  expect([failed.code, failed.stderr]).toEqual([
    1,
    expect.stringContaining('redis-test-app ended with an error'),
  ])
  machine.lay('after-up', ended(0))
  expect((await machine.run()).code).toBe(0)
})

test('--down and --clean act on every profile; only --clean removes volumes', async () => {
  const machine = await makeMachine()
  expect((await machine.run('--down')).code).toBe(0)
  expect(machine.calls()).toContain('docker compose down --remove-orphans\n')
  expect((await machine.run('--clean', '--yes')).code).toBe(0)
  expect(machine.calls()).toContain('docker compose down --remove-orphans --volumes\n')
})
