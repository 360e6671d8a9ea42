import type { AckedTotals } from '../acked-writes.ts'
import type { RunView } from '../run-view.ts'
import type { Metric, NumberMetric } from './metric.ts'

/** A metric of runs with audit writes alone. */
function number(
  base: Pick<NumberMetric, 'prometheus' | 'type' | 'unit' | 'help' | 'labels'>,
  points: (totals: AckedTotals, view: RunView) => ReturnType<NumberMetric['points']>,
): Metric {
  return {
    ...base,
    otel: base.prometheus,
    points: (view) => {
      const { ackedWrites } = view.tool
      return ackedWrites === null ? [] : points(ackedWrites, view)
    },
  }
}

const STATES = [
  'confirmed',
  'lost',
  'unread',
  'duplicated',
  'reordered',
  'applied_unacknowledged',
  'not_applied',
  'refused_applied',
  'unexpected',
] as const

/** Acknowledged writes, as they were last read back. */
export const ackedWriteMetrics: readonly Metric[] = [
  number(
    {
      prometheus: 'redis_test_acked_writes',
      type: 'gauge',
      unit: '{write}',
      help: 'Audit writes (--audit-writes) by what reading them back said of them last; lost: acknowledged, and not there.',
      labels: ['state'],
    },
    (totals) => STATES.map((state) => ({ labels: { state }, value: totals[state] })),
  ),
  number(
    {
      prometheus: 'redis_test_audit_writes_thinned_total',
      type: 'counter',
      unit: '{write}',
      help: 'Audit writes that were left out because what had been written could not be read back in time.',
      labels: [],
    },
    (_, { snapshot }) => [{ labels: {}, value: snapshot.counters.audit_writes_thinned }],
  ),
  number(
    {
      prometheus: 'redis_test_replica_looks_total',
      type: 'counter',
      unit: '{read}',
      help: 'Looks at replicas for audit writes that had been acknowledged; stale: one of them was not there yet.',
      labels: ['result'],
    },
    ({ stale_reads: looks }) =>
      looks === null
        ? []
        : [
            { labels: { result: 'fresh' }, value: looks.reads - looks.stale },
            { labels: { result: 'stale' }, value: looks.stale },
          ],
  ),
  number(
    {
      prometheus: 'redis_test_stale_read_age_max_seconds',
      type: 'gauge',
      unit: 's',
      help: 'For how long an audit write had been acknowledged that a replica did not show, at most.',
      labels: [],
    },
    ({ stale_reads: looks }) => (looks === null ? [] : [{ labels: {}, value: looks.age_max_ms / 1000 }]),
  ),
]
