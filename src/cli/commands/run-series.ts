import { type Command, Option } from 'commander'
import { readAgainst } from '../../config/against.ts'
import { orderOfSeries, type SeriesStep } from '../../app/series-order.ts'
import { UsageError } from '../../model/errors.ts'
import type { RunResult } from '../../model/result.ts'
import { isWholeRun } from '../../model/whole-run.ts'
import {
  addCompareOptions,
  type CompareOptions,
  compareSettings,
  exitCodeOfComparison,
} from '../compare-options.ts'
import { completeWith } from '../completions.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { planOfStep } from '../series-plans.ts'
import { handleSignals, type Signals } from '../signals.ts'
import type { Terminal } from '../terminal.ts'
import type { PlanFromOptions } from './plan-from-options.ts'

export interface SeriesOptions extends CompareOptions {
  readonly repeat?: string
  readonly against?: string
  readonly warmupRuns?: string
  readonly comparison?: string
}

/** What a run of a series does otherwise than a single one. */
export interface OneOfSeries {
  readonly signals: Signals
  /** Which one it is: `run 2 of 6`. */
  readonly place: string
  readonly stdout: (text: string) => void
  readonly onResult: (result: RunResult) => void
}

type RunOne = (
  planned: Omit<PlanFromOptions, 'rebuild'>,
  terminal: Terminal,
  series: OneOfSeries,
) => Promise<ExitCode>

const GROUP = 'Several runs, and what differs:'
const MOST_RUNS = 1000

/** Flags of `run` that make it several runs. */
export function addSeriesOptions(command: Command): void {
  const add = (option: Option): void => {
    command.addOption(option.helpGroup(GROUP))
  }
  add(new Option('--repeat <count>', 'This many runs, one after the other (of each side with --against)'))
  const against = new Option(
    '--against <what>',
    'A second side that takes turns with the first: URL of a target, file of settings, or settings (load.clients=50)',
  )
  add(completeWith(against, { kind: 'path' }))
  add(new Option('--warmup-runs <count>', 'Runs of each side before those that count (default 0)'))
  const file = new Option('--comparison <path>', 'Write the comparison: .json, .md or .html')
  add(completeWith(file, { kind: 'path' }))
  addCompareOptions(command, GROUP)
}

/** Whether anything asks for more than one run. */
export function isSeries({ repeat, against, ...others }: SeriesOptions): boolean {
  if (repeat !== undefined || against !== undefined) return true
  const given = (
    [
      ['--warmup-runs', others.warmupRuns],
      ['--comparison', others.comparison],
      ['--fail-if', others.failIf],
      ['--run-spread', others.runSpread],
      ['--strict', others.strict],
    ] as const
  ).find(([, value]) => value !== undefined)
  if (given === undefined) return false
  const hint = 'for the results of a single run there are thresholds'
  throw new UsageError([{ path: given[0], message: 'belongs to --repeat or --against', hint }])
}

/** Runs one after the other; then compares what has come to its end, also after a signal. */
export async function runSeries(
  planned: PlanFromOptions,
  options: SeriesOptions,
  terminal: Terminal,
  runOne: RunOne,
): Promise<ExitCode> {
  const settings = compareSettings(options)
  const repeat = countOf('--repeat', options.repeat ?? '1', 1)
  const warmUps = countOf('--warmup-runs', options.warmupRuns ?? '0', 0)
  const against = options.against === undefined ? undefined : readAgainst(options.against)
  if (against === undefined && settings.budgets.length > 0)
    throw new UsageError([
      {
        path: '--fail-if',
        message: 'there is nothing to compare with',
        hint: 'give --against, or compare the results with those of before',
      },
    ])
  const files = filesOf(options.comparison)
  const steps = orderOfSeries(against === undefined ? 1 : 2, repeat, warmUps)
  const { checkComparisonFiles, compareResults, reportComparison } =
    await import('../../app/compare-results.ts')
  checkComparisonFiles(files)
  // Every plan before the first run: what is wrong with one of them must not show after an hour.
  const plans = steps.map((step) => planOfStep(planned, step, against))
  const { results, failed } = await runSteps(steps, planned, terminal, (index, one, series) =>
    runOne({ ...one, built: plans[index]! }, terminal, series),
  )
  const sides = results
    .map((some, side) => ({ name: 'AB'[side]!, results: some.map((result) => ({ result, file: null })) }))
    .filter((side) => side.results.length > 0)
  if (sides.flatMap((side) => side.results).length < 2) return failed ?? EXIT.ok
  const budgets = sides.length > 1 ? settings.budgets : []
  const compared = compareResults(sides, { ...settings, budgets })
  terminal.stdout(`\n${reportComparison(compared, files)}`)
  return failed ?? exitCodeOfComparison(compared.comparison)
}

/** The results of each side, and the first exit code that was not 0. */
async function runSteps(
  steps: readonly SeriesStep[],
  planned: PlanFromOptions,
  terminal: Terminal,
  runStep: (index: number, planned: PlanFromOptions, series: OneOfSeries) => Promise<ExitCode>,
): Promise<{ results: RunResult[][]; failed: ExitCode | undefined }> {
  const { describeOneRun } = await import('../../app/text.ts')
  const signals = oneAfterTheOther(handleSignals(terminal.stderr))
  const results: RunResult[][] = [[], []]
  let failed: ExitCode | undefined
  for (const [index, step] of steps.entries()) {
    if (signals.received !== undefined) break
    const place = titleOf(step, index, steps)
    const onResult = (result: RunResult): void => {
      // What was cut is shorter than the others, and less sure of itself.
      const isLeftOut = !step.isWarmUp && !isWholeRun(result)
      terminal.stdout(`${place}: ${describeOneRun(result)}${isLeftOut ? ' · is not compared' : ''}\n`)
      if (!step.isWarmUp && !isLeftOut) results[step.side]!.push(result)
    }
    const notices = index === 0 ? planned.notices : []
    const code = await runStep(index, { ...planned, notices }, { signals, place, stdout: () => {}, onResult })
    if (code !== EXIT.ok) failed ??= code
    // Whatever broke would break the next one, too; and without one of the sides there is nothing to compare.
    if (code === EXIT.internalError || code === EXIT.cannotConnect) break
  }
  return { results, failed: failed ?? signals.received }
}

function titleOf({ side, isWarmUp }: SeriesStep, index: number, steps: readonly SeriesStep[]): string {
  const who = steps.some((one) => one.side === 1) ? `, ${'AB'[side]!}` : ''
  return `run ${index + 1} of ${steps.length}${who}${isWarmUp ? ' (warm-up, does not count)' : ''}`
}

function countOf(flag: string, text: string, least: number): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= least && count <= MOST_RUNS) return count
  throw new UsageError([
    { path: flag, message: `expected a number from ${least} to ${MOST_RUNS}, got ${JSON.stringify(text)}` },
  ])
}

function filesOf(path: string | undefined): { json?: string; markdown?: string; html?: string } {
  if (path === undefined) return {}
  const kind = /\.(json|md|html)$/.exec(path)?.[1]
  if (kind === undefined)
    throw new UsageError([
      { path: '--comparison', message: `${JSON.stringify(path)} ends in none of .json, .md and .html` },
    ])
  return { [kind === 'md' ? 'markdown' : kind]: path }
}

/** Signals for one run at a time: what has ended is not told. */
function oneAfterTheOther(signals: Signals): Signals {
  let current: (() => void) | undefined
  signals.onFirst(() => current?.())
  return {
    onFirst(listener) {
      current = listener
    },
    request: () => signals.request(),
    get received() {
      return signals.received
    },
  }
}
