import { join } from 'node:path'
import { type Command, Option } from 'commander'
import type { BuiltPlan } from '../../config/build-plan.ts'
import { parseDuration } from '../../config/duration.ts'
import { type Problem, UsageError } from '../../model/errors.ts'
import type { CapacityParts } from '../../app/capacity/find-capacity.ts'
import type { CapacityResult } from '../../model/capacity-result.ts'
import { TOOL_VERSION } from '../../app/facts.ts'
import { completeWith } from '../completions.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { addSettingFlags, type GivenFlag, MOST_USED } from '../flags.ts'
import { addProfileOption, addSourceOptions } from '../plan-options.ts'
import type { Terminal } from '../terminal.ts'
import { planFromOptions } from './plan-from-options.ts'
import { openSearch, settingsOfSearch } from './search-parts.ts'

interface CapacityOptions {
  readonly slo?: string
  readonly from: string
  readonly to?: string
  readonly precision: string
  readonly stepDuration: string
  readonly repeats: string
  readonly maxSteps: string
  readonly stepsDir?: string
  readonly html?: string
}

/** What a search is to do, as it was asked for on the command line. */
interface Asked {
  readonly search: CapacityParts['search']
  readonly stepMillis: number
}

const SHORTEST_STEP_MILLIS = 1000
const LONGEST_STEP_MILLIS = 3_600_000
const HIGHEST_RATE = 100_000_000
const DEFAULT_COLUMNS = 80
/** Failed steps of a rate that do not count because they were disturbed; where they are usual, more of them. */
const FORGIVEN = 4

/** `redis-test capacity`: the highest rate that keeps a promise. */
export function addCapacityCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('capacity')
    .description('Find the highest rate at which a server keeps a promise, and what limits it')
  addProfileOption(command)
  const own = ownOptions()
  for (const option of own) command.addOption(option.helpGroup(MOST_USED))
  addSettingFlags(command, settingsOfSearch(own.map(({ long }) => long ?? '')))
  addSourceOptions(command)
  command.action(async (options: CapacityOptions) => {
    terminal.exitCode = await capacity(command, options, terminal)
  })
}

function ownOptions(): Option[] {
  const joined = (input: string, before?: string): string =>
    before === undefined ? input : `${before};${input}`
  return [
    new Option(
      '--slo <expression>',
      "What every step has to keep, a threshold such as 'p99 < 2ms' or 'error_rate < 0.1%'; repeat it; default the thresholds of the profile",
    ).argParser(joined),
    new Option('--from <ops>', 'Commands per second of the first step').default('1000'),
    new Option('--to <ops>', 'Try no higher rate; default as high as it takes'),
    new Option('--precision <percent>', 'How far the answer may be from the truth').default('3%'),
    new Option('--step-duration <duration>', 'Measured time of each step, after its --warmup').default('10s'),
    new Option('--repeats <n>', 'Steps whose majority decides near the border, odd').default('3'),
    new Option('--max-steps <n>', 'End the search after so many steps').default('60'),
    completeWith(new Option('--html <path>', 'Write the answer and the curve as one HTML file'), {
      kind: 'path',
    }),
    completeWith(new Option('--steps-dir <folder>', 'Keep the whole result of each step here'), {
      kind: 'path',
    }),
  ]
}

async function capacity(command: Command, options: CapacityOptions, terminal: Terminal): Promise<ExitCode> {
  const asked = readOptions(options)
  const planned = await planFromOptions(command, terminal, addedFlags(options, asked))
  const { built } = planned
  checkPromise(built)
  const { plan } = built
  const { checkWritable } = await import('../../app/write-result.ts')
  if (plan.output.file !== null) checkWritable(plan.output.file)
  if (options.html !== undefined) checkWritable(options.html, '--html')
  if (options.stepsDir !== undefined) checkWritable(join(options.stepsDir, 'step.json'), '--steps-dir')
  const { parts, signal } = await openSearch(built, planned, terminal)
  const { findCapacity } = await import('../../app/capacity/find-capacity.ts')
  const { showSearch } = await import('../../app/capacity/show-search.ts')
  const { reportCapacity, writeCapacity } = await import('../../app/capacity/report-capacity.ts')
  const { readCalibration } = await import('../../app/capacity/calibration.ts')
  const display = showSearch({
    stderr: terminal.stderr,
    columns: process.stderr.isTTY ? process.stderr.columns : undefined,
    isQuiet: plan.output.quiet,
    stepMillis: asked.stepMillis + plan.load.warmup_ms,
  })
  const result = await findCapacity({
    ...parts,
    ...asked,
    stepsFolder: options.stepsDir ?? null,
    calibration: readCalibration(plan, TOOL_VERSION, planned.environment),
    listener: {
      ...display,
      // So that a search that is killed leaves what it found.
      known(found) {
        if (plan.output.file !== null) writeCapacity(found, plan.output.file)
      },
    },
  }).finally(() => display.close())
  reportCapacity(result, {
    stdout: terminal.stdout,
    columns: process.stdout.isTTY ? process.stdout.columns : DEFAULT_COLUMNS,
    jsonFile: plan.output.file,
    htmlFile: options.html ?? null,
  })
  return exitCodeOf(result, signal())
}

/** The load is an open loop at rates that the search decides, whatever the profile has. */
function addedFlags({ slo }: CapacityOptions, { search, stepMillis }: Asked): Map<string, GivenFlag> {
  return new Map<string, GivenFlag>([
    ['load.target_ops_per_second', { flag: '--from', input: String(search.from) }],
    ['load.duration', { flag: '--step-duration', input: `${stepMillis}ms` }],
    ...(slo === undefined ? [] : [['thresholds', { flag: '--slo', input: slo }] as const]),
  ])
}

function checkPromise({ plan }: BuiltPlan): void {
  if (plan.thresholds.length === 0)
    throw new UsageError([
      {
        path: '--slo',
        message: 'there is nothing to keep',
        hint: "say what has to be true, as in --slo 'p99 < 2ms'",
      },
    ])
  if (plan.faults.length > 0)
    throw new UsageError([
      {
        path: 'faults',
        message: `the profile ${plan.profile.name} has faults, and a capacity is that of a server left alone`,
        hint: 'choose a profile without faults',
      },
    ])
}

function readOptions(options: CapacityOptions): Asked {
  const problems: Problem[] = []
  const read = (
    path: string,
    input: string,
    expected: string,
    isRight: (value: number) => boolean,
  ): number => {
    const value = Number(input.replace(/%$/, ''))
    if (input.trim() === '' || !isRight(value))
      problems.push({ path, message: `expected ${expected}, got ${JSON.stringify(input)}` })
    return value
  }
  const isRate = (value: number): boolean => value >= 1 && value <= HIGHEST_RATE
  const rate = `commands per second, from 1 to ${HIGHEST_RATE}`
  const from = read('--from', options.from, rate, isRate)
  const to = options.to === undefined ? null : read('--to', options.to, rate, isRate)
  if (to !== null && to < from)
    problems.push({ path: '--to', message: `${to} is below --from ${from}`, hint: 'swap them' })
  const precision =
    read(
      '--precision',
      options.precision,
      'a percentage from 0.5% to 50%',
      (value) => value >= 0.5 && value <= 50,
    ) / 100
  const repeats = read(
    '--repeats',
    options.repeats,
    'an odd number from 1 to 9',
    (value) => value % 2 === 1 && value >= 1 && value <= 9,
  )
  const maxSteps = read(
    '--max-steps',
    options.maxSteps,
    'a whole number from 1 to 1000',
    (value) => Number.isInteger(value) && value >= 1 && value <= 1000,
  )
  const stepMillis = parseDuration(options.stepDuration) ?? Number.NaN
  if (!(stepMillis >= SHORTEST_STEP_MILLIS && stepMillis <= LONGEST_STEP_MILLIS))
    problems.push({
      path: '--step-duration',
      message: `expected a duration from 1s to 1h, got ${JSON.stringify(options.stepDuration)}`,
    })
  if (problems.length > 0) throw new UsageError(problems)
  return { search: { from, to, precision, repeats, forgiven: FORGIVEN, maxSteps }, stepMillis }
}

function exitCodeOf({ end_reason }: CapacityResult, signal: ExitCode | undefined): ExitCode {
  if (end_reason === 'signal') return signal ?? EXIT.internalError
  if (end_reason === 'failed') return EXIT.internalError
  return end_reason === 'none_held' ? EXIT.thresholdsFailed : EXIT.ok
}
