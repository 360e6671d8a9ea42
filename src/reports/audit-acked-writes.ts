import type { AuditCheck } from '../model/result.ts'
import type { RunRecord } from '../model/run-record.ts'
import { ACKED_WRITE } from '../model/acked-writes.ts'

/** What the load threads remember of audit writes against what they counted, and what was read back against both. */
export function ackedWriteChecks({ ackedWrites, total }: RunRecord): AuditCheck[] {
  if (ackedWrites === undefined) return []
  const { acknowledged, confirmed, lost, unread } = ackedWrites
  const counted = [...total.measure.series, ...total.warmup.series]
    .filter(({ info }) => info.operation === ACKED_WRITE)
    .flatMap(({ outcomes }) => outcomes)
    .reduce((sum, { outcome, count }) => sum + (outcome === 'ok' ? count : 0), 0)
  return [
    {
      name: 'audit writes: successful = acknowledged',
      ok: counted === acknowledged,
      detail: `${counted} = ${acknowledged}`,
    },
    {
      name: 'audit writes: acknowledged = there + lost + not read back',
      ok: acknowledged === confirmed + lost + unread,
      detail: `${acknowledged} = ${confirmed} + ${lost} + ${unread}`,
    },
  ]
}
