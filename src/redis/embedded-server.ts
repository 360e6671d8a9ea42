import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A private server of ours. */
export interface EmbeddedServer {
  readonly host: string
  readonly port: number
  /** Of the process that runs now, or that ran last. */
  readonly pid: number
  readonly isRunning: boolean
  /** Does nothing when no process runs. */
  signal(name: NodeJS.Signals): void
  /** SIGKILL; resolves when the process is gone. */
  crash(): Promise<void>
  /** Starts a new process on the same port, unless one runs; resolves when it is ready. */
  restart(): Promise<void>
  /** Takes it down and removes its folder. Never rejects; takes a second or so at most. */
  stop(): Promise<void>
}

const START_ATTEMPTS = 5
const START_LIMIT_MILLIS = 30_000
const STOP_LIMIT_MILLIS = 1500

/**
 * Runs the server, and kills it at the end of our pipe, which comes when this process closes it or dies in any way,
 * kill -9 included; then removes the folder. Each line on the pipe starts the server again. Says on its output the
 * number of each process that it starts, and when it has ended. In a process group of its own, so that Ctrl-C in the
 * terminal reaches only us.
 */
const KEEPER = `
exec 3<&0
run() {
  (
    sh -c 'echo $$ >"$REDIS_TEST_DIR/pid"; echo $$; exec "$@" >>"$REDIS_TEST_DIR/log" 2>&1' sh "$@" 3<&-
    echo ended
  ) &
  waiter=$!
}
run "$@"
while read -r _ <&3; do
  wait $waiter
  run "$@"
done
server=$(cat "$REDIS_TEST_DIR/pid")
exec >/dev/null 2>&1
( kill -CONT $server; kill -TERM $server; sleep 1; kill -KILL $server ) 3<&- &
killer=$!
wait $waiter
kill $killer
rm -rf "$REDIS_TEST_DIR"
`

/**
 * Starts a real redis-server (or valkey-server) on a free port of 127.0.0.1, with nothing written to disk unless `options` say so. They are
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
  const server = new KeptServer(keeper, directory, port)
  if (await server.isReady()) return letGo(keeper, server)
  const reason = lastLine(server.log)
  await server.stop()
  return reason
}

/** The keeper and what it says of the server. */
class KeptServer implements EmbeddedServer {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly log: string
  readonly #keeper: ChildProcess
  readonly #directory: string
  #pid: number | undefined
  #isRunning = false
  /** Where in the log the words of the process of now begin. */
  #logFrom = 0
  readonly #waiting = new Set<() => void>()

  constructor(keeper: ChildProcess, directory: string, port: number) {
    this.#keeper = keeper
    this.#directory = directory
    this.port = port
    this.log = join(directory, 'log')
    let heard = ''
    keeper.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (heard + text).split('\n')
      heard = lines.pop() ?? ''
      for (const line of lines) this.#hear(line)
    })
    for (const event of ['error', 'exit']) keeper.once(event, () => this.#hear('ended'))
  }

  get pid(): number {
    return this.#pid ?? 0
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  signal(name: NodeJS.Signals): void {
    if (this.#isRunning) process.kill(this.pid, name)
  }

  async crash(): Promise<void> {
    this.signal('SIGKILL')
    while (this.#isRunning) await this.#nextWord()
  }

  async restart(): Promise<void> {
    if (this.#isRunning) return
    this.#logFrom = readLog(this.log).length
    this.#pid = undefined
    this.#keeper.stdin?.write('again\n')
    if (!(await this.isReady()))
      throw new Error(`the embedded server did not start again: ${lastLine(this.log)}`)
  }

  /** Watches the server's own log: that a port answers would not say that it is our server that does. */
  async isReady(): Promise<boolean> {
    const deadline = performance.now() + START_LIMIT_MILLIS
    while (performance.now() < deadline) {
      if (readLog(this.log).slice(this.#logFrom).includes('Ready to accept connections'))
        return this.#isRunning
      if (this.#pid !== undefined && !this.#isRunning) return false
      if (this.#keeper.exitCode !== null || this.#keeper.pid === undefined) return false
      await pause(10)
    }
    return false
  }

  async stop(): Promise<void> {
    const keeper = this.#keeper
    if (keeper.exitCode === null && keeper.signalCode === null && keeper.pid !== undefined) {
      const exited = new Promise<void>((resolve) => {
        keeper.once('exit', () => resolve())
      })
      keeper.stdin?.end()
      await Promise.race([exited, pause(STOP_LIMIT_MILLIS)])
    }
    rmSync(this.#directory, { recursive: true, force: true })
  }

  #hear(line: string): void {
    if (line === 'ended') this.#isRunning = false
    else {
      this.#pid = Number(line)
      this.#isRunning = true
    }
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  #nextWord(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve)
    })
  }
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, millis)
  })
}

/** A running server does not keep this process alive. */
function letGo(keeper: ChildProcess, server: EmbeddedServer): EmbeddedServer {
  keeper.unref()
  for (const pipe of [keeper.stdin, keeper.stdout] as unknown as ({ unref?: () => void } | null)[])
    pipe?.unref?.()
  return server
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
