import { type Command, Option } from 'commander'
import { completeWith } from './completions.ts'

export interface ResultsDirOption {
  readonly resultsDir?: string
}

/** The folder that `run --results-dir` keeps results in, for those who read it. */
export function addResultsDirOption(command: Command): void {
  const option = new Option('--results-dir <path>', 'Folder of results (RESULTS_DIR)')
  command.addOption(completeWith(option, { kind: 'path' }))
}

/** `null`: none is known. */
export function resultsDirOf({ resultsDir }: ResultsDirOption): string | null {
  const folder = resultsDir ?? process.env['RESULTS_DIR'] ?? ''
  return folder === '' ? null : folder
}
