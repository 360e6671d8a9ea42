import type { Command } from 'commander'
import { findProfile, listProfiles, loadProfile } from '../../config/find-profile.ts'
import { OPERATION_NAMES, WORKLOADS_FOLDER } from '../../app/facts.ts'
import { alignColumns } from '../../app/text.ts'
import type { Terminal } from '../terminal.ts'

/** `redis-test profiles list | show NAME | validate FILE`. */
export function addProfilesCommand(program: Command, terminal: Terminal): void {
  const profiles = program.command('profiles').description('List, show and check workload profiles')
  profiles
    .command('list')
    .description('List the profiles that come with the tool')
    .action(() => {
      const rows = listProfiles(WORKLOADS_FOLDER).map((name) => {
        const { value } = loadProfile(name, WORKLOADS_FOLDER, OPERATION_NAMES)
        return [name, value.description ?? '']
      })
      terminal.stdout(`${alignColumns(rows, 2).join('\n')}\n`)
    })
  profiles
    .command('show')
    .description('Print a profile')
    .argument('<name>', 'name or path of a profile')
    .action((name: string) => {
      terminal.stdout(findProfile(name, WORKLOADS_FOLDER).text)
    })
  profiles
    .command('validate')
    .description('Check a profile; every problem is reported at once')
    .argument('<file>', 'path or name of a profile')
    .action((file: string) => {
      const { value } = loadProfile(file, WORKLOADS_FOLDER, OPERATION_NAMES)
      terminal.stdout(`${file}: ok, profile ${value.name}\n`)
    })
}
