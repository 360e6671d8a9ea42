import { type Command, Option } from 'commander'
import { completeWith } from './completions.ts'
import { MOST_USED } from './flags.ts'

const SOURCES = 'Where settings come from:'

/** What decides a plan and is no setting of it. */
export interface PlanOptions {
  readonly workloadProfile?: string
  readonly configFile?: string
  readonly passwordStdin?: true
  readonly askPassword?: true
  readonly authWarning?: boolean
}

/** The profile to run. */
export function addProfileOption(command: Command): void {
  const help =
    'Profile to run: a name from `profiles list`, or a file (TEST_WORKLOAD_PROFILE, default basic_rw)'
  const option = new Option('-w, --workload-profile <name|path>', help).helpGroup(MOST_USED)
  command.addOption(completeWith(option, { kind: 'profile' }))
}

/** Where settings come from, besides flags and variables. */
export function addSourceOptions(command: Command): void {
  const file = new Option(
    '--config-file <path>',
    'YAML or JSON with settings; wins over the profile, not over variables and flags (CONFIG_FILE)',
  ).helpGroup(SOURCES)
  command.addOption(completeWith(file, { kind: 'path' }))
  command.addOption(
    new Option('--password-stdin', 'Read the password from standard input').helpGroup(SOURCES),
  )
  command.addOption(
    new Option(
      '--no-auth-warning',
      'Do not warn of a password on the command line, which others can read',
    ).helpGroup(SOURCES),
  )
  command.addOption(
    new Option('--ask-password', 'Ask for the password on the terminal, without showing it').helpGroup(
      SOURCES,
    ),
  )
}

/** What to do with the plan instead of running it. */
export function addPlanOutputOptions(command: Command): void {
  const add = (flags: string, help: string): void => {
    command.addOption(new Option(flags, help).helpGroup(MOST_USED))
  }
  add('--print-plan', 'Show the plan and where each value comes from, and do not run')
  add('--dry-run', 'Connect, estimate memory and bandwidth, warn of dangers, and send no load')
  add('--json', 'With --dry-run: print what it found as JSON')
  const save = new Option(
    '--save-config <path>',
    'Write the settings, without secrets, as a file for --config-file, and do not run',
  ).helpGroup(SOURCES)
  command.addOption(completeWith(save, { kind: 'path' }))
}
