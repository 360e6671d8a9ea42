import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { until } from '../e2e/support/until.ts'
import { answers } from './support/prometheus.ts'
import { createProject, freePorts, type Project } from './support/project.ts'
import { type Ended, run } from './support/run.ts'

// ./start-observability-stack.sh with the real Docker and Compose. The tests go on with what the ones before them started.

const stack = inject('stack')
const skipReason = inject('skipReason')
const say = (text: string) => process.stderr.write(`test:compose: ${text}\n`)
const folder = mkdtempSync(join(tmpdir(), 'redis-test-start-script-'))

/** A folder with one program in it, to be put before PATH. */
function fakeProgram(name: string, script: string): string {
  const bin = mkdtempSync(join(folder, 'bin-'))
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, name), 0o755)
  return bin
}

/** All programs of this machine, but those of Docker. */
function pathWithoutDocker(): string {
  const bin = join(folder, 'no-docker')
  mkdirSync(bin)
  for (const system of ['/usr/bin', '/bin'])
    for (const name of readdirSync(system))
      if (!name.startsWith('docker') && !existsSync(join(bin, name)))
        symlinkSync(join(system, name), join(bin, name))
  return bin
}

describe.skipIf(stack === undefined)(
  `the start script${skipReason === undefined ? '' : ` (skipped: ${skipReason})`}`,
  () => {
    let project: Project
    let ports: Record<string, string>

    const script = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
      run([join(stack!.checkout, 'start-observability-stack.sh'), ...args], {
        env: { ...project.env, ...env },
        limitMillis: 400_000,
      })

    afterAll(async () => {
      await project?.compose(['down', '--volumes', '--timeout', '5'])
      rmSync(folder, { recursive: true, force: true })
    })

    it('helps', async () => {
      ports = await freePorts(`${stack!.checkout}/docker-compose.yml`)
      project = createProject(stack!, 'scripted', { ...ports, TEST_TARGET_OPS_PER_SECOND: '200' })
      const { code, stdout, stderr } = await script(['--help'])
      expect([code, stderr]).toEqual([0, ''])
      for (const option of ['--profile', '--down', '--clean', '--logs', '--status', '--help'])
        expect(stdout).toContain(option)
    })

    it('says what to get without Docker, and ends with 2', async () => {
      const { code, stdout, stderr } = await script([], { PATH: pathWithoutDocker() })
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain('docker is not installed')
    })

    it('says so when the engine does not answer, and ends with 2', async () => {
      const { code, stderr } = await script([], { DOCKER_HOST: `unix://${folder}/nothing.sock` })
      expect(code).toBe(2)
      expect(stderr).toContain('does not answer')
    })

    it('refuses too old a Compose, and ends with 2', async () => {
      const compose = fakeProgram('docker-compose', 'echo 1.25.0')
      // Without the plugin, which would be preferred.
      const docker = fakeProgram('docker', `[ "$1" != compose ] || exit 1\nexec ${stack!.docker} "$@"`)
      const PATH = [docker, compose, process.env.PATH].join(delimiter)
      const { code, stderr } = await script([], { PATH })
      expect(code).toBe(2)
      expect(stderr).toContain('Compose 1.25.0 is too old')
    })

    it('names a port that is taken, and ends with 2', async () => {
      const server = createServer()
      await new Promise<void>((resolve) => {
        server.listen(Number(ports['PROMETHEUS_PORT']), '127.0.0.1', resolve)
      })
      try {
        const { code, stderr } = await script([])
        expect(code).toBe(2)
        expect(stderr).toContain(`port ${ports['PROMETHEUS_PORT']} (prometheus) is in use`)
        expect(stderr).toContain('PROMETHEUS_PORT')
      } finally {
        server.close()
      }
      expect(await project.allContainers()).toEqual([])
    })

    it('starts the stack, waits until it is ready, and prints where it is', async () => {
      const started = performance.now()
      const { code, stdout, stderr } = await script(['--scale', '2', '--run-id', 'scripted'])
      expect(code, `${stdout}\n${stderr}`).toBe(0)
      say(`./start-observability-stack.sh: ${((performance.now() - started) / 1000).toFixed(1)} s`)
      expect(stdout).toContain('redis-test-app × 2')
      expect(stdout).toContain(`http://127.0.0.1:${ports['PROMETHEUS_PORT']}`)
      const containers = await project.allContainers()
      for (const { isRunning, health, name } of containers)
        expect([name, isRunning, health]).toEqual([name, true, expect.stringMatching(/healthy|none/)])
      expect(await answers(`http://127.0.0.1:${ports['PROMETHEUS_PORT']}/-/ready`)).toBe(true)
      expect(await answers(`http://127.0.0.1:${ports['COLLECTOR_HEALTH_PORT']}/`)).toBe(true)
    })

    it("made a password for Grafana, for its owner's eyes only", () => {
      const file = join(stack!.checkout, '.env')
      expect(readFileSync(file, 'utf8')).toMatch(/^GRAFANA_ADMIN_PASSWORD=[A-Za-z0-9]{24}$/m)
      expect(statSync(file).mode & 0o777).toBe(0o600)
    })

    it('shows with --status what runs, and where', async () => {
      const { code, stdout } = await script(['--status'])
      expect(code).toBe(0)
      for (const service of ['redis', 'redis-test-app', 'otel-collector', 'prometheus'])
        expect(stdout).toMatch(new RegExp(`scripted[-_]${service}[-_]1 .*(Up|running)`))
      expect(stdout).toContain(`http://127.0.0.1:${ports['PROMETHEUS_PORT']}`)
    })

    it('follows the output with --logs', async () => {
      const child = spawn(
        join(stack!.checkout, 'start-observability-stack.sh'),
        ['--logs', 'redis-test-app'],
        {
          env: project.env,
          stdio: ['ignore', 'pipe', 'ignore'],
          detached: true,
        },
      )
      let text = ''
      child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
      try {
        await until(
          'lines of both replicas',
          () => /app[-_]1 .*ops\/s/.test(text) && /app[-_]2 .*ops\/s/.test(text),
        )
        const length = text.length
        await until('more lines', () => text.length > length)
      } finally {
        process.kill(-child.pid!, 'SIGTERM')
      }
    })

    it('stops with --down and keeps the volumes; --clean --yes removes them', async () => {
      const down = await script(['--down'])
      expect(down.code, down.stderr).toBe(0)
      expect(await project.allContainers()).toEqual([])
      const reports = join(await project.volume('results'), 'scripted')
      expect(readdirSync(reports).filter((name) => name.endsWith('.json'))).toHaveLength(2)
      const clean = await script(['--clean', '--yes'])
      expect(clean.code, clean.stderr).toBe(0)
      expect(await project.docker('volume', 'ls', '--quiet', '--filter', 'name=scripted_')).toBe('')
    })
  },
)
