// What all benches need: a pinned server, pinned children, a telemetry sink, CPU times.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Server, ServerCredentials } from '@grpc/grpc-js'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const MAIN = join(ROOT, 'dist/cli/main.js')
const TICKS_PER_SECOND = 100

const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0
/** The server and everything that looks from outside on one core, the client on the other. */
export const SERVER_CORE = 0
export const CLIENT_CORE = 1
if (canPin) spawnSync('taskset', ['-cp', String(SERVER_CORE), String(process.pid)])

export function describeMachine() {
  const server = spawnSync(serverBinary(), ['--version'], { encoding: 'utf8' }).stdout.trim()
  const pinning = canPin ? `server on core ${SERVER_CORE}, client on core ${CLIENT_CORE}` : 'not pinned'
  return `${cpus()[0].model.trim()} × ${availableParallelism()} · Node ${process.version} · ${server.split(' sha')[0]} · ${pinning}`
}

let binary
export function serverBinary() {
  binary ??= spawnSync(process.execPath, [join(ROOT, 'scripts/get-redis-server.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).stdout.trim()
  return binary
}

/** Starts a program on a core, or on whichever the system likes. */
export function spawnOn(core, command, args, options = {}) {
  const [program, all] =
    canPin && core !== null ? ['taskset', ['-c', String(core), command, ...args]] : [command, args]
  return spawn(program, all, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
}

/** Runs a program on the client's core to its end; what it wrote. */
export async function runClient(command, args, onStart) {
  const child = spawnOn(CLIENT_CORE, command, args)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => (stdout += data))
  child.stderr.on('data', (data) => (stderr += data))
  onStart?.(child)
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${stderr}${stdout}`)
  return { stdout, stderr }
}

export function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/** A server without persistence; `hz` makes its own clock finer. */
export async function startServer(...args) {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'redis-test-bench-'))
  const own = ['--port', String(port), '--save', '', '--dir', folder, '--bind', '127.0.0.1', ...args]
  const child = spawnOn(SERVER_CORE, serverBinary(), own)
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (data) => String(data).includes('Ready to accept') && resolve())
    child.once('exit', () => reject(new Error('the server did not start')))
  })
  return {
    port,
    pid: child.pid,
    stop() {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Takes OTLP over gRPC and answers at once. */
export async function startSink() {
  const server = new Server()
  const received = { metrics: 0, traces: 0, logs: 0, bytes: 0 }
  const serve = (kind, path) =>
    server.addService(
      {
        Export: {
          path,
          requestStream: false,
          responseStream: false,
          requestDeserialize: (bytes) => bytes,
          requestSerialize: (bytes) => bytes,
          responseSerialize: (bytes) => bytes,
          responseDeserialize: (bytes) => bytes,
        },
      },
      {
        Export(call, done) {
          received[kind]++
          received.bytes += call.request.length
          done(null, Buffer.alloc(0))
        },
      },
    )
  serve('metrics', '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export')
  serve('traces', '/opentelemetry.proto.collector.trace.v1.TraceService/Export')
  serve('logs', '/opentelemetry.proto.collector.logs.v1.LogsService/Export')
  const port = await new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  return { endpoint: `http://127.0.0.1:${port}`, received, stop: () => server.forceShutdown() }
}

/** CPU seconds of a process so far. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/**
 * Gives the client's core to the busiest thread of a process, which is its load thread, and the other core to all others:
 * where a thread spins, whatever shares its core makes it late.
 */
export function pinBusiestThread(pid) {
  if (!canPin) return
  const cpuOf = (thread) => cpuSeconds(`${pid}/task/${thread}`)
  const threads = readdirSync(`/proc/${pid}/task`)
  const busiest = threads.toSorted((a, b) => cpuOf(b) - cpuOf(a))[0]
  for (const thread of threads)
    spawnSync('taskset', ['-cp', String(thread === busiest ? CLIENT_CORE : SERVER_CORE), thread])
}

/** Resident bytes of a process. */
export function residentBytes(pid) {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]
  return Number(kilobytes) * 1024
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
