#!/usr/bin/env node
// oxlint-disable-next-line import/no-unassigned-import -- first of all: it hides what others must not see
import './hide-from-others.ts'
import { CommanderError } from 'commander'
import { ConnectError, describeProblem, OutputError, UsageError } from '../model/errors.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { createProgram } from './program.ts'
import { InputInterruptedError } from './read-password.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/** What went wrong in one line, or one for each problem, and the exit code that goes with it. */
function explain(error: unknown, terminal: Terminal): ExitCode {
  const say = (text: string): void => terminal.stderr(`redis-test: ${text}\n`)
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof InputInterruptedError) return error.exitCode
  if (error instanceof UsageError) {
    for (const problem of error.problems) say(describeProblem(problem))
    return EXIT.usage
  }
  if (error instanceof ConnectError) {
    say(error.hint === undefined ? error.message : `${error.message} (${error.hint})`)
    return EXIT.cannotConnect
  }
  if (error instanceof OutputError) {
    say(error.message)
    return EXIT.internalError
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return EXIT.internalError
}

async function main(): Promise<void> {
  const terminal = openTerminal()
  // Node.js would print all that an error holds, and ioredis puts the arguments of AUTH into some.
  for (const event of ['uncaughtException', 'unhandledRejection'])
    process.on(event, (error: unknown) => process.exit(explain(error, terminal)))
  // A command that waits for something the event loop does not know must not end the process.
  setInterval(() => {}, 2 ** 30)
  try {
    await createProgram(terminal).parseAsync(process.argv)
  } catch (error) {
    terminal.exitCode = explain(error, terminal)
  }
  await Promise.all([process.stdout, process.stderr].map(flushed))
  // Sockets of a client that hangs, or of an exporter, must not keep the process.
  const isLost = terminal.exitCode === EXIT.ok && terminal.hasLostOutput
  process.exit(isLost ? EXIT.internalError : terminal.exitCode)
}

/** A pipe takes so much at a time, and what is left would be lost with the process. A reader that went away wants no more. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}

await main()
