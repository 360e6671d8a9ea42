#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { TOOL_VERSION } from '../app/facts.ts'
import { ConnectError, describeProblem, UsageError } from '../model/errors.ts'
import { addCheckCommand } from './commands/check.ts'
import { addProfilesCommand } from './commands/profiles.ts'
import { addReportCommand } from './commands/report.ts'
import { addRunCommand } from './commands/run.ts'
import { EXIT, EXIT_CODE_HELP, type ExitCode } from './exit-codes.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/** Every command. Add one here. */
const COMMANDS = [addRunCommand, addProfilesCommand, addCheckCommand, addReportCommand]

function createProgram(terminal: Terminal): Command {
  const program = new Command('redis-test')
    .description(
      'Puts a known load on a Redis server, breaks things on purpose if asked, and tells the truth about it.',
    )
    .version(TOOL_VERSION)
    .addHelpText('after', `\nExit codes:\n${exitCodeHelp()}`)
  for (const add of COMMANDS) add(program, terminal)
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap(({ commands }) => commands),
  ])
    command.exitOverride().configureOutput({
      writeOut: terminal.stdout,
      writeErr: terminal.stderr,
      outputError: (text, write) =>
        write(`redis-test: ${toOneLine(text)}; see ${commandPath(command)} --help\n`),
    })
  return program
}

/** `error: unknown option '--x'\n(Did you mean --y?)` as one line. */
function toOneLine(text: string): string {
  const [first = '', ...others] = text.trim().split('\n')
  return [first.replace(/^error: /, '').replace(/\.$/, ''), ...others].join(' ')
}

function commandPath(command: Command): string {
  return command.parent === null ? command.name() : `${commandPath(command.parent)} ${command.name()}`
}

function exitCodeHelp(): string {
  return EXIT_CODE_HELP.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`).join('\n')
}

/** What went wrong in one line, or one for each problem, and the exit code that goes with it. */
function explain(error: unknown, terminal: Terminal): ExitCode {
  const say = (text: string): void => terminal.stderr(`redis-test: ${text}\n`)
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof UsageError) {
    for (const problem of error.problems) say(describeProblem(problem))
    return EXIT.usage
  }
  if (error instanceof ConnectError) {
    say(error.hint === undefined ? error.message : `${error.message} (${error.hint})`)
    return EXIT.cannotConnect
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return EXIT.internalError
}

async function main(): Promise<void> {
  const terminal = openTerminal()
  // A command that waits for something the event loop does not know must not end the process.
  setInterval(() => {}, 2 ** 30)
  try {
    await createProgram(terminal).parseAsync(process.argv)
  } catch (error) {
    terminal.exitCode = explain(error, terminal)
  }
  // Sockets of a client that hangs, or of an exporter, must not keep the process.
  const isLost = terminal.exitCode === EXIT.ok && terminal.hasLostOutput
  process.exit(isLost ? EXIT.internalError : terminal.exitCode)
}

await main()
