import { spawn } from 'node:child_process'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly limitMillis?: number
  /** Passes stderr on while it comes: for what takes minutes. */
  readonly echo?: boolean
}

/** Runs a command to its end and gives back what it said; it is killed at its limit. */
export function run(command: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const [program = '', ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.limitMillis ?? 120_000,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      if (options.echo === true) process.stderr.write(text)
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** The same for a command that has to succeed; its output without the last line break. */
export async function output(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(command, options)
  if (code === 0) return stdout.trimEnd()
  throw new Error(`${command.join(' ')} ended with ${code}:\n${`${stdout}\n${stderr}`.slice(-6000)}`)
}
