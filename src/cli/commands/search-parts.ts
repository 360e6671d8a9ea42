import type { CapacityParts } from '../../app/capacity/find-capacity.ts'
import { TOOL_VERSION } from '../../app/facts.ts'
import type { BuiltPlan } from '../../config/build-plan.ts'
import { SETTINGS, type Setting } from '../../config/settings.ts'
import type { ExitCode } from '../exit-codes.ts'
import { handleSignals } from '../signals.ts'
import type { Terminal } from '../terminal.ts'
import type { PlanFromOptions } from './plan-from-options.ts'

/** How the keys of settings begin that a search decides itself, or that mean nothing for it. */
const LEFT_OUT = [
  'load.target_ops_per_second',
  'load.duration',
  'load.count',
  'load.think_time',
  'load.concurrency',
  'load.stages',
  'load.repeat_stages',
  'load.ramp',
  'load.spike.',
  'load.sine.',
  'load.on',
  'load.off',
  'load.step.',
  'thresholds',
  'expect',
  'metrics.linger',
  'output.',
]
const KEPT = new Set(['output.file', 'output.quiet'])

/** The settings of `run` that a search has as well, but for those whose flags are its own. */
export function settingsOfSearch(ownFlags: readonly string[]): Setting[] {
  return SETTINGS.filter(
    ({ key, flags }) =>
      (KEPT.has(key) || !LEFT_OUT.some((beginning) => key.startsWith(beginning))) &&
      !flags.some((flag) => ownFlags.includes(flag)),
  )
}

type PartsOfProcess = Pick<
  CapacityParts,
  'built' | 'toolVersion' | 'environment' | 'log' | 'lines' | 'onStopRequest'
>

/** What every search needs of this process, and the signal that came, if one came. */
export async function openSearch(
  built: BuiltPlan,
  { environment, notices }: PlanFromOptions,
  terminal: Terminal,
): Promise<{ readonly parts: PartsOfProcess; readonly signal: () => ExitCode | undefined }> {
  const { createLog } = await import('../../app/create-log.ts')
  const { log, lines } = createLog({
    plan: built.plan,
    secrets: built.secrets,
    environment,
    stderr: process.stderr,
    span: () => undefined,
  })
  for (const notice of notices) log.warn({}, notice)
  const signals = handleSignals(terminal.stderr)
  return {
    parts: {
      built,
      toolVersion: TOOL_VERSION,
      environment,
      log,
      lines,
      onStopRequest: (listener) => signals.onFirst(listener),
    },
    signal: () => signals.received,
  }
}
