import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HistogramLogReader, listTags } from 'hdr-histogram-js'
import { afterAll, describe, expect, it } from 'vitest'
import { percentileFiles, wholeRunLog } from '../../src/app/hdr-files.ts'
import { IntervalLogFile } from '../../src/app/interval-log-file.ts'
import { writeLogOfJournal } from '../../src/app/log-of-journal.ts'
import { readResult } from '../../src/app/read-result.ts'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { intervalBetween } from '../../src/ledger/ledger-snapshot.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { MEASURE } from '../../src/model/ledger.ts'
import { FAILED, OK } from '../../src/model/outcome.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { createLedger } from '../support/ledger.ts'
import { planOf } from '../support/plan.ts'
import { AT_MILLIS, sampleRecord } from '../support/snapshot.ts'

const folder = mkdtempSync(join(tmpdir(), 'redis-test-hlog-'))
afterAll(() => rmSync(folder, { recursive: true }))

const { plan } = planOf({ 'load.target_ops_per_second': '10', 'identity.run_id': 'r1' })

/** What a log says of each tag, interval by interval: when, how long, how many, and the largest in milliseconds. */
function intervalsOf(text: string, tag?: string): (readonly number[])[] {
  const reader = new HistogramLogReader(text)
  const intervals: (readonly number[])[] = []
  for (let one = reader.nextIntervalHistogram(); one !== null; one = reader.nextIntervalHistogram())
    if ((one.tag ?? undefined) === (tag ?? one.tag ?? undefined) && (tag !== undefined || !isTagged(one.tag)))
      intervals.push([
        one.startTimeStampMsec,
        one.endTimeStampMsec - one.startTimeStampMsec,
        one.totalCount,
        Math.round(one.maxValue / 1e4) / 100,
      ])
  return intervals
}

const isTagged = (tag: string | null | undefined): boolean =>
  tag !== null && tag !== undefined && !['', 'NO TAG'].includes(tag)

describe('the log of a run', () => {
  const { ledger, read } = createLedger()
  const before = read(AT_MILLIS)
  ledger.record(MEASURE, 0, OK, 0, 1000, 2000)
  ledger.record(MEASURE, 0, OK, 0, 3000, 6000)
  ledger.record(MEASURE, 0, FAILED, errorCodeIndex('OOM'), 500, 9000)
  const first = read(AT_MILLIS + 1000)
  ledger.record(MEASURE, 1, OK, 0, 4000, 8000)
  const second = read(AT_MILLIS + 2000)
  const third = read(AT_MILLIS + 3000)

  const path = join(folder, 'run.hlog')
  const log = new IntervalLogFile(path, '1.2.3', plan)
  for (const [from, to] of [
    [before, first],
    [first, second],
    [second, third],
  ] as const)
    log.interval(intervalBetween(from, to), { sinceMillis: from.atMillis, untilMillis: to.atMillis })
  log.close()
  const text = readFileSync(path, 'utf8')

  it('says what it is', () => {
    expect(log.error).toBeUndefined()
    expect(text.split('\n').slice(0, 5)).toEqual([
      '#[Latencies of redis-test 1.2.3, run r1: nanoseconds, maxima in milliseconds]',
      '#[Histogram log format version 1.3]',
      '#[BaseTime: 1700000010.000 (seconds since epoch)]',
      '#[StartTime: 1700000010.000 (seconds since epoch), 2023-11-14T22:13:30.000Z]',
      '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ])
    expect(text).toMatch(/^Tag=GET:service,0\.000,1\.000,3\.000,HISTF/m)
  })

  it('has a line without a tag for every interval, and one for each tag that has anything', () => {
    expect([...listTags(text)].filter(isTagged).toSorted()).toEqual([
      ...['GET', 'GET:failed', 'GET:service', 'SET', 'SET:service'],
    ])
    const start = AT_MILLIS
    expect(intervalsOf(text)).toEqual([
      [start, 1000, 2, 6],
      [start + 1000, 1000, 1, 8],
      [start + 2000, 1000, 0, 0],
    ])
    expect(intervalsOf(text, 'GET')).toEqual([[start, 1000, 2, 6]])
    expect(intervalsOf(text, 'GET:failed')).toEqual([[start, 1000, 1, 9]])
    expect(intervalsOf(text, 'SET:service')).toEqual([[start + 1000, 1000, 1, 4]])
  })

  it('is refused where it cannot be, and is not written through a link', () => {
    expect(() => new IntervalLogFile('/proc/nope/x', 'v', plan)).toThrow(
      'output.hlog: cannot write /proc/nope/x: ENOENT',
    )
    symlinkSync(path, join(folder, 'link'))
    expect(() => new IntervalLogFile(join(folder, 'link'), 'v', plan)).toThrow('ELOOP')
  })

  it.runIf(process.platform === 'linux')('stops at a line that cannot be written, and says why', () => {
    const full = new IntervalLogFile('/dev/full', 'v', plan)
    const times = { sinceMillis: AT_MILLIS, untilMillis: AT_MILLIS + 1000 }
    full.interval(intervalBetween(before, first), times)
    full.interval(intervalBetween(before, first), times)
    full.close()
    expect(full.error).toBe('ENOSPC')
  })
})

describe('the log of a journal', () => {
  const journal = join(import.meta.dirname, '../fixtures/results/storm.ndjson')

  it('has every second, with as many commands as the result', () => {
    const result = readResult(journal)
    const path = join(folder, 'journal.hlog')
    expect(writeLogOfJournal(journal, path, result)).toEqual({ kind: 'hlog', path, error: undefined })
    const intervals = intervalsOf(readFileSync(path, 'utf8'))
    expect(intervals.length).toBeGreaterThanOrEqual(result.intervals.length)
    const commands = intervals.reduce((sum, [, , count]) => sum + count!, 0)
    expect(commands).toBe(result.successful_commands_count)
  })
})

describe('files of a whole run', () => {
  const result = buildResult(sampleRecord(plan), RESULT_TOOLS)

  it('are a log with one interval', () => {
    const text = wholeRunLog(result)
    const start = AT_MILLIS - 10_000
    expect(intervalsOf(text)).toEqual([[start, 10_000, 4, 10]])
    const [failed] = intervalsOf(text, 'GET:failed')
    expect(failed!.slice(0, 3)).toEqual([start, 10_000, 2])
    // Within the three digits of HdrHistogram.
    expect(failed![3]! / 30_000).toBeCloseTo(1, 3)
  })

  it('and percentile distributions, in milliseconds', () => {
    const files = percentileFiles(result)
    expect(files.map(({ name }) => name)).toEqual([
      ...['all', 'GET', 'GET:failed', 'GET:service', 'SET', 'SET:service'],
    ])
    const lines = files[0]!.text.split('\n')
    expect(lines[0]).toBe('       Value     Percentile TotalCount 1/(1-Percentile)')
    expect(lines[2]).toMatch(/^ {7}0\.200 0\.000000000000 {10}1 {11}1\.00$/)
    expect(lines.at(-3)).toMatch(/^#\[Max {5}= +10\.00\d, Total count {4}= +4\]$/)
  })
})
