import { type Command, Option } from 'commander'
import { parseDuration } from '../../config/duration.ts'
import { UsageError } from '../../model/errors.ts'
import { TREND_METRICS, type TrendMetric } from '../../model/history.ts'
import { completeWith } from '../completions.ts'
import { addResultsDirOption, resultsDirOf, type ResultsDirOption } from '../results-dir.ts'
import type { Terminal } from '../terminal.ts'

interface Options extends ResultsDirOption {
  readonly profile?: string
  readonly target?: string
  readonly appVersion?: string
  readonly since?: string
  readonly failed?: true
  readonly limit?: string
  readonly trend?: string
  readonly json?: true
  readonly html?: string
  readonly rebuild?: true
}

/** `redis-test history`: the runs whose results were kept, and how a metric went over them. */
export function addHistoryCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('history')
    .description('List the runs of a results folder, newest first, or follow one metric over them')
  addResultsDirOption(command)
  const add = (flags: string, help: string): void => {
    command.addOption(new Option(flags, help))
  }
  add('--profile <text>', 'Only runs whose workload has this in its name')
  add('--target <text>', 'Only runs whose target has this in its address')
  add('--app-version <text>', 'Only runs whose label version has this in it')
  add('--since <when>', 'Only runs that began since: 24h, 7d or a date such as 2026-01-31')
  add('--failed', 'Only runs that missed a threshold, failed their audit or broke')
  add('--limit <count>', 'Only the newest so many')
  command.addOption(
    completeWith(new Option('--trend <metric>', `Follow one metric: ${TREND_METRICS.join(', ')}`), {
      kind: 'words',
      words: TREND_METRICS,
    }),
  )
  command.addOption(
    completeWith(
      new Option('--html <path>', 'Write the trend (of p99 unless --trend says) as an HTML file'),
      {
        kind: 'path',
      },
    ),
  )
  add('--json', 'Print the runs as JSON')
  add('--rebuild', 'Write the index anew from the results')
  command.action((options: Options) => answer(options, terminal))
}

async function answer(options: Options, terminal: Terminal): Promise<void> {
  const folder = resultsDirOf(options)
  if (folder === null)
    throw new UsageError([
      {
        path: '--results-dir',
        message: 'no folder of results is named',
        hint: 'give it, or set RESULTS_DIR',
      },
    ])
  const { html } = options
  const filter = {
    profile: options.profile,
    target: options.target,
    version: options.appVersion,
    sinceMillis: options.since === undefined ? undefined : readSince(options.since, Date.now()),
    isFailedOnly: options.failed === true,
    limit: options.limit === undefined ? undefined : readLimit(options.limit),
  }
  const trend = readTrend(options.trend)
  const { askHistory } = await import('../../app/history.ts')
  const { checkWritable } = await import('../../app/write-result.ts')
  if (html !== undefined) checkWritable(html)
  const isJson = options.json === true
  const { text, notices } = askHistory({
    folder,
    filter,
    trend,
    isJson,
    html,
    rebuild: options.rebuild === true,
  })
  for (const notice of notices) terminal.stderr(`redis-test: ${notice}\n`)
  terminal.stdout(text)
}

function readTrend(text: string | undefined): TrendMetric | null {
  if (text === undefined) return null
  const metric = TREND_METRICS.find((known) => known === text.toLowerCase())
  if (metric !== undefined) return metric
  throw new UsageError([
    {
      path: '--trend',
      message: `there is no metric ${JSON.stringify(text)}`,
      hint: `known are ${TREND_METRICS.join(', ')}`,
    },
  ])
}

function readSince(text: string, nowMillis: number): number {
  const back = parseDuration(text)
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  const instant = back === undefined ? date : nowMillis - back
  if (!Number.isNaN(instant)) return instant
  throw new UsageError([
    {
      path: '--since',
      message: `expected 24h, 7d or a date such as 2026-01-31, got ${JSON.stringify(text)}`,
    },
  ])
}

function readLimit(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new UsageError([
    { path: '--limit', message: `expected a number from 1, got ${JSON.stringify(text)}` },
  ])
}
