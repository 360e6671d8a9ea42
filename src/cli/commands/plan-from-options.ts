import type { Command } from 'commander'
import { type BuiltPlan, buildPlan } from '../../config/build-plan.ts'
import { type ConfigFile, loadConfigFile } from '../../config/config-file.ts'
import { readEnvironment } from '../../config/environment.ts'
import { loadProfile } from '../../config/load-profile.ts'
import { SETTINGS } from '../../config/settings.ts'
import { hasPassword } from '../../config/redis-url.ts'
import type { FileEntry } from '../../config/sources.ts'
import { hideSecrets } from '../../app/hide-secrets.ts'
import { checkVerification } from '../../app/check-verification.ts'
import { CLIENT_VERSION, PROFILE_CONTEXT } from '../../app/facts.ts'
import { UsageError } from '../../model/errors.ts'
import { collectFlags, type GivenFlag } from '../flags.ts'
import type { PlanOptions } from '../plan-options.ts'
import { startNotices } from '../hide-from-others.ts'
import { readPassword } from '../read-password.ts'
import type { Terminal } from '../terminal.ts'

const DEFAULT_PROFILE = 'basic_rw'
const NO_FILE: ConfigFile = { settings: new Map(), profile: undefined, notices: [] }

export interface PlanFromOptions {
  readonly built: BuiltPlan
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Name or path of the profile, as it was given. */
  readonly profileName: string
  /** What deserves a warning, and is no mistake. */
  readonly notices: readonly string[]
  /** The plan of another run with the same settings but these; a new run id and seed unless they were given. */
  readonly rebuild: (over: ReadonlyMap<string, FileEntry>, profile?: string) => BuiltPlan
}

/**
 * Flags, environment, configuration file and profile as one plan; throws every problem at once. `added`: settings that the
 * command gives by itself, by their keys.
 */
export async function planFromOptions(
  command: Command,
  terminal: Terminal,
  added: ReadonlyMap<string, GivenFlag> = new Map(),
): Promise<PlanFromOptions> {
  const options = command.opts<PlanOptions>()
  const environment = readEnvironment(process.env)
  const path = options.configFile ?? nonEmpty(environment['CONFIG_FILE'])
  const file = path === undefined ? NO_FILE : loadConfigFile(path)
  const profileName =
    options.workloadProfile ??
    nonEmpty(environment['TEST_WORKLOAD_PROFILE']) ??
    file.profile ??
    DEFAULT_PROFILE
  const profile = loadProfile(profileName, PROFILE_CONTEXT)
  const flags = new Map([...collectFlags(command), ...added])
  await addPassword(flags, options, terminal)
  const hidings: ((text: string) => string)[] = []
  const rebuild: PlanFromOptions['rebuild'] = (over, other) => {
    const usedProfile = other === undefined ? profile : loadProfile(other, PROFILE_CONTEXT)
    const inputs = { flags, environment, profile: usedProfile, file: file.settings, over }
    const built = buildPlan(inputs, { clientVersion: CLIENT_VERSION })
    hidings.push(hideSecrets(built.secrets, environment))
    terminal.hide((text) => hidings.reduce((shown, hide) => hide(shown), text))
    checkVerification(built.plan, built.origins)
    return built
  }
  const built = rebuild(new Map())
  forgetSecrets()
  const warnings = options.authWarning === false ? [] : visibleSecrets(flags)
  const notices = [...startNotices, ...warnings, ...file.notices, ...built.notices]
  return { built, environment, profileName, notices, rebuild }
}

/** As redis-cli says it. */
function visibleSecrets(flags: ReadonlyMap<string, GivenFlag>): string[] {
  const isVisible = SETTINGS.some(({ key, secret }) => {
    const given = flags.get(key)
    if (secret === undefined || given === undefined || given.flag.endsWith('-stdin')) return false
    return secret !== 'holds one' || hasPassword(String(given.input))
  })
  if (!isVisible) return []
  return [
    'a password on the command line can be read by others on this machine before it is hidden; REDIS_PASSWORD cannot (--no-auth-warning says nothing)',
  ]
}

/** A server that we start, and a diagnostic report, need not know what has been read. */
function forgetSecrets(): void {
  for (const { secret, env } of SETTINGS)
    if (secret !== undefined) for (const name of env) delete process.env[name]
}

async function addPassword(
  flags: Map<string, GivenFlag>,
  options: PlanOptions,
  terminal: Terminal,
): Promise<void> {
  const password = await readPassword(options, terminal.stderr)
  if (password === undefined) return
  const other = flags.get('target.password') ?? flags.get('target.password_file')
  if (other !== undefined)
    throw new UsageError([
      { path: password.flag, message: `there is ${other.flag} as well`, hint: 'give one of the two' },
    ])
  flags.set('target.password', password)
}

/** An empty variable is as good as an unset one. */
function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
