import { UsageError } from '../model/errors.ts'
import type { RunPlan } from '../model/plan.ts'
import { type EmbeddedServer, startEmbeddedServer } from '../redis/embedded-server.ts'
import { findServerBinary } from '../redis/server-binary.ts'
import type { CleanupStack } from './cleanup-stack.ts'
import type { RunDependencies } from './run-test.ts'

/** The plan, which says where the embedded server listens if it wants one, and that server. */
export interface ProvidedTarget {
  readonly plan: RunPlan
  readonly embedded: EmbeddedServer | undefined
}

/** Starts the embedded server if the plan wants one. */
export async function provideTarget(
  { built, environment, log }: Pick<RunDependencies, 'built' | 'environment' | 'log'>,
  cleanup: CleanupStack,
): Promise<ProvidedTarget> {
  const { plan, secrets } = built
  if (!plan.target.embedded) return { plan, embedded: undefined }
  if (secrets.password !== null || plan.target.tls.enabled || plan.target.socket !== null)
    throw new UsageError([
      {
        path: 'target.embedded',
        message: 'the embedded server has no password, no TLS and no socket',
        hint: 'leave those out, or leave out --embedded-redis',
      },
    ])
  const binary = findServerBinary(environment)
  const server = await startEmbeddedServer(binary, directivesOf(plan))
  cleanup.add('stop the embedded server', () => server.stop())
  log.info({ binary, port: server.port }, 'embedded server started')
  const target = { ...plan.target, host: server.host, port: server.port }
  return { plan: { ...plan, target }, embedded: server }
}

function directivesOf({ target }: RunPlan): [string, string][] {
  if (target.embedded_config === '') return []
  return target.embedded_config.split(', ').map((directive) => {
    const [name = '', ...values] = directive.split(' ')
    return [name, values.join(' ')]
  })
}
