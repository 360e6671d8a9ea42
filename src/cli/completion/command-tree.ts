import type { Argument, Command, Option } from 'commander'
import { type Completion, completionOf } from '../completions.ts'
import { SWITCH_VALUE } from '../flags.ts'

/** What a shell may complete on one command. */
export interface CompletedCommand {
  /** Words of the command after the program's name: `['profiles', 'show']`. */
  readonly path: readonly string[]
  readonly description: string
  readonly subcommands: readonly CompletedCommand[]
  readonly options: readonly CompletedOption[]
  /** The first argument, if there is one. */
  readonly argument: CompletedValue | undefined
}

export interface CompletedOption {
  readonly names: readonly string[]
  readonly description: string
  /** Absent for a switch. */
  readonly value: CompletedValue | undefined
}

export interface CompletedValue {
  readonly name: string
  readonly completion: Completion | undefined
}

/** What a completion script has to know, read from commander's own tree. Hidden names are left out, as in help. */
export function describeCommands(program: Command): CompletedCommand {
  return describeCommand(program, [])
}

function describeCommand(command: Command, path: readonly string[]): CompletedCommand {
  const help = command.createHelp()
  const visible = help.visibleCommands(command).filter((sub) => sub.name() !== 'help')
  const [argument] = command.registeredArguments
  return {
    path,
    description: command.description(),
    subcommands: visible.map((sub) => describeCommand(sub, [...path, sub.name()])),
    options: help.visibleOptions(command).map(describeOption),
    argument:
      argument === undefined ? undefined : { name: argument.name(), completion: completionOf(argument) },
  }
}

function describeOption(option: Option): CompletedOption {
  const names = [option.short, option.long].filter((name) => name !== undefined)
  const takesValue = (option.required || option.optional) && !option.flags.endsWith(SWITCH_VALUE)
  return {
    names,
    description: option.description,
    value: takesValue ? { name: placeholderOf(option), completion: completionOf(option) } : undefined,
  }
}

function placeholderOf(option: Option | Argument): string {
  return 'flags' in option ? (/<(.*)>/.exec(option.flags)?.[1] ?? 'value') : option.name()
}

/** A command and all below it. */
export function flatten(command: CompletedCommand): CompletedCommand[] {
  return [command, ...command.subcommands.flatMap(flatten)]
}
