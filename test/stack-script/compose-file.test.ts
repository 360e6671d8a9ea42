import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { SETTINGS } from '../../src/config/settings.ts'
import { SPANS_PER_TRACE } from '../../src/telemetry/run-spans.ts'
import { ROOT, SCRIPT } from './fake-docker.ts'

interface Service {
  readonly image?: string
  readonly build?: unknown
  readonly profiles?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly env_file?: readonly string[]
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>
  readonly healthcheck?: { readonly test?: unknown; readonly disable?: boolean }
  readonly [key: string]: unknown
}

const PROFILES = 'alerting cluster elk exporters full logs profiling sentinel tempo zipkin'.split(' ')
const OVERLAYS = {
  TEMPO: 'tempo',
  ZIPKIN: 'zipkin',
  LOKI: 'loki',
  ELASTICSEARCH: 'elasticsearch',
  PYROSCOPE: 'pyroscope',
  ALERTMANAGER: 'alertmanager',
  TAIL_SAMPLING: 'tail-sampling',
}
const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')
const file = parse(text, { merge: true, maxAliasCount: -1 }) as {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}
const services = Object.entries(file.services)
const optional = services.filter(([, { profiles }]) => profiles !== undefined)
/** Names of services that lack something. */
const without = (has: (service: Service, name: string) => boolean) =>
  services.filter(([name, service]) => !has(service, name)).map(([name]) => name)

test('the core is what a plain `up` starts', () => {
  expect(without(({ profiles }) => profiles !== undefined)).toEqual([
    'redis',
    'redis-test-app',
    'otel-collector',
    'prometheus',
    'grafana',
    'jaeger',
  ])
})

test('there are exactly these profiles, and `full` has all of them', () => {
  const used = new Set(optional.flatMap(([, { profiles = [] }]) => profiles))
  expect(used).toEqual(new Set(PROFILES))
  expect(optional.filter(([, { profiles }]) => !profiles!.includes('full')).map(([name]) => name)).toEqual([])
})

test('images are pinned to a version; only ours is built', () => {
  const pinned = /^[\w./-]+:v?\d+\.\d+\.\d+(-alpine)?$/
  expect(without(({ image }) => image !== undefined && pinned.test(image))).toEqual(['redis-test-app'])
  expect(file.services['redis-test-app']!.build).toBeDefined()
})

test('the application can be scaled: no name and no port of its own', () => {
  expect(without((service) => service['container_name'] === undefined)).toEqual([])
  expect(file.services['redis-test-app']!.ports).toBeUndefined()
  expect(file.services['redis-test-app']!['environment']).not.toHaveProperty('INSTANCE_ID')
})

test('every service is limited, kept from growing logs, and from gaining rights', () => {
  const keys = ['mem_limit', 'cpus', 'restart', 'labels']
  expect(without((service) => keys.every((key) => service[key] !== undefined))).toEqual([])
  expect(
    without(({ logging }) => JSON.stringify(logging) === JSON.stringify(file.services['redis']!['logging'])),
  ).toEqual([])
  expect(file.services['redis']!['logging']).toEqual({
    driver: 'json-file',
    options: { 'max-size': '10m', 'max-file': '3' },
  })
  expect(without(({ cap_drop }) => JSON.stringify(cap_drop) === '["ALL"]')).toEqual([])
  expect(
    without(({ security_opt }) => JSON.stringify(security_opt) === '["no-new-privileges:true"]'),
  ).toEqual([])
})

test('exceptions: who may write to its image, and who runs as another than a plain user', () => {
  expect(without(({ read_only }) => read_only === true)).toEqual(['elasticsearch', 'kibana'])
  // The images of our application and of Zipkin have a user of their own; Alloy needs the socket of Docker.
  expect(without(({ user }) => typeof user === 'string' && !user.startsWith('0'))).toEqual([
    'redis-test-app',
    'alloy',
    'zipkin',
  ])
  expect(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).toMatch(/^USER 1000:1000$/m)
})

test('every service has a health check, but for those that cannot or need not', () => {
  expect(without(({ healthcheck }) => healthcheck?.test !== undefined)).toEqual([
    'redis-test-app', // in the Dockerfile
    'otel-collector', // an image without a shell
    'redis-cluster-init', // ends
  ])
  expect(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).toMatch(/^HEALTHCHECK /m)
})

test('ports are on 127.0.0.1, each with a variable and a default of its own', () => {
  const ports = services.flatMap(([, service]) => service.ports ?? [])
  const matched = ports.map((port) => /^127\.0\.0\.1:\$\{(\w+_PORT):-(\d+)\}:\d+$/.exec(port))
  expect(ports.filter((_, index) => matched[index] === null)).toEqual([])
  const [names, defaults] = [matched.map((found) => found![1]!), matched.map((found) => found![2]!)]
  expect([new Set(names).size, new Set(defaults).size]).toEqual([ports.length, ports.length])
  // .env is read by redis-test on the host, too: a port of the stack must not be one of its settings.
  const settings = new Set(SETTINGS.flatMap(({ env }) => env ?? []))
  expect(names.filter((name) => settings.has(name))).toEqual([])
})

test('what is mounted exists, with every overlay and without', () => {
  const paths = services.flatMap(([, { volumes = [], env_file = [] }]) => [
    ...volumes.map((volume) => volume.replace(/^(\$\{[^}]*\}|[^:$]*|[^:$]*\$\{[^}]*\}[^:]*):.*$/, '$1')),
    ...env_file,
  ])
  const files = paths
    .filter((path) => path.startsWith('./'))
    .concat(
      [...text.matchAll(/--config=\/etc\/otelcol\/(\S+)/g)].map(([, path]) => `./otel-collector/${path}`),
    )
  const missing = files
    .flatMap((path) => {
      const overlay = /\$\{OVERLAY_(\w+):-none\}/.exec(path)
      if (overlay === null) return [path]
      const name = OVERLAYS[overlay[1] as keyof typeof OVERLAYS]
      return ['none', name].map((value) => path.replace(overlay[0], value))
    })
    .filter((path) => !existsSync(join(ROOT, path)))
  expect(files.length).toBeGreaterThan(20)
  expect(missing).toEqual([])
})

test("Grafana's first page exists", () => {
  const [, name] = /HOME_DASHBOARD_PATH: \/var\/lib\/grafana\/dashboards\/redis-test\/(\S+)/.exec(text)!
  expect(existsSync(join(ROOT, 'grafana/dashboards', name!))).toBe(true)
})

test('named volumes are declared, and used', () => {
  const used = services.flatMap(([, { volumes = [] }]) =>
    volumes.filter((volume) => /^[a-z]/.test(volume)).map((volume) => volume.split(':')[0]!),
  )
  expect(used.toSorted()).toEqual(Object.keys(file.volumes).toSorted())
})

test('a service only waits for services that its profiles bring', () => {
  const misses = services.flatMap(([name, { depends_on = [], profiles }]) =>
    (Array.isArray(depends_on) ? (depends_on as string[]) : Object.keys(depends_on))
      .filter((needed) => {
        const theirs = file.services[needed]!.profiles
        return theirs !== undefined && (profiles ?? ['']).some((profile) => !theirs.includes(profile))
      })
      .map((needed) => `${name} → ${needed}`),
  )
  expect(misses).toEqual([])
})

test('the start script knows the same profiles and overlays', () => {
  const read = (name: string) => readFileSync(join(ROOT, name), 'utf8')
  const environment = read('scripts/stack/environment.sh')
  expect(/ALL_PROFILES='([^']*)'/.exec(environment)![1]!.split(' ').toSorted()).toEqual(PROFILES)
  const pairs = [...environment.matchAll(/ (\w+):([A-Z]+)\b/g)].map(([, service, name]) => [name, service])
  const { TAIL_SAMPLING: _, ...backEnds } = OVERLAYS
  expect(Object.fromEntries(pairs)).toEqual(backEnds)
  expect(pairs.filter(([, service]) => file.services[service!] === undefined)).toEqual([])
  const help = read('scripts/stack/text.sh')
  expect(PROFILES.filter((profile) => !new RegExp(`^ {25}${profile} `, 'm').test(help))).toEqual([])
  expect([...text.matchAll(/OVERLAY_(\w+):-/g)].filter(([, name = '']) => !(name in OVERLAYS))).toEqual([])
  expect(read(SCRIPT)).toMatch(/^#!\/usr\/bin\/env bash\n/)
})

const compose = [['docker', 'compose'], ['docker-compose']].find(
  ([command, ...args]) => spawnSync(command!, [...args, 'version']).status === 0,
)

test.skipIf(compose === undefined)(
  `Compose accepts the file (${compose?.join(' ') ?? 'skipped: there is no Compose on this machine'})`,
  { timeout: 60_000 },
  () => {
    const [command, ...args] = compose!
    const overlays = Object.entries(OVERLAYS).map(([name, value]) => [`OVERLAY_${name}`, value])
    // Version 1 checks all services whatever the profiles are, version 2 those of the profiles.
    const cases = compose!.length === 1 ? ['', 'full'] : ['', ...PROFILES]
    for (const profiles of cases) {
      const env = {
        ...process.env,
        COMPOSE_PROFILES: profiles,
        ...(profiles === 'full' ? Object.fromEntries(overlays) : {}),
      }
      const result = spawnSync(command!, [...args, 'config', '--quiet'], { cwd: ROOT, env, encoding: 'utf8' })
      expect({ profiles, status: result.status, stderr: result.stderr }).toEqual({
        profiles,
        status: 0,
        stderr: '',
      })
    }
  },
)

test('settings that the guides name reach the application: those of the connection as TARGET_REDIS_…', () => {
  const folders = ['docs/runbooks', 'docs/observability']
  const pages = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((name) => join(ROOT, folder, name)),
  )
  const named = new Set(
    pages.flatMap(
      (page) => readFileSync(page, 'utf8').match(/\b(?:TEST|REDIS|OTEL|METRICS|LOG)_[A-Z_]+\b/g) ?? [],
    ),
  )
  const passed = file.services['redis-test-app']!['environment'] as Readonly<Record<string, string>>
  // A certificate is a file that somebody mounts; the guide says so, and puts the variable next to it.
  const mounted = new Set(['OTEL_EXPORTER_OTLP_CERTIFICATE', 'REDIS_TLS_CERT', 'REDIS_TLS_KEY'])
  const settings = new Set(SETTINGS.flatMap(({ env }) => env))
  const asked = [...named].filter((name) => settings.has(name) && !mounted.has(name))
  expect(asked.length).toBeGreaterThan(20)
  expect(asked.filter((name) => !(name in passed))).toEqual([])
  for (const [name, value] of Object.entries(passed))
    if (name.startsWith('REDIS_')) expect(value).toContain(`\${TARGET_${name}:-`)
})

test('what Jaeger may keep fits into its memory', () => {
  const jaeger = file.services['jaeger']! as { readonly environment: Readonly<Record<string, string>> }
  const traces = Number(/:-(\d+)\}/.exec(jaeger.environment['JAEGER_MAX_TRACES'] ?? '')?.[1])
  const config = readFileSync(join(ROOT, 'jaeger/config.yaml'), 'utf8')
  expect(config).toContain(`\${env:JAEGER_MAX_TRACES:-${traces}}`)
  // Measured: 1.16 kB of heap for a span of ours. Its limit is 1 GiB.
  expect(traces * SPANS_PER_TRACE * 1200).toBeLessThan(0.7 * 2 ** 30)
  expect(file.services['jaeger']!['mem_limit']).toBe('1g')
})
