import { Argument, type Command, Option } from 'commander'
import { completeWith } from '../completions.ts'
import { EXIT } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'

/** `redis-test report JOURNAL`: rebuilds the result of a run, also of one that was killed. */
export function addReportCommand(program: Command, terminal: Terminal): void {
  program
    .command('report')
    .description('Rebuild the result of a run from its journal')
    .addArgument(
      completeWith(new Argument('<journal>', 'file that was written with --journal'), { kind: 'path' }),
    )
    .addOption(completeWith(new Option('--output-file <path>', 'Write the result as JSON'), { kind: 'path' }))
    .action(async (journal: string, { outputFile }: { outputFile?: string }) => {
      const { readJournal } = await import('../../app/read-journal.ts')
      const { reportResult } = await import('../../app/report-result.ts')
      const { checkWritable } = await import('../../app/write-result.ts')
      const result = readJournal(journal)
      if (outputFile !== undefined) checkWritable(outputFile)
      const log = { debug() {}, info() {}, warn() {}, error() {} }
      reportResult(result, { stdout: terminal.stdout, log }, outputFile ?? null)
      if (!result.audit.ok) terminal.exitCode = EXIT.auditFailed
      else if ([...result.thresholds, ...result.expectations].some(({ ok }) => !ok))
        terminal.exitCode = EXIT.thresholdsFailed
    })
}
