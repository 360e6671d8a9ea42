import { Argument, type Command } from 'commander'
import { WORKLOADS_FOLDER } from '../../app/facts.ts'
import { listProfiles } from '../../config/find-profile.ts'
import { UsageError } from '../../model/errors.ts'
import { bashScript } from '../completion/bash.ts'
import { type CompletedCommand, describeCommands } from '../completion/command-tree.ts'
import { fishScript } from '../completion/fish.ts'
import { zshScript } from '../completion/zsh.ts'
import { completeWith } from '../completions.ts'
import type { Terminal } from '../terminal.ts'

type Script = (program: CompletedCommand, profiles: readonly string[]) => string

/** Shells, and what writes their scripts. */
const SHELLS: Readonly<Record<string, Script>> = { bash: bashScript, zsh: zshScript, fish: fishScript }

/** `redis-test completion SHELL`: prints a script that completes commands, flags and their values. */
export function addCompletionCommand(program: Command, terminal: Terminal): void {
  const words = Object.keys(SHELLS)
  const shell = new Argument('<shell>', words.join(', '))
  program
    .command('completion')
    .description('Print a script that completes commands, flags and values in a shell')
    .addArgument(completeWith(shell, { kind: 'words', words }))
    .action((name: string) => {
      const script = Object.hasOwn(SHELLS, name) ? SHELLS[name] : undefined
      if (script === undefined)
        throw new UsageError([
          {
            path: 'completion',
            message: `no such shell: ${JSON.stringify(name)}`,
            hint: `known are ${words.join(', ')}`,
          },
        ])
      terminal.stdout(script(describeCommands(program), listProfiles(WORKLOADS_FOLDER)))
    })
}
