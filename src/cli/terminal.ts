import { EXIT, type ExitCode } from './exit-codes.ts'

/** Where a command talks to the user, and how it wants the process to end. */
export interface Terminal {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** From now on everything on stderr goes through this. Reports, on stdout, hold no secret to begin with. */
  hide(redact: (text: string) => string): void
  /** What the command says. */
  exitCode: ExitCode
  /** Whether something that was written did not reach its reader. */
  readonly hasLostOutput: boolean
}

/** Writes to the process's own streams. A reader that went away must not end a run; it makes the exit code say so. */
export function openTerminal(): Terminal {
  let hasLostOutput = false
  let shown = (text: string): string => text
  const terminal: Terminal = {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(shown(text)),
    hide(redact) {
      shown = redact
    },
    exitCode: EXIT.ok,
    get hasLostOutput() {
      return hasLostOutput
    },
  }
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => {
      hasLostOutput = true
    })
  return terminal
}

/** Whether what goes to a stream may be coloured: on a terminal, unless somebody says no (https://no-color.org). */
export function hasColours(
  { isTTY }: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return isTTY === true && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb'
}

/** How wide a terminal is; `undefined` for what is none. */
export function columnsOf({
  isTTY,
  columns,
}: {
  readonly isTTY?: boolean
  readonly columns?: number
}): number | undefined {
  return isTTY === true && columns !== undefined && columns > 0 ? columns : undefined
}
