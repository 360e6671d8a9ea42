import {
  ackedWrites,
  atTheEnd,
  commands,
  connectionCount,
  connectionTime,
  latency,
  messages,
  NEVER_STARTED,
  NO_MESSAGE,
  noReconnection,
  responseTimes,
  serviceTimes,
  share,
  usualTimes,
  verdictCount,
  type ThresholdMetric,
} from './threshold-metric.ts'
import { DISTURBANCE_METRICS } from './threshold-disturbances.ts'
import { SERVER_METRICS } from './threshold-servers.ts'
import { droppedOf, settledCounts } from './threshold-numbers.ts'

/** Everything a threshold can be about. Add a metric here: parser, checks, results and documentation follow it. */
export const THRESHOLD_METRICS = {
  latency: latency(
    usualTimes,
    'Time of all settled commands, written without a name (`p99`): response time in an open loop, service time in a closed one',
  ),
  response: {
    ...latency(responseTimes, 'Response time: from the instant a command was due to its answer'),
    needsOpenLoop: true,
  },
  service: latency(serviceTimes, 'Service time: from sending a command to its answer'),
  error_rate: commands(
    'share',
    'Failed and indeterminate commands, as a share of the settled ones',
    ({ failed, indeterminate, settled }) => share(failed + indeterminate, settled),
  ),
  success_rate: commands('share', 'Successful commands, as a share of the settled ones', ({ ok, settled }) =>
    share(ok, settled),
  ),
  ok: commands('count', 'Commands that the server answered without an error', ({ ok }) => ok),
  failed: commands('count', 'Commands that failed for certain', ({ failed }) => failed),
  indeterminate: commands(
    'count',
    'Commands that were sent and whose answer never came',
    ({ indeterminate }) => indeterminate,
  ),
  hit_rate: {
    ...commands('share', 'Answers that were not nil, as a share of the successful ones', ({ ok, nil }) =>
      share(ok - nil, ok),
    ),
    operation: 'required',
    withoutData: { ok: false, note: 'no data: no such command succeeded' },
  },
  nil_rate: {
    ...commands('share', 'Answers that were nil, as a share of the successful ones', ({ ok, nil }) =>
      share(nil, ok),
    ),
    operation: 'required',
    withoutData: { ok: false, note: 'no data: no such command succeeded' },
  },
  ops_per_second: {
    kind: 'rate',
    operation: 'optional',
    scope: 'phase',
    course: 'known_at_end',
    help: 'Settled commands a second of the measured time',
    withoutData: NEVER_STARTED,
    number: (numbers, operation) => {
      const { settled } = settledCounts(numbers, operation)
      const inTime = operation === null ? numbers.settledInTime : undefined
      return share(inTime ?? settled, numbers.seconds)
    },
  },
  dropped: {
    kind: 'count',
    operation: 'none',
    scope: 'phase',
    course: 'counts',
    help: 'Arrivals that were never sent: too many in flight, or the generator was late',
    withoutData: NEVER_STARTED,
    number: droppedOf,
  },
  drop_rate: {
    kind: 'share',
    operation: 'none',
    scope: 'phase',
    course: 'moves',
    help: 'Dropped arrivals, as a share of the scheduled ones',
    withoutData: NEVER_STARTED,
    number: (numbers) => share(droppedOf(numbers), numbers.measure.counters.scheduled),
  },
  start_lag: {
    kind: 'time',
    operation: 'none',
    scope: 'phase',
    course: 'moves',
    needsOpenLoop: true,
    help: 'How late the generator itself sent what was due',
    withoutData: NEVER_STARTED,
    histogram: ({ measure }) => measure.startLag,
  },
  in_flight_at_end: atTheEnd(
    'Commands that were neither answered nor given up when the run ended',
    ({ inFlight }) => inFlight,
  ),
  connection: connectionTime('first_connect_success', 'First connects: dial to ready', NEVER_STARTED),
  reconnection: {
    ...connectionTime('reconnection', 'Reconnections: loss to ready again', noReconnection),
    histogram: ({ run, merge }) => {
      if (run === null) return undefined
      const { reconnection } = run.histograms
      return run.end === null ? reconnection : merge([reconnection, run.end.unfinishedOutages])
    },
  },
  detection: connectionTime(
    'detection',
    'How long commands had waited on a dead connection before its loss was seen',
    noReconnection,
  ),
  backoff: connectionTime('backoff', 'Delays before reconnection attempts, of each outage', noReconnection),
  outages: connectionCount('Ready connections that were lost', ({ counters }) => counters.outages),
  'outages.unfinished': atTheEnd(
    'Connections that were still down at the end',
    ({ unfinishedOutages }) => unfinishedOutages.count,
  ),
  connection_failures: connectionCount(
    'Attempts to connect that failed',
    ({ histograms }) => histograms.attempt_error.count,
  ),
  pubsub: connectionTime(
    'pubsub_delivery',
    'Delivery of messages: sent to received by a subscriber',
    NO_MESSAGE,
  ),
  'pubsub.lost': messages(
    'Messages that the server promised to a subscriber and that never arrived',
    'pubsub_lost',
  ),
  'pubsub.missed': messages('Messages that were published while a subscriber was not there', 'pubsub_missed'),
  'pubsub.duplicates': connectionCount(
    'Messages that arrived again',
    ({ counters }) => counters.pubsub_duplicates,
  ),
  stream: connectionTime(
    'stream_delivery',
    'Delivery of stream entries: sent to read by a consumer',
    NO_MESSAGE,
  ),
  'stream.lag': messages('Stream entries that no consumer had read at the end', 'stream_lag'),
  'stream.lag_max': messages(
    'The most stream entries that nobody had read, of a look a second',
    'stream_lag_max',
  ),
  'stream.lost': messages('Stream entries that were added, and neither read nor left over', 'stream_lost'),
  'verify.ok': verdictCount('Verified reads that gave what the key held', 'ok'),
  'verify.wrong': verdictCount('Verified reads of a value that nobody wrote to the key', 'wrong'),
  'verify.stale': verdictCount('Verified reads of a value that had been replaced', 'stale'),
  'verify.missing': verdictCount('Verified reads of nothing where a value had to be', 'missing'),
  'verify.unjudged': verdictCount('Reads that could not be judged', 'unjudged'),
  ...DISTURBANCE_METRICS,
  ...SERVER_METRICS,
  lost: ackedWrites('Audit writes that were acknowledged and are not there', 'lost'),
  unread: ackedWrites('Audit writes that were acknowledged and could not be read back', 'unread'),
  duplicated: ackedWrites('Times that an audit write is there beyond the first', 'duplicated'),
  reordered: ackedWrites('Acknowledged audit writes that stand behind a later one', 'reordered'),
  applied_unacknowledged: ackedWrites(
    'Audit writes that are there although no answer came',
    'applied_unacknowledged',
  ),
  refused_applied: ackedWrites('Audit writes that are there although they were refused', 'refused_applied'),
  stale_reads: ackedWrites(
    'Looks at replicas that did not show an audit write which had been acknowledged',
    'stale_reads',
  ),
  'audit.ok': atTheEnd('1 when every equation of the audit holds, 0 when one does not', ({ auditOk }) =>
    auditOk ? 1 : 0,
  ),
  'audit.lost': atTheEnd('Commands that are unaccounted for', ({ auditLost }) => auditLost),
} as const satisfies Readonly<Record<string, ThresholdMetric>>

export type ThresholdMetricName = keyof typeof THRESHOLD_METRICS

export function isThresholdMetric(name: string): name is ThresholdMetricName {
  return Object.hasOwn(THRESHOLD_METRICS, name)
}

export function thresholdMetric(name: ThresholdMetricName): ThresholdMetric {
  return THRESHOLD_METRICS[name]
}
