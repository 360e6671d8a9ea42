import { errorCodeAt } from '../model/error-codes.ts'
import type { ShardOutage } from '../model/shard-outage.ts'
import type { ShardGap } from '../redis/shard-watch.ts'
import type { ThreadTime } from './thread-time.ts'

/** Turns what a load thread saw into what is reported. */
export function shardOutages(time: ThreadTime): (gap: ShardGap, finished: boolean) => ShardOutage {
  return ({ from_slot, to_slot, failedAt, recoveredAt, failures, code }, finished) => ({
    from_slot,
    to_slot,
    failed_at_ms: time.toEpochMillis(failedAt),
    duration_ms: recoveredAt - failedAt,
    finished,
    failures,
    cause: errorCodeAt(code).code,
  })
}
