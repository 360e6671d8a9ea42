import type { AckedWritesResult, RunResult } from '../../model/result.ts'
import { formatCount, formatMillis } from '../format.ts'
import { clockOf } from './latency-columns.ts'
import { html, type Content, type Markup } from './markup.ts'
import { facts, numbers, table, words } from './table.ts'

/** What became of writes that the server had acknowledged. */
export function ackedWritesSection({ acked_writes: acked }: RunResult): Markup | undefined {
  if (acked === null) return undefined
  return html`<p class="${acked.lost + acked.refused_applied > 0 ? 'bad' : 'good'}">${sentence(acked)}</p>
    ${facts([...ackedFacts(acked)])}${losses(acked)}${examples(acked)}${readings(acked)}`
}

function sentence({ lost, acknowledged, voided_because: why, unread }: AckedWritesResult): string {
  if (lost > 0)
    return `${formatCount(lost)} of ${formatCount(acknowledged)} acknowledged writes are gone${why === null ? '.' : `, which is no proof of a loss: ${why}`}`
  if (unread > 0)
    return `None is known to be lost, but ${formatCount(unread)} of ${formatCount(acknowledged)} acknowledged writes could not be read back.`
  return `All ${formatCount(acknowledged)} acknowledged writes were read back.${why === null ? '' : ` A loss would be no proof: ${why}`}`
}

function* ackedFacts(acked: AckedWritesResult): Generator<readonly [string, Content]> {
  yield [
    'Acknowledged',
    `${formatCount(acked.acknowledged)} = ${formatCount(acked.confirmed)} there + ${formatCount(acked.lost)} lost + ${formatCount(acked.unread)} not read back`,
  ]
  yield [
    'Unknown',
    `${formatCount(acked.unknown)}: ${formatCount(acked.applied_unacknowledged)} applied, ${formatCount(acked.not_applied)} not`,
  ]
  yield ['Refused', `${formatCount(acked.refused)}, of which ${formatCount(acked.refused_applied)} are there`]
  yield ['Duplicated', formatCount(acked.duplicated)]
  yield ['Out of order', formatCount(acked.reordered)]
  yield ['Written by nobody', formatCount(acked.unexpected)]
  if (acked.thinned > 0)
    yield ['Left out', `${formatCount(acked.thinned)}: they could not be read back in time`]
  if (acked.stale_reads !== null) {
    const { reads, stale, age_mean_ms, age_max_ms } = acked.stale_reads
    yield [
      'Looks at replicas',
      `${formatCount(reads)}, ${formatCount(stale)} stale${stale === 0 ? '' : `: behind by ${formatMillis(age_mean_ms)} ms on average, ${formatMillis(age_max_ms)} ms at most`}`,
    ]
  }
}

function losses({ losses: all }: AckedWritesResult): Markup | undefined {
  if (all.length === 0) return undefined
  return table({
    caption: 'When acknowledged writes went',
    showCaption: true,
    columns: [...words('Last known there', 'missing by'), ...numbers('writes')],
    rows: all
      .slice(0, 50)
      .map(({ from_ms, until_ms, count }) => [clockOf(from_ms), clockOf(until_ms), formatCount(count)]),
  })
}

function examples({ examples: all }: AckedWritesResult): Markup | undefined {
  if (all.length === 0) return undefined
  return table({
    caption: 'Examples of writes that went wrong',
    showCaption: true,
    columns: [...words('Problem', 'list'), ...numbers('sequence', 'connection'), ...words('acknowledged')],
    rows: all.map(({ problem, list, sequence, connection, acknowledged_at_ms: at }) => [
      problem,
      html`<code>${list}</code>`,
      sequence,
      connection,
      at === null ? 'no' : clockOf(at),
    ]),
  })
}

function readings({ readings: all }: AckedWritesResult): Markup | undefined {
  if (all.length === 0) return undefined
  return html`<details>
    <summary>The last ${formatCount(all.length)} readings</summary>
    ${table({
      caption: 'Readings of the lists',
      columns: [
        ...words('Why', 'when'),
        ...numbers('ms', 'lists', 'not read', 'acknowledged', 'lost'),
        ...words('error'),
      ],
      rows: all.map((one) => [
        one.reason,
        clockOf(one.at_ms),
        formatMillis(one.duration_ms),
        ...[one.lists, one.unread_lists, one.acknowledged, one.lost].map((count) => formatCount(count)),
        one.error ?? '',
      ]),
    })}
  </details>`
}
