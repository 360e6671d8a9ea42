import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../e2e/support/until.ts'
import { run } from './run.ts'
import type { Tools } from './tools.ts'

/** A Docker engine of the tests' own: all its files are in `folder`, its socket is `host`. */
export interface Engine {
  readonly folder: string
  readonly host: string
  /** What docker and docker-compose need to reach it and no other. */
  readonly env: NodeJS.ProcessEnv
  /** Ends it with everything it runs, and removes what it made. Works in an exit handler, and twice. */
  stop(): void
}

/** The engine's tail of the log, for the message when it does not come up. */
const lastLines = (file: string) => readFileSync(file, 'utf8').split('\n').slice(-8).join('\n')

function engineEnvironment(folder: string, host: string): NodeJS.ProcessEnv {
  // Settings of the person who runs the tests would aim docker elsewhere, or ask for a builder that is not there.
  const others = Object.entries(process.env).filter(([name]) => !/^(DOCKER|COMPOSE|BUILDKIT)_/.test(name))
  return { ...Object.fromEntries(others), DOCKER_HOST: host, DOCKER_CONFIG: join(folder, 'config') }
}

/** Mounts that outlived the engine would make the folder undeletable; the innermost goes first. */
function unmountBelow(folder: string): void {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(folder))
  for (const path of mounts.toReversed()) spawnSync('umount', ['--lazy', path], { stdio: 'ignore' })
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

/** By its pid file; it may have ended before it wrote one. */
function endEngine(pidFile: string, spawned: number | undefined): void {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : spawned
  if (pid === undefined) return
  // Synchronous, because it also runs while this process is on its way out.
  for (const [signal, seconds] of [['-TERM', 20] as const, ['-KILL', 5] as const]) {
    spawnSync('kill', [signal, String(pid)], { stdio: 'ignore' })
    for (let tenths = 0; tenths < seconds * 10 && isAlive(pid); tenths++) spawnSync('sleep', ['0.1'])
    if (!isAlive(pid)) return
  }
}

function removeContainersAndNetworks(docker: string, env: NodeJS.ProcessEnv): void {
  const script = `"$0" ps -aq | xargs -r "$0" rm -fv; "$0" network prune -f`
  spawnSync('sh', ['-c', script, docker], { env, stdio: 'ignore', timeout: 30_000 })
}

/** Starts the engine and waits until it answers; throws with the end of its log when it does not. */
export async function startEngine(tools: Tools): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-test-engine-'))
  const host = `unix://${folder}/docker.sock`
  const env = engineEnvironment(folder, host)
  const pidFile = join(folder, 'docker.pid')
  const logFile = join(folder, 'dockerd.log')
  const log = openSync(logFile, 'w')
  // The firewall of this machine, and the bridge of an engine that it may have already, stay as they are: containers of one
  // network see each other without rules, docker-proxy publishes ports, and builds use the network of the machine.
  const alone = ['--bridge', 'none', '--iptables=false', '--ip-forward=false']
  const args = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), ...alone]
  const more = ['-H', host, '--pidfile', pidFile]
  const child = spawn(tools.dockerd, [...args, ...more], { env, stdio: ['ignore', log, log], detached: true })
  closeSync(log)
  let failure: Error | undefined
  child.once('error', (error) => (failure = error))
  let isStopped = false
  const stop = () => {
    if (isStopped) return
    isStopped = true
    removeContainersAndNetworks(tools.docker, env)
    endEngine(pidFile, child.pid)
    unmountBelow(folder)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await until(
      'the Docker engine answers',
      async () => {
        if (failure !== undefined) throw failure
        if (child.exitCode !== null) throw new Error(`dockerd ended with ${child.exitCode}`)
        return (await run([tools.docker, 'version'], { env, limitMillis: 5000 })).code === 0
      },
      60_000,
    )
  } catch (error) {
    const end = lastLines(logFile)
    stop()
    throw new Error(`dockerd cannot start: ${(error as Error).message}\n${end}`, { cause: error })
  }
  child.unref()
  return { folder, host, env, stop }
}
