import type { Command } from 'commander'
import { SETTINGS } from '../../config/settings.ts'
import { addSettingFlags } from '../flags.ts'
import { addSourceOptions } from '../plan-options.ts'
import type { Terminal } from '../terminal.ts'
import { planFromOptions } from './plan-from-options.ts'

/** Settings that decide how to reach a server. */
const GROUPS = new Set(['Target', 'Topology', 'TLS'])

/** `redis-test check`: can I reach it, who is it, what may I do, how far is it. */
export function addCheckCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('check')
    .alias('test-connection')
    .description('Can I reach the server, who is it, what may I do, how far is it')
    .option('--json', 'Print the answers as JSON')
  addSettingFlags(
    command,
    SETTINGS.filter(
      ({ key, group }) =>
        (GROUPS.has(group) || key === 'client.connect_timeout') && key !== 'target.embedded',
    ),
  )
  addSourceOptions(command)
  command.action(async ({ json }: { json?: boolean }) => {
    const { built, notices } = await planFromOptions(command, terminal)
    for (const notice of notices) terminal.stderr(`redis-test: ${notice}\n`)
    const { checkTarget } = await import('../../app/check-target.ts')
    const { renderTextCheck } = await import('../../app/text.ts')
    const report = await checkTarget(built)
    terminal.stdout(json === true ? `${JSON.stringify(report, undefined, 2)}\n` : renderTextCheck(report))
  })
}
