import type { PubsubResult, StreamsResult } from '../../model/messaging-result.ts'
import type { RunResult } from '../../model/result.ts'
import { formatCount } from '../format.ts'
import { latencyText } from './latency-columns.ts'
import { html, type Content, type Markup } from './markup.ts'
import { facts } from './table.ts'

/** What became of messages and stream entries. */
export function messagingSection({ pubsub, streams }: RunResult): Markup | undefined {
  if (pubsub === null && streams === null) return undefined
  return html`${
    pubsub !== null &&
    html`<h3>Pub/sub</h3>
      ${facts(pubsubFacts(pubsub))}`
  }${
    streams !== null &&
    html`<h3>Streams</h3>
      ${facts(streamFacts(streams))}`
  }`
}

function pubsubFacts(result: PubsubResult): (readonly [string, Content])[] {
  const count = formatCount
  return [
    [
      'Promised',
      `${count(result.published)} published × ${count(result.subscribers)} subscribers = ${count(result.promised)} promised + ${count(result.missed)} missed`,
    ],
    [
      'Received',
      `${count(result.received)} received, ${count(result.lost)} lost, ${count(result.damaged)} damaged`,
    ],
    [
      'Unknown publishes',
      `${count(result.unknown_publishes)}: missed at most ${count(result.missed_at_most)}, lost at most ${count(result.lost_at_most)}`,
    ],
    ['Repeated', count(result.duplicates)],
    ['Out of order', count(result.out_of_order)],
    ['Receivers that were not ours', count(result.foreign_receivers)],
    ['Delivery', latencyText(result.delivery)],
    ['Resubscription', latencyText(result.resubscription)],
  ]
}

function streamFacts(result: StreamsResult): (readonly [string, Content])[] {
  const count = (value: number | null): string => (value === null ? 'not known' : formatCount(value))
  return [
    [
      'Entries',
      `${count(result.added)} added, ${count(result.read)} read, ${count(result.acknowledged)} acknowledged`,
    ],
    ['Behind', `${count(result.lag_at_end)} at the end, ${count(result.lag_max)} at most`],
    ['Pending', `${count(result.pending_at_end)} at the end, ${count(result.pending_max)} at most`],
    ['Gone before they were read', count(result.lost)],
    ['Got again', count(result.redelivered)],
    ['Damaged', count(result.damaged)],
    ['Additions of unknown outcome', count(result.unknown_additions)],
    ['Delivery', latencyText(result.delivery)],
  ]
}
