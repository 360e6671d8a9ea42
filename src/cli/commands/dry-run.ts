import { TOOL_VERSION } from '../../app/facts.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'
import type { PlanFromOptions } from './plan-from-options.ts'

/** `redis-test run --dry-run`: everything but the load. */
export async function dryRunCommand(
  { built, environment }: PlanFromOptions,
  terminal: Terminal,
  asJson: boolean,
): Promise<ExitCode> {
  process.title = 'redis-test'
  const { createLog } = await import('../../app/create-log.ts')
  const { dryRun } = await import('../../app/dry-run.ts')
  const { renderTextDryRun } = await import('../../app/text.ts')
  const { plan, secrets } = built
  const { log } = createLog({
    plan,
    secrets,
    environment,
    stderr: process.stderr,
    span: () => undefined,
  })
  const report = await dryRun({ built, toolVersion: TOOL_VERSION, environment, log })
  terminal.stdout(asJson ? `${JSON.stringify(report, undefined, 2)}\n` : renderTextDryRun(report))
  return report.can_run ? EXIT.ok : EXIT.cannotConnect
}
