import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram } from '../../support/find-program.ts'
import { run } from './run.ts'

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** Where built programs and the Debian root are kept between runs. */
export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'redis-test', 'stack')

export interface Tools {
  readonly docker: string
  readonly dockerd: string
  readonly debootstrap: string
  readonly compose: readonly string[]
  /** Built from Go modules; without Go the reason instead. */
  readonly collector: GoProgram
  readonly jaeger: GoProgram
}

export type GoProgram =
  | { readonly path: string; readonly reason?: undefined }
  | { readonly path?: undefined; readonly reason: string }

/** Compose v2 is a plugin of docker, v1 a program of its own. */
async function findCompose(docker: string): Promise<readonly string[] | undefined> {
  const plugin = [docker, 'compose']
  if ((await run([...plugin, 'version'])).code === 0) return plugin
  const program = findProgram('docker-compose')
  return program === undefined ? undefined : [program]
}

/**
 * Whether the firewall lets containers of one network see each other, when the engine adds no rules of its own: where
 * bridges are filtered, the policy decides.
 */
function isForwardingBlocked(): boolean {
  const filter = '/proc/sys/net/bridge/bridge-nf-call-iptables'
  if (!existsSync(filter) || readFileSync(filter, 'utf8').trim() !== '1') return false
  const { stdout } = spawnSync('iptables', ['-S', 'FORWARD'], { encoding: 'utf8' })
  return /-P FORWARD (?!ACCEPT)/.test(stdout ?? '')
}

interface GoPrograms {
  readonly otelcol: string | null
  readonly jaeger: string | null
  readonly reasons: Readonly<Record<string, string>>
}

/** Takes them from the cache, or builds them, which takes minutes once. */
async function goPrograms(): Promise<Pick<Tools, 'collector' | 'jaeger'>> {
  const script = join(ROOT, 'scripts/stack/get-go-programs.mjs')
  const { stdout } = await run([process.execPath, script], { limitMillis: 1_800_000, echo: true })
  const { otelcol, jaeger, reasons } = JSON.parse(stdout) as GoPrograms
  const program = (path: string | null, name: string): GoProgram =>
    path === null ? { reason: reasons[name] ?? 'not built' } : { path }
  return { collector: program(otelcol, 'otelcol'), jaeger: program(jaeger, 'jaeger') }
}

/** The tools, or the sentence why this tier cannot run here. */
export async function findTools(): Promise<Tools | string> {
  if (process.platform !== 'linux') return `it needs Linux, this is ${process.platform}`
  if (process.getuid?.() !== 0) return 'it starts a Docker engine, which needs root'
  const [dockerd, docker, debootstrap] = ['dockerd', 'docker', 'debootstrap'].map(findProgram)
  if (dockerd === undefined) return 'dockerd is missing (apt-get install docker.io iptables)'
  if (docker === undefined) return 'docker is missing (apt-get install docker.io)'
  if (debootstrap === undefined) return 'debootstrap is missing (apt-get install debootstrap)'
  const compose = await findCompose(docker)
  if (compose === undefined) return 'docker-compose is missing (apt-get install docker-compose)'
  if (isForwardingBlocked()) return 'the firewall of this machine blocks traffic between containers'
  return { docker, dockerd, debootstrap, compose, ...(await goPrograms()) }
}
