import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { findProgram } from '../../support/find-program.ts'
import { until } from './until.ts'

const run = promisify(execFile)

export const hasTmux = findProgram('tmux') !== undefined

/** A real terminal with a shell in it, on a tmux server of its own. */
export interface TestTerminal {
  /** What is seen, without spaces at the ends of lines. */
  screen(): Promise<string[]>
  /** Waits until the screen shows it. */
  saw(text: RegExp): Promise<string[]>
  /** Types a line for the shell. */
  type(line: string): Promise<void>
  /** Presses keys, as tmux calls them. */
  press(...keys: string[]): Promise<void>
  resize(columns: number, rows: number): Promise<void>
  /** Whether a program has the alternate screen, and whether the cursor is seen. */
  modes(): Promise<{ readonly alternate: boolean; readonly cursor: boolean }>
  close(): void
}

export async function openTmux(columns: number, rows: number): Promise<TestTerminal> {
  const socket = `redis-test-${randomBytes(6).toString('hex')}`
  const tmux = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('tmux', ['-L', socket, '-u', '-f', '/dev/null', ...args])
    return stdout
  }
  const size = ['-x', String(columns), '-y', String(rows)]
  // A shell that is interactive, so that it has jobs; and nothing of the user's own.
  await tmux('new-session', '-d', ...size, 'env PS1="ready> " LC_ALL=C.UTF-8 bash --norc --noprofile -i')
  const screen = async (): Promise<string[]> =>
    (await tmux('capture-pane', '-p')).replace(/\n$/, '').split('\n')
  const saw = (text: RegExp): Promise<string[]> => {
    let last: string[] = []
    return until(String(text), async () => {
      last = await screen()
      return text.test(last.join('\n')) ? last : undefined
    }).catch((error: unknown) => {
      throw new Error(`${String(error)} in\n${last.join('\n')}`)
    })
  }
  await saw(/ready>/)
  return {
    screen,
    saw,
    async type(line) {
      await tmux('send-keys', '-l', line)
      await tmux('send-keys', 'Enter')
    },
    async press(...keys) {
      await tmux('send-keys', ...keys)
    },
    async resize(newColumns, newRows) {
      await tmux('resize-window', '-x', String(newColumns), '-y', String(newRows))
    },
    async modes() {
      const [alternate, cursor] = (await tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}'))
        .trim()
        .split(' ')
      return { alternate: alternate === '1', cursor: cursor === '1' }
    },
    close() {
      execFileSync('tmux', ['-L', socket, 'kill-server'])
    },
  }
}
