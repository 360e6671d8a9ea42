import type { OperationPlan } from '../model/plan.ts'
import type { PubsubResult, StreamsResult } from '../model/messaging-result.ts'
import type { AuditCheck } from '../model/result.ts'
import type { RunRecord } from '../model/run-record.ts'
import { describePubsub, describeStreams } from './describe-messaging.ts'

const NO_HDR = { encodeHdr: (): string => '' }

/**
 * What was published and added against what arrived: equal when every connection held and every answer came; after
 * faults, nothing may arrive that nobody sent. A run without an end is not checked, its messages were on their way.
 */
export function messagingChecks(record: RunRecord): AuditCheck[] {
  const pubsub = describePubsub(record, NO_HDR)
  const streams = describeStreams(record, NO_HDR)
  const isUndisturbed = record.total.counters.outages === 0
  return [
    ...(pubsub === null || isScripted(record.plan.operations, /publish/i)
      ? []
      : pubsubChecks(pubsub, isUndisturbed && pubsub.unknown_publishes === 0)),
    ...(streams === null || isScripted(record.plan.operations, /xadd/i)
      ? []
      : streamChecks(streams, isUndisturbed && streams.unknown_additions === 0, record)),
  ]
}

/** What a script sends, nobody counts. */
function isScripted(operations: readonly OperationPlan[], command: RegExp): boolean {
  return operations.some(({ script }) => script !== null && command.test(script.text))
}

function pubsubChecks(result: PubsubResult, isExact: boolean): AuditCheck[] {
  const { published, subscribers, promised, received, damaged, unknown_publishes: unknown } = result
  const arrived = received + damaged
  if (isExact)
    return [
      {
        name: 'pub/sub: published × subscribers = promised by the server',
        ok: published * subscribers === promised,
        detail: `${published} × ${subscribers} = ${promised}`,
      },
      {
        name: 'pub/sub: promised = received + damaged',
        ok: promised === arrived,
        detail: `${promised} = ${received} + ${damaged}`,
      },
    ]
  return [
    {
      name: 'pub/sub: received ≤ promised + what unanswered publishes may have sent',
      ok: arrived <= promised + unknown * subscribers,
      detail: `${arrived} ≤ ${promised} + ${unknown} × ${subscribers}`,
    },
  ]
}

/** Entries may be trimmed away before they are read; they are missing then, and the report says so. */
function streamChecks(
  { added, read, lag_at_end: lag, unknown_additions: unknown }: StreamsResult,
  isExact: boolean,
  { end }: RunRecord,
): AuditCheck[] {
  if (lag === null) return []
  const isTrimmed = (end?.streams?.length ?? 0) < added
  if (isExact)
    return [
      {
        name: 'streams: added = read + backlog',
        ok: added === read + lag || (isTrimmed && read + lag < added),
        detail: `${added} = ${read} + ${lag}${isTrimmed && read + lag < added ? ' + trimmed' : ''}`,
      },
    ]
  return [
    {
      name: 'streams: read + backlog ≤ added + what unanswered additions may have added',
      ok: read + lag <= added + unknown,
      detail: `${read} + ${lag} ≤ ${added} + ${unknown}`,
    },
  ]
}
