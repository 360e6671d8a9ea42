import type { LatencyResult } from '../model/latency-summary.ts'
import type { PubsubResult, StreamsResult } from '../model/messaging-result.ts'
import type { Histogram } from '../model/histogram.ts'
import type { RunRecord } from '../model/run-record.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { ResultTools } from './result-tools.ts'
import { summarizeLatency } from './summarize-latency.ts'

/** What became of what was published; `null` when nobody listened. */
export function describePubsub(
  record: RunRecord,
  tools: Pick<ResultTools, 'encodeHdr'>,
): PubsubResult | null {
  const { pubsub } = record.plan
  const { counters, histograms } = record.total
  if (pubsub.subscribers === 0) return null
  const { subscribers } = pubsub
  const promised = counters.pubsub_promised
  const missed = counters.pubsub_published * subscribers - promised
  const undelivered = promised - counters.pubsub_received - counters.pubsub_damaged
  const unknown = unknownOutcomes(record, pubsub.mode === 'sharded' ? 'spublish' : 'publish')
  return {
    mode: pubsub.mode,
    channels: pubsub.channels.length,
    subscribers,
    published: counters.pubsub_published,
    unknown_publishes: unknown,
    promised,
    missed,
    missed_at_most: missed + unknown * subscribers,
    received: counters.pubsub_received,
    lost: Math.max(0, undelivered),
    lost_at_most: Math.max(0, undelivered + unknown * subscribers),
    duplicates: counters.pubsub_duplicates,
    out_of_order: counters.pubsub_out_of_order,
    damaged: counters.pubsub_damaged,
    foreign_receivers: counters.pubsub_foreign_receivers,
    delivery: latency(histograms.pubsub_delivery, tools),
    resubscription: summarizeLatency(histograms.resubscription),
  }
}

/** What became of what was added to streams; `null` when nobody read. */
export function describeStreams(
  record: RunRecord,
  tools: Pick<ResultTools, 'encodeHdr'>,
): StreamsResult | null {
  const { streams } = record.plan
  const { counters, histograms } = record.total
  if (streams.consumers === 0) return null
  const { stream_added: added, stream_read: read } = counters
  const backlog = record.end?.streams ?? null
  const lag = backlog?.lag ?? null
  const pending = backlog?.pending ?? null
  return {
    streams: streams.count,
    group: streams.group,
    consumers: streams.consumers,
    added,
    unknown_additions: unknownOutcomes(record, 'xadd'),
    read,
    acknowledged: counters.stream_acknowledged,
    redelivered: counters.stream_redelivered,
    damaged: counters.stream_damaged,
    lag_at_end: lag,
    pending_at_end: pending,
    lag_max: backlog?.lag_max ?? null,
    pending_max: backlog?.pending_max ?? null,
    lost: lag === null || pending === null ? null : Math.max(0, added - read - lag - pending),
    delivery: latency(histograms.stream_delivery, tools),
  }
}

/** Commands of which nobody knows whether the server ran them, or how often. */
function unknownOutcomes({ total, end }: RunRecord, command: string): number {
  let unknown = total.counters.resent_commands + (end?.inFlight ?? 0)
  for (const { info, outcomes } of commandsOf(total))
    if ((info.command ?? info.operation.toLowerCase()) === command)
      for (const { outcome, count } of outcomes) if (outcome === 'indeterminate') unknown += count
  return unknown
}

function commandsOf({ measure, warmup }: Snapshot): Snapshot['measure']['series'] {
  return [...measure.series, ...warmup.series].filter(({ info }) => info.shape !== 'batch')
}

function latency(histogram: Histogram, { encodeHdr }: Pick<ResultTools, 'encodeHdr'>): LatencyResult {
  return { ...summarizeLatency(histogram), hdr: encodeHdr(histogram) }
}
