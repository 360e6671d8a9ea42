import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const SCRIPT = 'start-observability-stack.sh'

/** Programs the script may use; nothing else is on its PATH, so that a machine with Docker tests the same. */
const TOOLS = 'bash sh env awk sed tr head tail date dirname basename cat chmod cp sleep wc grep'
  .split(' ')
  .map((tool) => ({ tool, path: findOnPath(tool) }))

/**
 * A `docker` that answers what a test lays down, and notes how it was called. An engine is only asked for its version,
 * its memory and the state of containers here; what it does with the compose file is test/compose's business.
 */
const DOCKER = `#!/bin/sh
printf 'docker %s\\n' "$*" >>"$FAKE/calls"
case "$1 $2" in
  'version --format') [ -f "$FAKE/no-engine" ] && { cat "$FAKE/no-engine" >&2; exit 1; }; cat "$FAKE/engine" ;;
  'info --format') cat "$FAKE/info" ;;
  'context inspect') echo unix:///var/run/docker.sock ;;
  'compose version') [ -f "$FAKE/compose" ] || exit 1; cat "$FAKE/compose" ;;
  'compose up') printf 'RUN_ID=%s\\nCOMPOSE_PROFILES=%s\\nOVERLAY_LOKI=%s\\nOVERLAY_TEMPO=%s\\n' \\
    "$RUN_ID" "$COMPOSE_PROFILES" "\${OVERLAY_LOKI-}" "\${OVERLAY_TEMPO-}" >"$FAKE/environment"
    [ ! -f "$FAKE/after-up" ] || cp "$FAKE/after-up" "$FAKE/containers" ;;
  'compose ps') [ ! -s "$FAKE/containers" ] || echo some-id ;;
  'inspect --format') case $3 in *Config.Env*) cat "$FAKE/container-env" ;; *) cat "$FAKE/containers" ;; esac ;;
  'logs --tail') echo 'the last thing it said' ;;
esac
`

/** A docker-compose of version 1, which only knows its version. */
const DOCKER_COMPOSE = `#!/bin/sh
printf 'docker-compose %s\\n' "$*" >>"$FAKE/calls"
cat "$FAKE/compose-v1"
`

function findOnPath(tool: string): string {
  const places = (process.env['PATH'] ?? '').split(delimiter)
  const path = places.map((folder) => join(folder, tool)).find((candidate) => existsSync(candidate))
  if (path === undefined) throw new Error(`no ${tool} on this machine`)
  return path
}

export interface Machine {
  /** A copy of the script and what it reads: .env is made here. */
  readonly folder: string
  /** Files of the fake: engine, info, compose, containers … */
  lay(name: string, text: string): void
  calls(): string
  run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>
  readonly environment: Record<string, string>
}

const folders: string[] = []

/** Removes what the machines of a test have left. */
export function removeMachines(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** A machine with Docker 20.10, Compose 2, 8 GiB, nothing running, and other ports than this machine may be using. */
export async function makeMachine({ hasDocker = true, hasDockerCompose = false } = {}): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-test-stack-'))
  folders.push(folder)
  const [bin, fake] = [join(folder, 'bin'), join(folder, 'fake')]
  mkdirSync(bin)
  mkdirSync(fake)
  for (const name of [SCRIPT, 'docker-compose.yml', 'scripts/stack'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  for (const { tool, path } of TOOLS) symlinkSync(path, join(bin, tool))
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), text)
    chmodSync(join(bin, name), 0o755)
  }
  if (hasDocker) program('docker', DOCKER)
  if (hasDockerCompose) program('docker-compose', DOCKER_COMPOSE)
  const lay = (name: string, text: string) => writeFileSync(join(fake, name), text)
  lay('calls', '')
  lay('engine', '20.10.24\n')
  lay('info', `${8 * 2 ** 30} 4\n`)
  lay('compose', '2.27.0\n')
  lay('containers', '')
  lay('container-env', '')
  const environment: Record<string, string> = { PATH: bin, FAKE: fake, ...(await otherPorts()) }
  const run = (...args: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(join(folder, SCRIPT), args, {
        env: environment,
        cwd: '/',
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let [stdout, stderr] = ['', '']
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
      child.on('close', (code) => resolve({ code, stdout, stderr }))
    })
  return { folder, lay, environment, run, calls: () => readFileSync(join(fake, 'calls'), 'utf8') }
}

/** A free port for each port variable of docker-compose.yml. */
async function otherPorts(): Promise<Record<string, string>> {
  const variables = [
    ...readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8').matchAll(/127\.0\.0\.1:\$\{(\w+):-/g),
  ].map(([, name]) => name!)
  const servers = await Promise.all(variables.map(() => listen()))
  const entries = variables.map((name, index) => [name, String(portOf(servers[index]!))])
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return Object.fromEntries(entries) as Record<string, string>
}

/** A listener on a free port of 127.0.0.1. */
export function listen(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

/** What the fake engine tells of containers, in the order of the script's template. */
export function containerLines(
  services: readonly { service: string; status?: string; health?: string; code?: number; ports?: number[] }[],
): string {
  return services
    .map(
      ({ service, status = 'running', health = 'healthy', code = 0, ports = [] }, index) =>
        `False ${service} ${status} ${health} ${code} id-${index} ports ${ports.join(' ')}\n`,
    )
    .join('')
}
