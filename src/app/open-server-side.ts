import { hideSecrets } from './hide-secrets.ts'
import { openDeployment } from './deployment.ts'
import type { PrepareParts, RunFrame } from './prepare-run.ts'
import { connectionNamePrefixOf } from './run-plan-parts.ts'
import { ServerSide } from './server-side.ts'

/** Ready to look at the servers, over connections of its own; `undefined` when the plan does not want it. */
export function openServerSide(
  { tool, log, environment }: RunFrame,
  { plan, secrets, cleanup }: PrepareParts,
  now: () => number,
): ServerSide | undefined {
  if (plan.server.metrics === 'off') return undefined
  const deployment = openDeployment(plan, secrets)
  const side = new ServerSide({
    plan,
    deployment,
    log,
    now,
    hide: hideSecrets(secrets, environment),
    namePrefix: connectionNamePrefixOf(plan),
    onView(view) {
      tool.servers = view
    },
  })
  cleanup.add('close the connections that look at the servers', () => {
    side.stop()
    deployment.close()
  })
  return side
}
