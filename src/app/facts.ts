import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { commandBook } from '../workload/command-book.ts'

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }

/** Version of this tool. */
export const TOOL_VERSION = version

/** Commands that a profile may name. */
export const OPERATION_NAMES: readonly string[] = commandBook.names

/** Folder of the profiles that come with the tool. */
export const WORKLOADS_FOLDER = fileURLToPath(new URL('../../workloads/', import.meta.url))

export { CLIENT_VERSION } from '../redis/client-version.ts'
