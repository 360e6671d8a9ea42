import { createRequire } from 'node:module'

const { version } = createRequire(import.meta.url)('ioredis/package.json') as { version: string }

/** The client that is measured, as the label `version` names it: `ioredis-6.0.0`. */
export const CLIENT_VERSION = `ioredis-${version}`
