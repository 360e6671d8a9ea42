import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from 'vitest'
import type { RunResult } from '../../../src/model/result.ts'
import { problemsOfResult } from '../../support/validate-result.ts'
import { until } from './until.ts'

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
export const MAIN = join(ROOT, 'dist/cli/main.js')

/** A folder of the test file; gone when it ends. */
export const folder = mkdtempSync(join(tmpdir(), 'redis-test-e2e-'))
const children = new Set<ChildProcess>()
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly pid: number
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  stdout(): string
  stderr(): string
  /** Waits until the given text appears on stderr; the match is returned. */
  saw(text: RegExp): Promise<RegExpExecArray>
  /** Waits for the line of this second of the measured time, or a later one: a machine that is busy may skip some. */
  sawSecond(second: number): Promise<unknown>
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** What comes in on standard input; without it, there is none. */
  readonly input?: string
}

/** Starts the built command line as a user does: nothing of the tests' own environment reaches it but the basics. */
export function start(args: readonly string[], options: StartOptions = {}): Running {
  const { PATH = '', HOME = '', REDIS_TEST_SERVER_BINARY, NODE_V8_COVERAGE } = process.env
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? folder,
    env: {
      PATH,
      HOME,
      ...(REDIS_TEST_SERVER_BINARY === undefined ? {} : { REDIS_TEST_SERVER_BINARY }),
      ...(NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE }),
      ...options.env,
    },
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  child.stdin?.end(options.input)
  children.add(child)
  let stdout = ''
  let stderr = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      children.delete(child)
      resolve({ code, signal, stdout, stderr })
    })
  })
  const wait = <Found>(what: string, find: () => Found | undefined): Promise<Found> =>
    until(`${what} in\n${stderr}`, () => {
      const found = find()
      if (found === undefined && child.exitCode !== null)
        throw new Error(`it ended without ${what}:\n${stderr}`)
      return found
    })
  return {
    pid: child.pid ?? 0,
    child,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    saw: (text) => wait(String(text), () => text.exec(stderr) ?? undefined),
    sawSecond: (second) =>
      wait(`second ${second}`, () =>
        [...stderr.matchAll(/measure +(\d+)(?:\/|s)/g)].find(([, shown]) => Number(shown) >= second),
      ),
  }
}

/** Runs to the end. */
export function command(args: readonly string[], options?: StartOptions): Promise<Ended> {
  return start(args, options).ended
}

let outputs = 0

export interface RunEnded extends Ended {
  readonly result: RunResult
}

/** Starts `redis-test run` on any free metrics port, with a result file. */
export function startRun(
  args: readonly string[],
  options?: StartOptions,
): Running & { result(): RunResult; readonly file: string } {
  const file = join(folder, `result-${outputs++}.json`)
  const running = start(['run', '--metrics-port', '0', '--output-file', file, ...args], options)
  return { ...running, file, result: () => readValid(file) }
}

/** A result; every one that a test looks at has to be valid by the published schema. */
function readValid(file: string): RunResult {
  const result = JSON.parse(readFileSync(file, 'utf8')) as RunResult
  expect(problemsOfResult(result)).toEqual([])
  return result
}

/** Runs a test to its end; its result must be there. */
export async function run(args: readonly string[], options?: StartOptions): Promise<RunEnded> {
  const running = startRun(args, options)
  const ended = await running.ended
  try {
    return { ...ended, result: running.result() }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Error(`no result, exit code ${String(ended.code)}:\n${ended.stderr}`, { cause: error })
  }
}

/** A summary whose long lines were not wrapped. */
export function unwrapped(summary: string): string {
  return summary.replaceAll(/\n {14}(?: {2})?(?=\S)/g, ' ')
}

/** A summary without its last lines, which say where the reports are. */
export function withoutFiles(summary: string): string {
  return summary.replace(/\n(?:\n)?reports .*\n(?: {14}.*\n)*/, '\n')
}

/** A profile of a test. */
export function profile(name: string, text: string): string {
  const file = join(folder, `${name}.yaml`)
  writeFileSync(file, `name: ${name}\ndescription: of a test\n${text}`)
  return file
}
