import type { Log } from '../model/log.ts'
import type { RunPlan, Secrets } from '../model/plan.ts'
import { createLog as createTelemetryLog, type LogParts } from '../telemetry/log.ts'

/** The log of a run, which can never hold its secrets. */
export function createLog(parts: {
  readonly plan: RunPlan
  readonly secrets: Secrets
  readonly stderr: LogParts['stderr']
  readonly traceId: () => string | undefined
}): Log {
  const { plan, secrets, stderr, traceId } = parts
  const { run_id, app_name, instance_id } = plan.identity
  return createTelemetryLog({
    plan: plan.log,
    base: { run_id, app_name, instance_id },
    secrets: [secrets.password, secrets.tlsKeyPassphrase].filter((secret) => secret !== null),
    stderr,
    traceId,
  })
}
