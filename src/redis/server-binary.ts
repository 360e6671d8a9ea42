import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../model/errors.ts'

/** Ships with the package; also run by `npm test` and `.ci/run`. */
const SCRIPT = fileURLToPath(new URL('../../scripts/get-redis-server.mjs', import.meta.url))

/**
 * Path of a redis-server or valkey-server: REDIS_TEST_SERVER_BINARY, then PATH, then whatever the project's script can
 * get on this machine without asking. What it does appears on stderr.
 */
export function findServerBinary(environment: NodeJS.ProcessEnv): string {
  const { status, stdout, error } = spawnSync(process.execPath, [SCRIPT], {
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const path = stdout?.trim() ?? ''
  if (status === 0 && path !== '') return path
  throw new UsageError([
    {
      path: 'target.embedded',
      message: `no redis-server or valkey-server on this machine${error === undefined ? '' : ` (${error.message})`}`,
      hint: 'install one as shown above, or name it in REDIS_TEST_SERVER_BINARY',
    },
  ])
}
