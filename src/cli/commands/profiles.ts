import { Argument, type Command } from 'commander'
import { buildPlan } from '../../config/build-plan.ts'
import { findProfile, listProfiles } from '../../config/find-profile.ts'
import { loadProfile } from '../../config/load-profile.ts'
import { profileJsonSchema } from '../../config/profile-json-schema.ts'
import { CLIENT_VERSION, PROFILE_CONTEXT, WORKLOADS_FOLDER } from '../../app/facts.ts'
import { alignColumns } from '../../app/text.ts'
import { type Problem, UsageError } from '../../model/errors.ts'
import type { RunPlan } from '../../model/plan.ts'
import { completeWith } from '../completions.ts'
import type { Terminal } from '../terminal.ts'

/** `redis-test profiles list | show NAME | validate FILE… | schema`. */
export function addProfilesCommand(program: Command, terminal: Terminal): void {
  const list = (): void => terminal.stdout(listText())
  const show = (name: string): void => terminal.stdout(findProfile(name, WORKLOADS_FOLDER).text)
  const profiles = program.command('profiles').description('List, show and check workload profiles')
  profiles.command('list').description('List the profiles that come with the tool').action(list)
  profiles.command('show').description('Print a profile').addArgument(oneProfile()).action(show)
  profiles
    .command('validate')
    .description('Check profiles; every problem is reported at once')
    .addArgument(completeWith(new Argument('<file...>', 'paths or names of profiles'), { kind: 'profile' }))
    .action((files: string[]) => validate(files, terminal))
  profiles
    .command('schema')
    .description('Print the JSON Schema of a profile, for editors')
    .action(() => {
      terminal.stdout(`${JSON.stringify(profileJsonSchema(PROFILE_CONTEXT.commands), undefined, 2)}\n`)
    })
  // As the test applications for other clients call them.
  program.command('list-profiles', { hidden: true }).description('The same as `profiles list`').action(list)
  program
    .command('describe-profile', { hidden: true })
    .description('The same as `profiles show`')
    .addArgument(oneProfile())
    .action(show)
}

function oneProfile(): Argument {
  return completeWith(new Argument('<name>', 'name or path of a profile'), { kind: 'profile' })
}

function listText(): string {
  const plans = listProfiles(WORKLOADS_FOLDER).map((name) => planOf(name))
  const rows = plans.map((plan) => [plan.profile.name, loadOf(plan), operationsOf(plan)])
  const columns = alignColumns([['NAME', 'LOAD', 'OPERATIONS'], ...rows], 3)
  const lines = columns.flatMap((line, index) =>
    index === 0 ? [line] : [line, `  ${plans[index - 1]!.profile.description}`],
  )
  return `${lines.join('\n')}\n`
}

function validate(files: readonly string[], terminal: Terminal): void {
  const problems: Problem[] = []
  for (const file of files) {
    try {
      terminal.stdout(`${file}: ok, profile ${planOf(file, true).profile.name}\n`)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      problems.push(...error.problems)
    }
  }
  if (problems.length > 0) throw new UsageError(problems)
}

/** The plan that a profile comes to with nothing else said. */
function planOf(nameOrPath: string, allowDangerous = false): RunPlan {
  const flag = { flag: '--allow-dangerous', input: allowDangerous }
  const flags = new Map([['safety.allow_dangerous', flag]])
  const profile = loadProfile(nameOrPath, PROFILE_CONTEXT)
  return buildPlan({ flags, environment: {}, profile }, { clientVersion: CLIENT_VERSION }).plan
}

/** `1000/s, 50 clients`. */
function loadOf({ load, batch }: RunPlan): string {
  const rate = load.target_ops_per_second === null ? 'closed loop' : `${load.target_ops_per_second}/s`
  const clients = `${load.clients} client${load.clients === 1 ? '' : 's'}`
  return [rate, clients, ...(batch.kind === 'none' ? [] : [`${batch.kind}s of ${batch.size}`])].join(', ')
}

/** `GET 60 %, SET 40 %, BLPOP on 5`. */
function operationsOf({ operations }: RunPlan): string {
  const total = operations.reduce((sum, { weight }) => sum + weight, 0)
  return operations
    .map(({ name, weight, connections }) =>
      connections > 0
        ? `${name} on ${connections}`
        : `${name} ${Number(((100 * weight) / total).toPrecision(2))} %`,
    )
    .join(', ')
}
