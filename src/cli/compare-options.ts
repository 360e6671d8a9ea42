import { type Command, Option } from 'commander'
import { type Budget, parseBudget } from '../model/budget.ts'
import type { CompareSettings, ComparisonFiles } from '../app/compare-results.ts'
import type { Comparison } from '../model/comparison.ts'
import { UsageError } from '../model/errors.ts'
import { completeWith } from './completions.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'

/** What decides how results are compared. */
export interface CompareOptions {
  readonly failIf?: readonly string[]
  readonly strict?: true
  readonly runSpread?: string
}

/** By which p50 of one run is taken to differ from the next, where there is one run only. */
const DEFAULT_RUN_SPREAD = '0.75%'
const MOST_RUN_SPREAD = 0.5

/** Flags that `compare` and a series of runs share. */
export function addCompareOptions(command: Command, group: string): void {
  const add = (option: Option): void => {
    command.addOption(option.helpGroup(group))
  }
  add(
    new Option(
      '--fail-if <budget>',
      'Exit with 4 when it is shown that "p99 > +10%", "p50(GET) > +0.2ms", "throughput < -5%", "errors > +0.1%"; again for more',
    ).argParser((text: string, before?: readonly string[]) => [...(before ?? []), text]),
  )
  add(new Option('--strict', 'Budgets fail by the estimate already, shown or not'))
  add(
    new Option(
      '--run-spread <percent>',
      `One run a side: standard deviation of p50 from run to run to allow for (default ${DEFAULT_RUN_SPREAD})`,
    ),
  )
}

/** The settings that were given; every problem at once. */
export function compareSettings({ failIf = [], strict, runSpread }: CompareOptions): CompareSettings {
  const texts = failIf.flatMap((text) => text.split(';')).filter((text) => text.trim() !== '')
  const parsed = texts.map((text) => ({ text, read: parseBudget(text) }))
  const problems = parsed.flatMap(({ text, read }) =>
    'error' in read ? [{ path: '--fail-if', message: `${JSON.stringify(text)}: ${read.error}` }] : [],
  )
  const spread = /^(\d+(?:\.\d+)?)%?$/.exec(runSpread ?? DEFAULT_RUN_SPREAD)
  const share = Number(spread?.[1]) / 100
  if (!(share <= MOST_RUN_SPREAD))
    problems.push({
      path: '--run-spread',
      message: `expected a percentage up to ${100 * MOST_RUN_SPREAD}%, got ${JSON.stringify(runSpread)}`,
    })
  if (problems.length > 0) throw new UsageError(problems)
  const budgets = parsed.flatMap(({ read }): Budget[] => ('budget' in read ? [read.budget] : []))
  return { budgets, isStrict: strict === true, runSpread: share }
}

/** Where `compare` writes to. */
export function addComparisonFiles(command: Command): void {
  const add = (flags: string, help: string): void => {
    command.addOption(completeWith(new Option(flags, help), { kind: 'path' }))
  }
  add('--json <path>', 'Write the comparison as JSON')
  add('--markdown <path>', 'Write the comparison as Markdown, for a pull request')
  add('--html <path>', 'Write the comparison as one HTML file, the sides drawn over one another')
}

export function exitCodeOfComparison({ budgets, doubts }: Comparison): ExitCode {
  if (doubts.some(({ kind }) => kind === 'audit')) return EXIT.auditFailed
  return budgets.some(({ fails }) => fails) ? EXIT.thresholdsFailed : EXIT.ok
}

export type { ComparisonFiles }
