import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A private server of ours. */
export interface EmbeddedServer {
  readonly host: string
  readonly port: number
  readonly pid: number
  /** Takes it down and removes its folder. Never rejects; takes a second or so at most. */
  stop(): Promise<void>
}

const START_ATTEMPTS = 5
const START_LIMIT_MILLIS = 30_000
const STOP_LIMIT_MILLIS = 1500

/**
 * Runs the server, and kills it at the end of our pipe, which comes when this process closes it or dies in any way,
 * kill -9 included; then removes the folder. In a process group of its own, so that Ctrl-C in the terminal reaches
 * only us.
 */
const KEEPER = `
exec 3<&0
"$@" >"$REDIS_TEST_DIR/log" 2>&1 3<&- &
server=$!
echo $server
( read -r _ <&3; kill -CONT $server; kill -TERM $server; sleep 1; kill -KILL $server ) >/dev/null 2>&1 &
reader=$!
exec 3<&-
wait $server
kill $reader 2>/dev/null
rm -rf "$REDIS_TEST_DIR"
`

/**
 * Starts a real redis-server (or valkey-server) on a free port of 127.0.0.1, with nothing written to disk. `options` are
 * directives of redis.conf, each with its value.
 */
export async function startEmbeddedServer(
  binary: string,
  options: readonly (readonly [directive: string, value: string])[] = [],
): Promise<EmbeddedServer> {
  let lastProblem = ''
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    const port = await findFreePort()
    const started = await tryStart(binary, port, options)
    if (typeof started !== 'string') return started
    lastProblem = started
  }
  throw new Error(`the embedded server ${binary} did not start: ${lastProblem}`)
}

/** A running server, or the reason why it does not run. */
async function tryStart(
  binary: string,
  port: number,
  options: readonly (readonly [directive: string, value: string])[],
): Promise<EmbeddedServer | string> {
  const directory = mkdtempSync(join(tmpdir(), 'redis-test-'))
  const address = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory]
  const nothingOnDisk = ['--save', '', '--appendonly', 'no', '--daemonize', 'no']
  const more = options.flatMap(([directive, value]) => [`--${directive}`, value])
  const command = [binary, ...address, ...nothingOnDisk, ...more]
  const keeper = spawn('sh', ['-c', KEEPER, 'redis-test-keeper', ...command], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...withoutSecrets(process.env), REDIS_TEST_DIR: directory },
  })
  keeper.stdin.on('error', () => {})
  const pid = await firstLine(keeper)
  const log = join(directory, 'log')
  if (pid !== undefined && (await waitUntilReady(log, keeper)))
    return letGo(keeper, {
      host: '127.0.0.1',
      port,
      pid: Number(pid),
      stop: () => stopKeeper(keeper, directory),
    })
  const reason = lastLine(log)
  await stopKeeper(keeper, directory)
  return reason
}

/** A running server does not keep this process alive. */
function letGo(keeper: ChildProcess, server: EmbeddedServer): EmbeddedServer {
  keeper.unref()
  for (const pipe of [keeper.stdin, keeper.stdout] as unknown as ({ unref?: () => void } | null)[])
    pipe?.unref?.()
  return server
}

/** The keeper's first line of output is the process id of the server. */
function firstLine(keeper: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    keeper.once('error', () => resolve(undefined))
    keeper.once('exit', () => resolve(undefined))
    keeper.stdout?.once('data', (data: Buffer) => resolve(data.toString().trim()))
  })
}

/** Watches the server's own log: that a port answers would not say that it is our server that does. */
async function waitUntilReady(log: string, keeper: ChildProcess): Promise<boolean> {
  const deadline = performance.now() + START_LIMIT_MILLIS
  while (performance.now() < deadline) {
    if (readLog(log).includes('Ready to accept connections')) return true
    if (keeper.exitCode !== null || keeper.signalCode !== null) return false
    await new Promise((resolve) => {
      setTimeout(resolve, 10)
    })
  }
  return false
}

function readLog(log: string): string {
  try {
    return readFileSync(log, 'utf8')
  } catch {
    return ''
  }
}

function lastLine(log: string): string {
  return readLog(log).trim().split('\n').at(-1) || 'it ended without a word'
}

async function stopKeeper(keeper: ChildProcess, directory: string): Promise<void> {
  if (keeper.exitCode === null && keeper.signalCode === null) {
    const exited = new Promise<void>((resolve) => {
      keeper.once('exit', () => resolve())
    })
    keeper.stdin?.end()
    await Promise.race([
      exited,
      new Promise((resolve) => {
        setTimeout(resolve, STOP_LIMIT_MILLIS)
      }),
    ])
  }
  rmSync(directory, { recursive: true, force: true })
}

/** A port that was free a moment ago. Somebody else may take it first; then the start is tried again. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port)
        else reject(new Error('no free port'))
      })
    })
  })
}

/** A server needs no credentials of ours, and its environment can be read as long as it lives. */
function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isSecret = /PASSWORD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|HEADERS|AUTH|_KEY$|_URL$/i
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isSecret.test(name)))
}
