import { setFlagsFromString } from 'node:v8'
import type { Command } from 'commander'
import type { SpanIds } from '../../model/log.ts'
import { printPlan } from '../../config/print-plan.ts'
import { renderConfig } from '../../config/save-config.ts'
import { writeWhole } from '../../app/write-result.ts'
import { systemReason, UsageError } from '../../model/errors.ts'
import { TOOL_VERSION } from '../../app/facts.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { addSettingFlags } from '../flags.ts'
import { addPlanOutputOptions, addProfileOption, addSourceOptions } from '../plan-options.ts'
import { screenFor } from '../live-screen.ts'
import { handleSignals } from '../signals.ts'
import { columnsOf, hasColours, type Terminal } from '../terminal.ts'
import { dryRunCommand } from './dry-run.ts'
import { planFromOptions, type PlanFromOptions } from './plan-from-options.ts'
import { addSeriesOptions, isSeries, type OneOfSeries, runSeries, type SeriesOptions } from './run-series.ts'

interface RunOptions extends SeriesOptions {
  readonly printPlan?: true
  readonly saveConfig?: string
  readonly dryRun?: true
  readonly json?: true
}

/** `redis-test run`: puts a load on a Redis server and reports what happened. */
export function addRunCommand(program: Command, terminal: Terminal): void {
  const command = program.command('run').description('Put a load on a Redis server and report what happened')
  addProfileOption(command)
  addSettingFlags(command)
  addSourceOptions(command)
  addPlanOutputOptions(command)
  addSeriesOptions(command)
  command.action(async (options: RunOptions) => {
    checkTogether(options)
    const planned = await planFromOptions(command, terminal)
    const { printPlan: isToPrint, saveConfig, dryRun, json } = options
    if (isToPrint !== true && saveConfig === undefined && dryRun !== true) {
      terminal.exitCode = isSeries(options)
        ? await runSeries(planned, options, terminal, run)
        : await run(planned, terminal)
      return
    }
    for (const notice of planned.notices) terminal.stderr(`redis-test: ${notice}\n`)
    if (saveConfig !== undefined) saveSettings(saveConfig, planned)
    if (isToPrint === true) terminal.stdout(printPlan(planned.built))
    if (dryRun === true) terminal.exitCode = await dryRunCommand(planned, terminal, json === true)
  })
}

function checkTogether({ json, dryRun }: RunOptions): void {
  if (json === true && dryRun !== true)
    throw new UsageError([
      { path: '--json', message: 'belongs to --dry-run', hint: 'a run writes its result with --output-file' },
    ])
}

function saveSettings(path: string, { built, profileName }: PlanFromOptions): void {
  try {
    writeWhole(path, renderConfig(built, profileName))
  } catch (error) {
    const message = `cannot write ${path}: ${systemReason(error)}`
    throw new UsageError([{ path: '--save-config', message, hint: 'choose another path' }])
  }
}

async function run(
  { built, environment, notices }: Omit<PlanFromOptions, 'rebuild'>,
  terminal: Terminal,
  series?: OneOfSeries,
): Promise<ExitCode> {
  const { plan, secrets } = built
  let span: SpanIds | undefined
  const { createLog } = await import('../../app/create-log.ts')
  const { log, lines } = createLog({
    plan,
    secrets,
    environment,
    stderr: { isTTY: process.stderr.isTTY, write: terminal.stderr },
    span: () => span,
  })
  for (const notice of notices) log.warn({}, notice)
  keepHeapAsItIs()
  const signals = series?.signals ?? handleSignals(terminal.stderr)
  const screen = screenFor(plan.output, process.env, () => signals.request())
  const { quiet, progress } = plan.output
  if (series !== undefined && screen === undefined && !quiet && progress !== 'none')
    terminal.stderr(`redis-test: ${series.place}\n`)
  const { InterruptedError, runTest } = await import('../../app/run-test.ts')
  const { verdictOf } = await import('../../app/text.ts')
  const result = await runTest({
    built,
    toolVersion: TOOL_VERSION,
    environment,
    log,
    lines,
    stdout: series?.stdout ?? terminal.stdout,
    stderr: terminal.stderr,
    hasColours: hasColours(process.stdout, environment),
    columns: columnsOf(process.stdout),
    signal: () => signals.received,
    screen,
    place: series?.place,
    onStopRequest: (listener) => signals.onFirst(listener),
    onSpan: (ids) => {
      span = ids
    },
  }).catch((error: unknown) => {
    if (error instanceof InterruptedError) return error
    throw error
  })
  if (result instanceof InterruptedError) {
    terminal.stderr(`redis-test: ${result.message}\n`)
    return signals.received ?? EXIT.internalError
  }
  series?.onResult(result)
  return verdictOf(result, signals.received).exitCode
}

/**
 * The main thread does little, and V8 shrinks the heap of such a thread, only to grow it again over the next minutes.
 * That would look like a leak to whoever watches the memory of a run.
 */
function keepHeapAsItIs(): void {
  setFlagsFromString('--no-memory-reducer')
}
