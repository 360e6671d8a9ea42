import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { ProfileContext } from '../config/profile.ts'
import { commandBook } from '../workload/command-book.ts'

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }

/** Version of this tool. */
export const TOOL_VERSION = version

/** Folder of the profiles that come with the tool. */
export const WORKLOADS_FOLDER = fileURLToPath(new URL('../../workloads/', import.meta.url))

/** What reading a profile needs to know of the rest. */
export const PROFILE_CONTEXT: ProfileContext = { commands: commandBook, workloadsFolder: WORKLOADS_FOLDER }

export { CLIENT_VERSION } from '../redis/client-version.ts'
