import type { Histogram } from '../model/histogram.ts'
import type { SeriesInfo } from '../model/ledger.ts'
import type { SeriesSnapshot, Snapshot } from '../model/snapshot.ts'
import { harmlessText } from './harmless.ts'
import { tagOf } from './latency-tags.ts'
import type { ResultTools } from './result-tools.ts'

/** Who wrote a log, and when its first interval began. */
export interface IntervalLogHeader {
  readonly toolVersion: string
  readonly runId: string
  /** Milliseconds since the epoch. */
  readonly startMillis: number
}

/** One line of a log. */
export interface IntervalLogLine {
  readonly tag: string
  /** Since the start of the log. */
  readonly sinceMillis: number
  readonly lengthMillis: number
  readonly maxMillis: number
  /** HdrHistogram V2, compressed, base64, in nanoseconds. */
  readonly hdr: string
}

/** The first lines of a log of HdrHistogram, format version 1.3. Times of intervals count from its base time. */
export function intervalLogHeader({ toolVersion, runId, startMillis }: IntervalLogHeader): string {
  const start = `${seconds(startMillis)} (seconds since epoch)`
  return [
    `#[Latencies of redis-test ${harmlessText(toolVersion)}, run ${harmlessText(runId)}: nanoseconds, maxima in milliseconds]`,
    '#[Histogram log format version 1.3]',
    `#[BaseTime: ${start}]`,
    `#[StartTime: ${start}, ${new Date(startMillis).toISOString()}]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    '',
  ].join('\n')
}

export function intervalLogLine({ tag, sinceMillis, lengthMillis, maxMillis, hdr }: IntervalLogLine): string {
  const name = tag === '' ? '' : `Tag=${tag},`
  return `${name}${seconds(sinceMillis)},${seconds(lengthMillis)},${maxMillis.toFixed(3)},${hdr}\n`
}

/**
 * One interval of the measured phase as lines: one without a tag for all operations, and one for each tag that has
 * anything ({@link tagOf}).
 */
export function intervalLogLines(
  interval: Snapshot,
  times: Pick<IntervalLogLine, 'sinceMillis' | 'lengthMillis'>,
  { encodeHdr, mergeHistograms }: Pick<ResultTools, 'encodeHdr' | 'mergeHistograms'>,
  isOpenLoop: boolean,
): string {
  const { series } = interval.measure
  const commands = series.filter(({ info }) => info.shape !== 'batch' && info.waits !== true)
  const all = mergeHistograms(commands.map((one) => mainOf(one, isOpenLoop).success))
  const infos = series.map(({ info }) => info)
  const tagged = series.flatMap((one) => taggedOf(one, infos, isOpenLoop))
  return [['', all] as const, ...tagged.filter(([, { count }]) => count > 0)]
    .map(([tag, histogram]) =>
      intervalLogLine({
        ...times,
        tag,
        maxMillis: histogram.maxMicros / 1000,
        hdr: encodeHdr(histogram),
      }),
    )
    .join('')
}

function mainOf(
  { serviceSuccess, serviceError, responseSuccess, responseError }: SeriesSnapshot,
  isOpenLoop: boolean,
): { readonly success: Histogram; readonly error: Histogram } {
  return isOpenLoop
    ? { success: responseSuccess, error: responseError }
    : { success: serviceSuccess, error: serviceError }
}

function taggedOf(
  series: SeriesSnapshot,
  infos: readonly SeriesInfo[],
  isOpenLoop: boolean,
): (readonly [tag: string, histogram: Histogram])[] {
  const { success, error } = mainOf(series, isOpenLoop)
  return [
    [tagOf(series.info, infos, 'ok'), success],
    [tagOf(series.info, infos, 'failed'), error],
    ...(isOpenLoop ? [[tagOf(series.info, infos, 'service'), series.serviceSuccess] as const] : []),
  ]
}

function seconds(millis: number): string {
  return (millis / 1000).toFixed(3)
}
