import { type ChildProcess, spawn } from 'node:child_process'
import { afterAll } from 'vitest'
import { until } from '../../e2e/support/until.ts'
import { freePort } from '../../support/free-port.ts'

/** A component of the stack that runs as a process of the test. */
export interface Component {
  readonly name: string
  readonly child: ChildProcess
  /** The end of what it wrote. */
  output(): string
  stop(signal?: NodeJS.Signals): Promise<void>
}

const running = new Set<Component>()
afterAll(async () => {
  await Promise.all([...running].map((component) => component.stop('SIGKILL')))
})

const OUTPUT_KEPT = 200_000

/** Starts a component and waits until `isReady`; its own output is in the error when it does not get there. */
export async function startComponent(
  name: string,
  command: readonly [program: string, ...args: string[]],
  isReady: () => Promise<boolean>,
  env: Readonly<Record<string, string>> = {},
): Promise<Component> {
  const [program, ...args] = command
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(program, args, { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-OUTPUT_KEPT)))
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', (error) => {
      output += String(error)
      resolve()
    })
  })
  const component: Component = {
    name,
    child,
    output: () => output,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      await ended
      running.delete(component)
    },
  }
  running.add(component)
  try {
    await until(`${name} is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`)
      return isReady().catch(() => false)
    })
  } catch (error) {
    throw new Error(`${name}: ${String(error)}\n${output.slice(-4000)}`, { cause: error })
  }
  return component
}

/** As many free ports as asked for. */
export function freePorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, freePort))
}

export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) })
  return response.ok
}
