import type { Log } from '../model/log.ts'
import type { RunPlan, Secrets } from '../model/plan.ts'
import { secretTexts } from './hide-secrets.ts'
import { LogTap } from '../telemetry/log-tap.ts'
import { createLog as createTelemetryLog, type LogParts } from '../telemetry/log.ts'

export interface RunLog {
  readonly log: Log
  /** What was logged, for telemetry. */
  readonly lines: LogTap
}

/** The log of a run, which can never hold its secrets. */
export function createLog(parts: {
  readonly plan: RunPlan
  readonly secrets: Secrets
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stderr: LogParts['stderr']
  readonly span: LogParts['span']
}): RunLog {
  const { plan, secrets, environment, stderr, span } = parts
  const lines = new LogTap()
  const { run_id, app_name, instance_id } = plan.identity
  const log = createTelemetryLog({
    plan: plan.log,
    base: { run_id, app_name, instance_id },
    secrets: secretTexts(secrets, environment),
    stderr,
    span,
    lines,
  })
  return { log, lines }
}
