import type { BuiltPlan } from '../../src/config/build-plan.ts'
import { buildPlan } from '../../src/config/build-plan.ts'
import { parseProfile } from '../../src/config/profile.ts'
import { PROFILE_CONTEXT } from '../../src/app/facts.ts'

export const PROFILE_TEXT = `name: test
operations:
  - command: SET
  - command: GET
`

/** A real plan, made as the command line makes it. `flags` by setting key. */
export function planOf(
  flags: Readonly<Record<string, string | boolean>> = {},
  options: { readonly environment?: Record<string, string>; readonly profile?: string } = {},
): BuiltPlan {
  const given = Object.entries(flags).map(([key, input]) => [key, { flag: `--${key}`, input }] as const)
  return buildPlan(
    {
      flags: new Map(given),
      environment: options.environment ?? {},
      profile: parseProfile(options.profile ?? PROFILE_TEXT, 'test.yaml', PROFILE_CONTEXT),
    },
    { clientVersion: 'ioredis-test' },
  )
}
