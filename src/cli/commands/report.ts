import { Argument, type Command, Option } from 'commander'
import { SETTINGS } from '../../config/settings.ts'
import { fillInLabels } from '../../config/planned-values.ts'
import { RESULT_FILES, type ResultFileKind, type ResultPaths } from '../../app/result-files.ts'
import { completeWith } from '../completions.ts'
import { columnsOf, hasColours, type Terminal } from '../terminal.ts'

const SUMMARY_MODES = ['compact', 'full']
const KINDS = Object.keys(RESULT_FILES) as ResultFileKind[]

/** `redis-test report FILE`: shows the result of a run again, from its result file or its journal, and writes its reports. */
export function addReportCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('report')
    .description('Show a result again, or rebuild it from a journal, and write its reports')
    .addArgument(
      completeWith(new Argument('<file>', 'file that was written with --output-file or --journal'), {
        kind: 'path',
      }),
    )
  for (const kind of KINDS) command.addOption(optionOf(kind))
  command.addOption(
    completeWith(
      new Option('--summary <compact|full>', 'How much the summary shows').choices(SUMMARY_MODES),
      { kind: 'words', words: SUMMARY_MODES },
    ),
  )
  command.action(async (file: string, options: Readonly<Record<string, string>>) => {
    const { isJournal, readResult } = await import('../../app/read-result.ts')
    const { writeLogOfJournal } = await import('../../app/log-of-journal.ts')
    const { reportResult } = await import('../../app/report-result.ts')
    const { verdictOf } = await import('../../app/text.ts')
    const { checkResultFiles } = await import('../../app/result-files.ts')
    const result = readResult(file)
    const given = KINDS.map((kind) => [kind, options[optionOf(kind).attributeName()]] as const)
    const paths = Object.fromEntries(
      given.flatMap(([kind, path]) => (path === undefined ? [] : [[kind, fillInLabels(path, result)]])),
    ) as ResultPaths
    checkResultFiles(paths, { 'what is read': file })
    const isStreamed = paths.hlog !== undefined && isJournal(file)
    await reportResult(result, {
      stdout: terminal.stdout,
      stderr: terminal.stderr,
      log: { debug() {}, info() {}, warn() {}, error() {} },
      mode: options['summary'] === 'full' ? 'full' : 'compact',
      colours: hasColours(process.stdout, process.env),
      columns: columnsOf(process.stdout),
      paths,
      written: isStreamed ? [writeLogOfJournal(file, paths.hlog!, result)] : [],
      signal: undefined,
    })
    terminal.exitCode = verdictOf(result).exitCode
  })
}

/** As the setting has it, without its variable: what was meant for a run must not overwrite its files. */
function optionOf(kind: ResultFileKind): Option {
  const { flags, help } = SETTINGS.find(({ key }) => key === RESULT_FILES[kind].setting)!
  return completeWith(new Option(`${flags[0]!} <path>`, help), { kind: 'path' })
}
