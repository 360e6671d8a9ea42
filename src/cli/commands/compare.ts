import { Argument, type Command, Option } from 'commander'
import type { GivenSide } from '../../app/read-sides.ts'
import { UsageError } from '../../model/errors.ts'
import {
  addCompareOptions,
  addComparisonFiles,
  type CompareOptions,
  type ComparisonFiles,
  compareSettings,
  exitCodeOfComparison,
} from '../compare-options.ts'
import { completeWith } from '../completions.ts'
import { addResultsDirOption, resultsDirOf, type ResultsDirOption } from '../results-dir.ts'
import type { Terminal } from '../terminal.ts'

interface Options extends CompareOptions, ComparisonFiles, ResultsDirOption {
  readonly baseline?: readonly string[]
  readonly candidate?: readonly string[]
}

/** `redis-test compare A B [C…]`: what differs between results, and how sure that is. */
export function addCompareCommand(program: Command, terminal: Terminal): void {
  const sides = new Argument(
    '[sides...]',
    'a baseline and its candidates: each a result, a folder of results, a journal, a run id, or several with commas; name=… names it',
  )
  const command = program
    .command('compare')
    .description('Compare results: differences with confidence intervals, or that none is shown')
    .addArgument(completeWith(sides, { kind: 'path' }))
  const several = (flags: string, help: string): Option =>
    completeWith(new Option(flags, help), { kind: 'path' })
  command.addOption(several('--baseline <path...>', 'The results of the baseline, as a shell lists them'))
  command.addOption(several('--candidate <path...>', 'The results of the candidate'))
  addCompareOptions(command, 'Options:')
  addComparisonFiles(command)
  addResultsDirOption(command)
  command.action(async (words: readonly string[], options: Options) => {
    const settings = compareSettings(options)
    const { checkComparisonFiles, compareResults, reportComparison } =
      await import('../../app/compare-results.ts')
    checkComparisonFiles(options)
    const compared = compareResults(await givenSides(words, options, terminal), settings)
    terminal.stdout(reportComparison(compared, options))
    terminal.exitCode = exitCodeOfComparison(compared.comparison)
  })
}

async function givenSides(
  words: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<GivenSide[]> {
  const { readFiles, readSide } = await import('../../app/read-sides.ts')
  const { baseline, candidate } = options
  const onLeftOut = (notice: string): void => terminal.stderr(`redis-test: ${notice}\n`)
  const sources = { resultsDir: resultsDirOf(options), onLeftOut }
  if (baseline === undefined && candidate === undefined && words.length > 0)
    return words.map((word) => readSide(word, sources))
  if (words.length > 0 || baseline === undefined || candidate === undefined)
    throw new UsageError([
      {
        path: 'compare',
        message: 'expected a baseline and a candidate',
        hint: 'compare A B, or compare --baseline a1.json a2.json --candidate b1.json b2.json',
      },
    ])
  return [readFiles('baseline', baseline, sources), readFiles('candidate', candidate, sources)]
}
