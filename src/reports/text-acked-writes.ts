import type { AckedExample } from '../model/acked-writes.ts'
import type { AckedWritesResult, RunResult } from '../model/result.ts'
import { formatCount, formatMillis } from './format.ts'

const EXAMPLES_SHOWN = 5

const PROBLEM_WORDS: Readonly<Record<AckedExample['problem'], string>> = {
  lost: 'lost',
  duplicated: 'twice',
  reordered: 'out of order',
  refused_applied: 'refused, and there',
  unexpected: 'written by nobody',
}

/** What became of acknowledged writes, for the summary. */
export function* ackedWritesLines({
  acked_writes: result,
}: Pick<RunResult, 'acked_writes'>): Generator<string> {
  if (result === null) return
  const { acknowledged, confirmed, lost, unread, unknown, applied_unacknowledged, not_applied } = result
  yield* alarmLines(result)
  yield `acked writes  ${[
    `${formatCount(acknowledged)} acknowledged: ${formatCount(confirmed)} there, ${formatCount(lost)} lost${some(unread, 'not read back', ', ')}`,
    `${formatCount(unknown)} unknown${unknown === 0 ? '' : `: ${formatCount(applied_unacknowledged)} applied, ${formatCount(not_applied)} not`}`,
    ...oddities(result),
  ].join(' · ')}`
  for (const example of result.examples.slice(0, EXAMPLES_SHOWN)) yield `              ${describe(example)}`
  const stale = result.stale_reads
  if (stale !== null)
    yield `replicas      ${formatCount(stale.reads)} looks, ${formatCount(stale.stale)} stale${stale.stale === 0 ? '' : `: behind by ${formatMillis(stale.age_mean_ms)} ms on average, ${formatMillis(stale.age_max_ms)} ms at most`}`
  if (result.thinned > 0)
    yield `              ${formatCount(result.thinned)} audit writes were left out: they could not be read back in time`
}

/** What nobody may overlook. */
function* alarmLines(result: AckedWritesResult): Generator<string> {
  const {
    lost,
    lost_from_ms: from,
    lost_until_ms: until,
    voided_because: reason,
    unread,
    refused_applied,
  } = result
  if (lost > 0) {
    const when = from === null || until === null ? '' : `, acknowledged ${between(from, until)}`
    yield reason === null
      ? `ACKNOWLEDGED WRITES LOST: ${formatCount(lost)} acknowledged writes lost${when}`
      : `${formatCount(lost)} acknowledged writes are gone${when}, which is no proof of a loss: ${reason}`
  } else if (reason !== null) yield `acked writes  losses would be no proof: ${reason}`
  if (refused_applied > 0)
    yield `CONTRADICTION: ${formatCount(refused_applied)} writes were refused, and are there`
  if (unread > 0) {
    const error = result.readings.at(-1)?.error ?? 'no reading came to its end'
    yield `NOT READ BACK: of ${formatCount(unread)} acknowledged writes nobody knows whether they are there (${error})`
  }
}

function oddities({ duplicated, reordered, unexpected, refused }: AckedWritesResult): string[] {
  return [
    `${formatCount(duplicated)} duplicated`,
    `${formatCount(reordered)} out of order`,
    ...(refused === 0 ? [] : [`${formatCount(refused)} refused`]),
    ...(unexpected === 0 ? [] : [`${formatCount(unexpected)} written by nobody`]),
  ]
}

function describe({ problem, list, sequence, connection, acknowledged_at_ms: at }: AckedExample): string {
  const when = at === null ? '' : `, acknowledged at ${timeOf(at)}`
  const which = sequence === null ? 'no sequence' : `sequence ${sequence}`
  return `${PROBLEM_WORDS[problem]}: ${list} ${which} of connection ${connection}${when}`
}

function some(count: number, what: string, before: string): string {
  return count === 0 ? '' : `${before}${formatCount(count)} ${what}`
}

function between(from: number, until: number): string {
  return from === until ? `at ${timeOf(from)}` : `between ${timeOf(from)} and ${timeOf(until)}`
}

function timeOf(epochMillis: number): string {
  return new Date(epochMillis).toISOString()
}
