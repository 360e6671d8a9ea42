import { type Command, Option } from 'commander'
import { UsageError } from '../../model/errors.ts'
import { SETTINGS } from '../../config/settings.ts'
import { EXIT } from '../exit-codes.ts'
import { addSettingFlags } from '../flags.ts'
import { addProfileOption, addSourceOptions } from '../plan-options.ts'
import type { Terminal } from '../terminal.ts'
import { planFromOptions } from './plan-from-options.ts'

/** Settings that decide how to reach a server. */
const GROUPS = new Set(['Target', 'TLS'])
/** Settings that say which run it was. */
const OF_RUN = new Set(['keys.prefix', 'identity.run_id', 'identity.instance_id', 'safety.yes'])
const LARGEST = 1_000_000

interface CleanupOptions {
  readonly prefix?: string
  readonly dryRun?: true
  readonly limit: string
  readonly rate: string
}

/** `redis-test cleanup`: removes the keys that a run has left behind. */
export function addCleanupCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('cleanup')
    .argument('[journal]', 'Journal of the run that left them')
    .description('Remove the keys that a run has left behind (kill -9), and no others')
    .addOption(new Option('--prefix <text>', 'Keys that begin with it: redis-test:1a2b3c4d'))
    .addOption(new Option('--dry-run', 'Count them and leave them'))
    .addOption(new Option('--limit <seconds>', 'Stop after so long; call it again to go on').default('60'))
    .addOption(new Option('--rate <n>', 'Most keys a second').default('10000'))
  addSettingFlags(
    command,
    SETTINGS.filter(
      ({ key, group }) => (GROUPS.has(group) && !key.startsWith('target.embedded')) || OF_RUN.has(key),
    ),
  )
  addProfileOption(command)
  addSourceOptions(command)
  command.action(async (journal: string | undefined, options: CleanupOptions) => {
    const limitMillis = 1000 * checkNumber('--limit', options.limit)
    const keysPerSecond = checkNumber('--rate', options.rate)
    const { built, notices } = await planFromOptions(command, terminal)
    for (const notice of notices) terminal.stderr(`redis-test: ${notice}\n`)
    const { cleanUp } = await import('../../app/clean-up.ts')
    const { prefix, dryRun } = options
    const isTrial = dryRun === true
    const done = await cleanUp({ built, journal, prefix, limitMillis, keysPerSecond, isTrial })
    const verb = isTrial ? 'found' : 'removed'
    terminal.stdout(`${verb} ${done.removed} keys that begin with ${done.prefix}\n`)
    if (done.complete) return
    terminal.stderr(
      'redis-test: there was no time for all of them: call it again, or with a longer --limit\n',
    )
    terminal.exitCode = EXIT.internalError
  })
}

function checkNumber(path: string, input: string): number {
  const value = Number(input)
  if (input.trim() !== '' && value > 0 && value <= LARGEST) return value
  const message = `expected a number above 0, at most ${LARGEST}, got ${JSON.stringify(input)}`
  throw new UsageError([{ path, message }])
}
