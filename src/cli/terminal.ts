import { EXIT, type ExitCode } from './exit-codes.ts'

/** Where a command talks to the user, and how it wants the process to end. */
export interface Terminal {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  exitCode: ExitCode
}

/** Writes to the process's own streams. A reader that went away must not end a run; it makes the exit code say so. */
export function openTerminal(): Terminal {
  const terminal: Terminal = {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    exitCode: EXIT.ok,
  }
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => {
      if (terminal.exitCode === EXIT.ok) terminal.exitCode = EXIT.internalError
    })
  return terminal
}
