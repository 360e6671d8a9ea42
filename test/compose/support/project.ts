import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { freePort } from '../../support/free-port.ts'
import { whyLeftOut } from './left-out.ts'
import { type Ended, output, run } from './run.ts'
import { baseImages } from './stand-ins.ts'
import type { Tools } from './tools.ts'

/** What the tests are handed by the global setup; plain data, because it crosses a process border. */
export interface Stack {
  readonly docker: string
  readonly compose: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** A copy of the working tree, where the stack is started. */
  readonly checkout: string
  readonly override: string
  /** Service → why it is left out. */
  readonly leftOut: Readonly<Record<string, string>>
}

export interface Container {
  readonly id: string
  readonly name: string
  readonly isRunning: boolean
  readonly exitCode: number
  readonly startedAt: string
  /** `none` when the service has no health check. */
  readonly health: string
}

interface ComposeFile {
  readonly version?: string
  readonly services: Readonly<Record<string, { readonly image?: string; readonly build?: unknown }>>
}

interface Inspected {
  readonly Id: string
  readonly Name: string
  readonly State: {
    readonly Running: boolean
    readonly ExitCode: number
    readonly StartedAt: string
    readonly Health?: { readonly Status: string }
  }
}

/** A free port for every `${…:-port}` that the compose file publishes, by the name of its variable. */
export async function freePorts(composeFile: string): Promise<Record<string, string>> {
  const published = readFileSync(composeFile, 'utf8').matchAll(/127\.0\.0\.1:\$\{(\w+):-\d+\}/g)
  const names = [...new Set([...published].map((match) => match[1]!))]
  const ports = await Promise.all(names.map(async (name) => [name, String(await freePort())]))
  return Object.fromEntries(ports) as Record<string, string>
}

/** The images that the stack needs here, and the services that it has to do without. */
export function readNeeds(
  tools: Tools,
  checkout: string,
): {
  images: string[]
  leftOut: Record<string, string>
  file: ComposeFile
} {
  const text = readFileSync(join(checkout, 'docker-compose.yml'), 'utf8')
  const defaults = text.replaceAll(/\$\{\w+:?-([^}]*)\}/g, '$1')
  const file = parse(defaults, { merge: true, maxAliasCount: -1 }) as ComposeFile
  const images = new Set(baseImages(readFileSync(join(checkout, 'Dockerfile'), 'utf8')))
  const leftOut: Record<string, string> = {}
  for (const [service, { image, build }] of Object.entries(file.services)) {
    if (image === undefined || build !== undefined) continue
    const reason = whyLeftOut(tools, image)
    if (reason === undefined) images.add(image)
    else leftOut[service] = `${image}: ${reason}`
  }
  return { images: [...images], leftOut, file }
}

/** Writes the file that, added to docker-compose.yml, leaves services out and lets the build reach the npm registry. */
export function writeOverride(path: string, version: string | undefined, leftOut: Iterable<string>): void {
  const services: Record<string, unknown> = { 'redis-test-app': { build: { network: 'host' } } }
  for (const service of leftOut) services[service] = { profiles: ['left-out'] }
  writeFileSync(path, stringify({ ...(version === undefined ? {} : { version }), services }))
}

/** One set of containers: a compose project with its own name, settings and ports. */
export function createProject(stack: Stack, name: string, settings: NodeJS.ProcessEnv) {
  const files = [join(stack.checkout, 'docker-compose.yml'), stack.override].join(':')
  const base = { ...stack.env, COMPOSE_PROJECT_NAME: name, COMPOSE_FILE: files, ...settings }
  const docker = (...args: string[]) => output([stack.docker, ...args], { env: base })

  async function inspect(filter: string): Promise<Container[]> {
    const list = ['ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${name}`]
    const ids = await docker(...list, '--filter', `label=${filter}`)
    if (ids === '') return []
    const inspected = JSON.parse(await docker('inspect', ...ids.split('\n'))) as Inspected[]
    return inspected.map(({ Id, Name, State }) => ({
      id: Id.slice(0, 12),
      name: Name.slice(1),
      isRunning: State.Running,
      exitCode: State.ExitCode,
      startedAt: State.StartedAt,
      health: State.Health?.Status ?? 'none',
    }))
  }

  return {
    name,
    env: base,
    docker,
    /** The last lines that a container said, on both of its outputs. */
    async logs(id: string, lines: number): Promise<string> {
      const { stdout, stderr } = await run([stack.docker, 'logs', '--tail', String(lines), id], { env: base })
      return stdout + stderr
    },
    /** Runs docker-compose; more settings may be given for this call. */
    compose: (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> =>
      run([...stack.compose, ...args], {
        cwd: stack.checkout,
        env: { ...base, ...more },
        limitMillis: 400_000,
      }),
    /** The containers of a service, ended ones too. */
    containers: (service: string) => inspect(`com.docker.compose.service=${service}`),
    allContainers: () => inspect('com.docker.compose.project'),
    /** Where a port of a service is published on this machine. */
    async url(service: string, port: number): Promise<string> {
      const [container] = await inspect(`com.docker.compose.service=${service}`)
      if (container === undefined) throw new Error(`the service ${service} has no container`)
      const [address = ''] = (await docker('port', container.id, String(port))).split('\n')
      return `http://${address}`
    },
    /** The folder of a named volume on this machine. */
    volume: (volume: string) =>
      docker('volume', 'inspect', '--format', '{{.Mountpoint}}', `${name}_${volume}`),
  }
}

export type Project = ReturnType<typeof createProject>
