import { type Problem } from '../model/errors.ts'
import type { Profile } from './profile.ts'
import { SETTINGS, type Setting } from './settings.ts'

/** Where a value of the plan comes from; a higher rank wins. */
export const RANK = { default: 0, profile: 1, configFile: 2, environment: 3, flag: 4, over: 5 } as const

export interface Sourced {
  readonly value: unknown
  readonly rank: number
  /** For people: `flag --host`, `environment REDIS_HOST`, `file my.yaml:2:9`, `profile basic_rw.yaml:12:3`, `default`. */
  readonly origin: string
}

export interface Inputs {
  /** Flags by setting key, as the user typed them. */
  readonly flags: ReadonlyMap<string, { readonly flag: string; readonly input: string | boolean }>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly profile: Profile
  /** Settings of a configuration file, by setting key. */
  readonly file?: ReadonlyMap<string, FileEntry>
  /** What wins over all of those: in what one run of a series differs from the others. */
  readonly over?: ReadonlyMap<string, FileEntry>
}

/** A value in a configuration file. */
export interface FileEntry {
  readonly input: unknown
  /** `file:line:column`. */
  readonly where: string
}

export type Resolved = Map<string, Sourced>

/** The winning value of every setting; what does not pass its check is a problem, whether it would have won or not. */
export function resolveSettings(inputs: Inputs, problems: Problem[]): Resolved {
  const resolved: Resolved = new Map()
  for (const setting of SETTINGS) {
    const candidates = [
      fromEntry(setting, inputs.over, { rank: RANK.over, origin: '' }, problems),
      fromFlag(setting, inputs, problems),
      fromEnvironment(setting, inputs.environment, problems),
      fromEntry(setting, inputs.file, { rank: RANK.configFile, origin: 'file ' }, problems),
      fromProfile(setting, inputs.profile),
    ]
    const winner = candidates.find((candidate) => candidate !== undefined)
    resolved.set(setting.key, winner ?? { value: setting.default, rank: RANK.default, origin: 'default' })
  }
  return resolved
}

/** Gives a setting a value that another one stands for, unless it has one of the same or a higher rank already. */
export function giveWay(resolved: Resolved, key: string, sourced: Sourced): void {
  const own = resolved.get(key)
  if (own === undefined || own.rank < sourced.rank || own.rank === RANK.default) resolved.set(key, sourced)
}

function fromFlag(setting: Setting, { flags }: Inputs, problems: Problem[]): Sourced | undefined {
  const given = flags.get(setting.key)
  if (given === undefined) return undefined
  return check(setting, given.input, { rank: RANK.flag, origin: `flag ${given.flag}` }, problems)
}

/** An empty variable is as good as an unset one: compose files and .env templates are full of them. */
function fromEnvironment(
  setting: Setting,
  environment: Inputs['environment'],
  problems: Problem[],
): Sourced | undefined {
  const name = setting.env.find((candidate) => (environment[candidate] ?? '') !== '')
  if (name === undefined) return undefined
  return check(
    setting,
    environment[name]!,
    { rank: RANK.environment, origin: `environment ${name}` },
    problems,
  )
}

function fromEntry(
  setting: Setting,
  entries: ReadonlyMap<string, FileEntry> | undefined,
  { rank, origin }: { readonly rank: number; readonly origin: string },
  problems: Problem[],
): Sourced | undefined {
  const entry = entries?.get(setting.key)
  if (entry === undefined) return undefined
  return check(setting, entry.input, { rank, origin: `${origin}${entry.where}` }, problems)
}

function fromProfile(setting: Setting, profile: Profile): Sourced | undefined {
  if (!setting.inProfile) return undefined
  let value: unknown = profile.value
  for (const step of setting.key.split('.')) value = (value as Record<string, unknown> | undefined)?.[step]
  if (value === undefined) return undefined
  return { value, rank: RANK.profile, origin: `profile ${profile.locate(setting.key)}` }
}

function check(
  setting: Setting,
  input: unknown,
  source: Pick<Sourced, 'rank' | 'origin'>,
  problems: Problem[],
): Sourced | undefined {
  const result = setting.kind.schema.safeParse(input)
  if (result.success) return { value: result.data, ...source }
  const message = result.error.issues[0]?.message ?? 'is not valid'
  problems.push({
    path: setting.key,
    where: source.origin,
    message: setting.secret !== undefined ? message.replace(/, got .*$/, '') : message,
  })
  return undefined
}
