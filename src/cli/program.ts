import { Command } from 'commander'
import { TOOL_VERSION } from '../app/facts.ts'
import { addCalibrateCommand } from './commands/calibrate.ts'
import { addCapacityCommand } from './commands/capacity.ts'
import { addCheckCommand } from './commands/check.ts'
import { addCleanupCommand } from './commands/cleanup.ts'
import { addCompareCommand } from './commands/compare.ts'
import { addCompletionCommand } from './commands/completion.ts'
import { addFaultCommand } from './commands/fault.ts'
import { addHistoryCommand } from './commands/history.ts'
import { addProfilesCommand } from './commands/profiles.ts'
import { addProxyCommand } from './commands/proxy.ts'
import { addRecoverCommand } from './commands/recover.ts'
import { addReportCommand } from './commands/report.ts'
import { addRunCommand } from './commands/run.ts'
import { addWatchCommand } from './commands/watch.ts'
import { exitCodeHelp, makeHelpReadable } from './help.ts'
import type { Terminal } from './terminal.ts'

/** Every command. Add one here. */
const COMMANDS = [
  addRunCommand,
  addCapacityCommand,
  addCalibrateCommand,
  addWatchCommand,
  addFaultCommand,
  addProfilesCommand,
  addCheckCommand,
  addReportCommand,
  addCompareCommand,
  addHistoryCommand,
  addRecoverCommand,
  addProxyCommand,
  addCleanupCommand,
  addCompletionCommand,
]

/** The command line: its tree of commands, as parsing, help, completion and documentation know it. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('redis-test')
    .description(
      'Puts a known load on a Redis server, breaks things on purpose if asked, and tells the truth about it.',
    )
    .version(TOOL_VERSION)
    // So that `run --version v1` is the label of a version, not a question.
    .enablePositionalOptions()
    .addHelpText('after', `\nExit codes:\n${exitCodeHelp()}`)
  for (const add of COMMANDS) add(program, terminal)
  for (const command of commandsOf(program)) {
    makeHelpReadable(command)
    command.exitOverride().configureOutput({
      writeOut: terminal.stdout,
      writeErr: terminal.stderr,
      outputError: (text, write) =>
        write(
          `redis-test: ${toOneLine(text)}${flagWithoutValue(command, text)}; see ${commandPath(command)} --help\n`,
        ),
    })
  }
  return program
}

/** A command and all below it. */
export function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsOf)]
}

/** `redis-test profiles show`. */
export function commandPath(command: Command): string {
  return command.parent === null ? command.name() : `${commandPath(command.parent)} ${command.name()}`
}

/**
 * Where one argument is too many because it stands after a flag that takes no value, that flag. The argument itself is not
 * repeated: it may be a password.
 */
function flagWithoutValue(command: Command, text: string): string {
  const extra = command.args[command.registeredArguments.length]
  if (!text.startsWith('error: too many arguments') || extra === undefined) return ''
  const words = command.parent?.args ?? []
  const before = words[words.indexOf(extra) - 1] ?? ''
  return before.startsWith('--') ? `: ${before} takes no value` : ''
}

/** `error: unknown option '--x'\n(Did you mean --y?)` as one line. What was given to a flag may be a password. */
function toOneLine(text: string): string {
  const [first = '', ...others] = text
    .trim()
    .replaceAll(/'(--?[\w-]+)=[^\n]*'/g, "'$1=…'")
    .split('\n')
  return [first.replace(/^error: /, '').replace(/\.$/, ''), ...others].join(' ')
}
