import type { AckedWritesRecord } from '../../src/model/acked-writes.ts'
import { noCounts } from '../../src/workload/acked/judge-segment.ts'

/** An audit that read everything and found nothing wrong with ten writes. */
export function ackedRecord(change: Partial<AckedWritesRecord> = {}): AckedWritesRecord {
  return {
    ...noCounts(),
    acknowledged: 10,
    confirmed: 10,
    lists: 2,
    lost_from_ms: null,
    lost_until_ms: null,
    losses: [],
    examples: [],
    voided_because: null,
    readings: [],
    complete: true,
    stale_reads: null,
    ...change,
  }
}
