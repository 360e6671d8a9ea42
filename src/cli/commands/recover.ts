import { Argument, type Command } from 'commander'
import { SETTINGS } from '../../config/settings.ts'
import { completeWith } from '../completions.ts'
import { EXIT } from '../exit-codes.ts'
import { addSettingFlags } from '../flags.ts'
import { addSourceOptions } from '../plan-options.ts'
import type { Terminal } from '../terminal.ts'
import { planFromOptions } from './plan-from-options.ts'

/** Where the servers are, the journal knows; how to get in, it must not. */
const isCredential = (key: string): boolean =>
  /^target\.(?:url|password|password_file|sentinel\.password|tls\.key_passphrase)$/.test(key)

/** `redis-test recover JOURNAL`: takes back the faults of a run that could not do it itself. */
export function addRecoverCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('recover')
    .description('Take back the faults of a run that was killed, from its journal')
    .addArgument(
      completeWith(new Argument('<journal>', 'file that was written with --journal'), { kind: 'path' }),
    )
  addSettingFlags(
    command,
    SETTINGS.filter(({ key }) => isCredential(key)),
  )
  addSourceOptions(command)
  command.action(async (journal: string) => {
    const { built } = await planFromOptions(command, terminal)
    process.title = 'redis-test'
    const { recover } = await import('../../app/recover.ts')
    const recoveries = await recover(journal, built.secrets, ({ kind, step, outcome, error }) => {
      const what = `${kind}: ${step}`
      if (outcome === undefined) terminal.stderr(`redis-test: NOT TAKEN BACK: ${what}: ${error ?? ''}\n`)
      else terminal.stdout(`${outcome === 'done' ? 'taken back' : 'not needed'}: ${what}\n`)
    })
    if (recoveries.length === 0) terminal.stdout('nothing to take back\n')
    if (recoveries.some(({ outcome }) => outcome === undefined)) terminal.exitCode = EXIT.internalError
  })
}
