import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ProxySpec, ProxyState } from '../model/toxic.ts'
import type { Address } from './address.ts'
import type { ProxyOrders, ProxyReport } from './process-message.ts'

export interface ProxyProcessOptions {
  /** The default is any port of 127.0.0.1. */
  readonly api?: Address
  readonly seed: number
  readonly proxies?: readonly ProxySpec[]
  /** The file that the process runs; the default is the built one beside this. */
  readonly entry?: string
}

/** A fault proxy in a process of its own, so that what it costs is not in the times of the load. */
export interface ProxyProcess {
  /** `http://127.0.0.1:port`, where it serves Toxiproxy's API. */
  readonly apiUrl: string
  readonly pid: number
  readonly proxies: readonly ProxyState[]
  /** Resolves when it is gone, with its last words when it was not told to go. */
  readonly ended: Promise<string>
  /** Ends it. Never rejects; takes a second or so at most. */
  stop(): Promise<void>
}

const STOP_LIMIT_MILLIS = 1500
const LAST_WORDS = 2000

/** Starts it; rejects with one line when it cannot listen. It ends when this process does, however that happens. */
export async function startProxyProcess(options: ProxyProcessOptions): Promise<ProxyProcess> {
  const entry = options.entry ?? fileURLToPath(new URL('main.js', import.meta.url))
  // In a process group of its own: Ctrl-C in the terminal reaches only us, and we end it after the last command.
  const child = spawn(process.execPath, [entry], { detached: true, stdio: ['pipe', 'pipe', 'pipe'], env: {} })
  let lastWords = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS)
  })
  child.stdin.on('error', () => {})
  let isStopping = false
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) =>
      resolve(
        isStopping ? '' : `it ended with ${signal ?? `exit code ${String(code)}`}: ${lastWords.trim()}`,
      ),
    )
  })
  const orders: ProxyOrders = {
    api: options.api ?? { host: '127.0.0.1', port: 0 },
    seed: options.seed,
    proxies: options.proxies ?? [],
  }
  child.stdin.write(`${JSON.stringify(orders)}\n`)
  const report = await Promise.race([firstReport(child), ended.then((error): ProxyReport => ({ error }))])
  if ('error' in report) throw new Error(`the fault proxy did not start: ${report.error}`)
  letGo(child)
  return {
    ...report,
    pid: child.pid ?? 0,
    ended,
    async stop() {
      isStopping = true
      child.stdin.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MILLIS)
      await ended
      clearTimeout(timer)
    },
  }
}

function firstReport(child: ChildProcess): Promise<ProxyReport> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout! }).once('line', (line) => resolve(JSON.parse(line) as ProxyReport))
  })
}

/** A running proxy does not keep this process alive. */
function letGo(child: ChildProcess): void {
  child.unref()
  for (const pipe of [child.stdin, child.stdout, child.stderr] as unknown as ({
    unref?: () => void
  } | null)[])
    pipe?.unref?.()
}
