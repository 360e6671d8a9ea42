import type { BuiltPlan } from '../config/build-plan.ts'
import { checkThresholds } from '../config/check-thresholds.ts'
import { ConnectError, type Problem, UsageError } from '../model/errors.ts'
import type { SeriesInfo } from '../model/ledger.ts'
import type { RunPlan, Topology } from '../model/plan.ts'
import { commandBook, nameOf } from '../workload/command-book.ts'
import { isDangerousToServer } from '../workload/dangerous-commands.ts'
import { parseTemplate } from '../workload/template.ts'
import { causeOf, type ControlClient } from '../redis/control-client.ts'

const LIMIT_MILLIS = 5000

/** Refuses a plan that asks about something the workload does not have. */
export function checkWhatIsAsked(built: BuiltPlan, series: readonly SeriesInfo[]): void {
  const operations = [...new Set(series.map(({ operation }) => operation))]
  const problems = checkThresholds(built, operations)
  if (problems.length > 0) throw new UsageError(problems)
}

/** Facts about the server, for the report. Empty where the user may not ask. */
export async function readServerFacts(control: ControlClient): Promise<Record<string, string>> {
  try {
    const info = await control.info(LIMIT_MILLIS, 'server')
    const replication = await control.info(LIMIT_MILLIS, 'replication')
    const valkey = info.get('valkey_version')
    const facts: Record<string, string | undefined> = {
      name: valkey === undefined ? 'Redis' : 'Valkey',
      version: valkey ?? info.get('redis_version'),
      mode: info.get('server_mode') ?? info.get('redis_mode'),
      role: replication.get('role'),
      os: info.get('os'),
      protocol: String(control.negotiatedProtocol),
    }
    return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >
  } catch (error) {
    return { unknown_because: causeOf(error) }
  }
}

/** Refuses targets on which this load cannot mean what it says. */
export function checkServer(
  facts: Readonly<Record<string, string>>,
  needs: { readonly writes: boolean; readonly topology: Topology },
): void {
  const { topology } = needs
  if (facts['mode'] === 'cluster' && topology !== 'cluster')
    throw new ConnectError('the server is a node of a Redis Cluster', 'use --topology cluster')
  if (facts['mode'] !== undefined && facts['mode'] !== 'cluster' && topology === 'cluster')
    throw new ConnectError('the server is not a node of a Redis Cluster', 'leave out --topology cluster')
  if (facts['mode'] === 'sentinel')
    throw new ConnectError(
      'the server is a Sentinel',
      'with --topology sentinel and --sentinel-master it says where the master is',
    )
  if (facts['role'] === 'slave' && needs.writes && topology === 'standalone')
    throw new ConnectError('the server is a replica, and the workload writes', 'point it at its master')
}

/** Asks the server whether it has every command of the workload, and whether it takes that many arguments. */
export async function checkCommands(plan: RunPlan, control: ControlClient): Promise<void> {
  const commands = plan.operations.flatMap(({ commands: own, on_nil }, index) =>
    [...own, ...(on_nil === null ? [] : [on_nil])].map((command) => ({
      path: `operations.${index}`,
      command,
    })),
  )
  const names = commands.map(({ command }) => nameOf(command).split(' ')[0]!)
  const infos = await askForCommands(control, names)
  if (infos === undefined) return
  const categories = await categoriesOf(control, infos, commands)
  const problems = commands.flatMap(({ path, command }, index): Problem[] => {
    const message =
      commandProblem(command, infos[index]) ??
      (plan.safety.allow_dangerous ? undefined : dangerProblem(command, categories[index]!))
    return message === undefined ? [] : [{ path, message }]
  })
  if (problems.length > 0) throw new UsageError(problems)
}

/** What the server itself calls dangerous: a command of a module, or one of a version that is newer than we are. */
function dangerProblem(command: string, categories: readonly string[]): string | undefined {
  const name = nameOf(command)
  if (commandBook.isDangerous(command) || !isDangerousToServer(name, categories)) return undefined
  return `${name} reaches beyond the keys of the run (the server puts it into ${categories.join(' ')}): --allow-dangerous permits it`
}

/** ACL categories of each command; of its subcommand where it has one and the server is new enough to tell them apart. */
async function categoriesOf(
  control: ControlClient,
  infos: readonly unknown[],
  commands: readonly { readonly command: string }[],
): Promise<string[][]> {
  const subcommands = commands.map(({ command }) => nameOf(command).replace(' ', '|').toLowerCase())
  const ofSubcommands = subcommands.some((name) => name.includes('|'))
    ? await askForCommands(control, subcommands)
    : undefined
  return infos.map((info, index) => {
    const own = ofSubcommands?.[index]
    return categoriesIn(Array.isArray(own) ? own : info)
  })
}

/** The seventh field, since Redis 6. */
function categoriesIn(info: unknown): string[] {
  const field: unknown = Array.isArray(info) ? (info as unknown[])[6] : undefined
  return Array.isArray(field) ? field.map(String).filter((name) => /^@[a-z]{1,32}$/.test(name)) : []
}

/** `undefined` where the user may not ask. */
async function askForCommands(
  control: ControlClient,
  names: readonly string[],
): Promise<unknown[] | undefined> {
  try {
    const answer = await control.call('COMMAND', ['INFO', ...names], LIMIT_MILLIS)
    return Array.isArray(answer) ? (answer as unknown[]) : undefined
  } catch {
    return undefined
  }
}

/** The second field of a command's info is its arity: so many words, or at least so many if it is negative. */
function commandProblem(command: string, info: unknown): string | undefined {
  const name = nameOf(command)
  if (!Array.isArray(info)) return `this server has no command ${name}`
  const arity = Number((info as unknown[])[1])
  const words = parseTemplate(commandBook.templateOf(command)).length
  if (name.includes(' ') || (arity >= 0 ? words === arity : words >= -arity)) return undefined
  const wanted = arity >= 0 ? `${arity - 1}` : `at least ${-arity - 1}`
  return `${name} takes ${wanted} arguments, and ${words - 1} are given: ${command}`
}
