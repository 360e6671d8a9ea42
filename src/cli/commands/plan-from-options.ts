import type { Command } from 'commander'
import { type BuiltPlan, buildPlan } from '../../config/build-plan.ts'
import { readEnvironment } from '../../config/environment.ts'
import { loadProfile } from '../../config/load-profile.ts'
import { CLIENT_VERSION, PROFILE_CONTEXT } from '../../app/facts.ts'
import { collectFlags } from '../flags.ts'

const DEFAULT_PROFILE = 'basic_rw'

export interface PlanFromOptions {
  readonly built: BuiltPlan
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Flags, environment and profile as one plan; throws every problem at once. */
export function planFromOptions(command: Command, profileName?: string): PlanFromOptions {
  const environment = readEnvironment(process.env)
  const name = profileName ?? environment['TEST_WORKLOAD_PROFILE'] ?? DEFAULT_PROFILE
  const profile = loadProfile(name, PROFILE_CONTEXT)
  const built = buildPlan(
    { flags: collectFlags(command), environment, profile },
    { clientVersion: CLIENT_VERSION },
  )
  return { built, environment }
}
