import { findProfile } from './find-profile.ts'
import { type Profile, type ProfileContext, readProfile } from './profile.ts'

/** Finds, parses and checks a profile. */
export function loadProfile(nameOrPath: string, context: ProfileContext): Profile {
  return readProfile(findProfile(nameOrPath, context.workloadsFolder), context)
}
