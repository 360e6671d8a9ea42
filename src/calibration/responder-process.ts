import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** First line of the responder's standard input. */
export interface ResponderOrders {
  readonly valueBytes: number
}

/** First line of its standard output. */
export interface ResponderReport {
  readonly port: number
}

export interface ResponderProcess {
  readonly port: number
  stop(): Promise<void>
}

const STOP_LIMIT_MILLIS = 1500
const LAST_WORDS = 2000

/** Starts the null responder in a process of its own, so that its work is not in the generator's. It ends with this process. */
export async function startResponderProcess(
  orders: ResponderOrders,
  entry = builtEntry(),
): Promise<ResponderProcess> {
  // In a process group of its own: Ctrl-C in the terminal reaches only us, and we end it after the last command.
  const child = spawn(process.execPath, [entry], { detached: true, stdio: ['pipe', 'pipe', 'pipe'], env: {} })
  let lastWords = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS)
  })
  child.stdin.on('error', () => {})
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) =>
      resolve(`${signal ?? `exit code ${String(code)}`}: ${lastWords.trim()}`),
    )
  })
  child.stdin.write(`${JSON.stringify(orders)}\n`)
  const report = await Promise.race([firstReport(child), ended])
  if (typeof report === 'string') throw new Error(`the null responder did not start: ${report}`)
  return {
    port: report.port,
    async stop() {
      child.stdin.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MILLIS)
      await ended
      clearTimeout(timer)
    },
  }
}

function builtEntry(): string {
  return fileURLToPath(new URL('main.js', import.meta.url))
}

function firstReport(child: ChildProcess): Promise<ResponderReport> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout! }).once('line', (line) =>
      resolve(JSON.parse(line) as ResponderReport),
    )
  })
}
