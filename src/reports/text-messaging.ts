import type { LatencySummary } from '../model/latency-summary.ts'
import type { PubsubResult, StreamsResult } from '../model/messaging-result.ts'
import type { RunResult } from '../model/result.ts'
import { formatCount, formatMillis } from './format.ts'

/** What became of messages, for the summary. */
export function* messagingLines({
  pubsub,
  streams,
}: Pick<RunResult, 'pubsub' | 'streams'>): Generator<string> {
  if (pubsub !== null) yield* pubsubLines(pubsub)
  if (streams !== null) yield* streamLines(streams)
}

function* pubsubLines(result: PubsubResult): Generator<string> {
  const { published, subscribers, promised, missed, received, lost, delivery, resubscription } = result
  yield `pub/sub       ${formatCount(published)} published × ${formatCount(subscribers)} subscribers = ${formatCount(promised)} promised + ${formatCount(missed)} missed · ${formatCount(received)} received, ${formatCount(lost)} lost${oddities(result)}`
  const { unknown_publishes: unknown, missed_at_most, lost_at_most } = result
  if (unknown > 0)
    yield `              ${formatCount(unknown)} publishes of unknown outcome: missed at most ${formatCount(missed_at_most)}, lost at most ${formatCount(lost_at_most)}`
  if (result.foreign_receivers > 0)
    yield `              others listened too: ${formatCount(result.foreign_receivers)} receivers were not ours`
  if (delivery.count > 0) yield `delivery      ${times(delivery)}`
  if (resubscription.count > 0)
    yield `resubscribed  ${formatCount(resubscription.count)} times, from the loss on: ${times(resubscription)}`
}

function* streamLines(result: StreamsResult): Generator<string> {
  const { added, read, acknowledged, lag_at_end, lag_max, pending_at_end, delivery, lost } = result
  const behind = lag_at_end === null ? 'unknown' : formatCount(lag_at_end)
  yield `streams       ${formatCount(added)} added · ${formatCount(read)} read by ${formatCount(result.consumers)} consumers, ${behind} behind at the end${lag_max === null ? '' : ` (at most ${formatCount(lag_max)})`} · ${formatCount(acknowledged)} acknowledged${pending_at_end === null || pending_at_end === 0 ? '' : `, ${formatCount(pending_at_end)} pending`}${oddities(result)}`
  if (result.unknown_additions > 0)
    yield `              ${formatCount(result.unknown_additions)} additions of unknown outcome`
  if (lost !== null && lost > 0)
    yield `              ${formatCount(lost)} entries gone before they were read: trimmed away, or lost by the server`
  if (delivery.count > 0) yield `delivery      ${times(delivery)}`
}

/** What should not be: only named when there is any. */
function oddities(result: PubsubResult | StreamsResult): string {
  const counts = {
    repeated: 'duplicates' in result ? result.duplicates : result.redelivered,
    'out of order': 'out_of_order' in result ? result.out_of_order : 0,
    'damaged or not ours': result.damaged,
  }
  const named = Object.entries(counts).filter(([, count]) => count > 0)
  return named.map(([name, count]) => ` · ${formatCount(count)} ${name}`).join('')
}

function times({ p50_ms, p95_ms, p99_ms, max_ms }: LatencySummary): string {
  return `p50 ${formatMillis(p50_ms)} p95 ${formatMillis(p95_ms)} p99 ${formatMillis(p99_ms)} max ${formatMillis(max_ms)} ms`
}
