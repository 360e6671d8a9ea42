import { COMMAND_BOUNDS_SECONDS, RECONNECTION_BOUNDS_SECONDS } from '../bounds.ts'
import { errorCodeAt } from '../error-codes.ts'
import { REDIRECTIONS } from '../ledger.ts'
import type { RunView } from '../run-view.ts'
import type { NodeSnapshot } from '../snapshot.ts'
import { histogramPoint, type Labels, mergeNumberPoints, type Metric, type NumberPoint } from './metric.ts'

const NODE_LABELS = ['server.address', 'server.port']

/** `host:port` as the semantic conventions want it; the rest, taken together, has no port. */
function nodeLabels({ address }: NodeSnapshot): Labels {
  const colon = address.lastIndexOf(':')
  if (colon < 0) return { 'server.address': address }
  return { 'server.address': address.slice(0, colon), 'server.port': address.slice(colon + 1) }
}

function operations({ snapshot }: RunView): NumberPoint[] {
  return mergeNumberPoints(
    snapshot.nodes.flatMap((node) =>
      node.outcomes.map(({ outcome, code, count }) => ({
        labels: {
          ...nodeLabels(node),
          status: outcome === 'ok' ? 'success' : 'error',
          error_type: errorCodeAt(code).errorType,
        },
        value: count,
      })),
    ),
  )
}

/** Where a deployment has several servers that get load: what each of them got. No series with one server only. */
export const nodeMetrics: readonly Metric[] = [
  {
    prometheus: 'redis_test_node_operations_total',
    otel: 'redis_test_node_operations_total',
    type: 'counter',
    unit: '{operation}',
    help: 'Commands of the measured phase by the server that they were sent to last (Cluster).',
    labels: [...NODE_LABELS, 'status', 'error_type'],
    points: operations,
  },
  {
    prometheus: 'redis_test_node_operation_duration_seconds',
    otel: 'redis_test_node_operation_duration_seconds',
    type: 'histogram',
    unit: 's',
    help: 'Service time of commands by the server that they were sent to last, redirections included (Cluster).',
    labels: [...NODE_LABELS, 'status'],
    boundsSeconds: COMMAND_BOUNDS_SECONDS,
    points: ({ snapshot }) =>
      snapshot.nodes.flatMap((node) => [
        histogramPoint(node.serviceSuccess, COMMAND_BOUNDS_SECONDS, {
          ...nodeLabels(node),
          status: 'success',
        }),
        histogramPoint(node.serviceError, COMMAND_BOUNDS_SECONDS, { ...nodeLabels(node), status: 'error' }),
      ]),
  },
  {
    prometheus: 'redis_test_node_connections',
    otel: 'redis_test_node_connections',
    type: 'gauge',
    unit: '{connection}',
    help: 'Ready connections to each server (Cluster).',
    labels: NODE_LABELS,
    points: ({ snapshot }) =>
      snapshot.nodes.map((node) => ({ labels: nodeLabels(node), value: node.active })),
  },
  {
    prometheus: 'redis_test_node_outages_total',
    otel: 'redis_test_node_outages_total',
    type: 'counter',
    unit: '{connection}',
    help: 'Ready connections to each server that were lost (Cluster).',
    labels: NODE_LABELS,
    points: ({ snapshot }) =>
      snapshot.nodes.map((node) => ({ labels: nodeLabels(node), value: node.counters.outages })),
  },
  {
    prometheus: 'redis_test_cluster_redirections_total',
    otel: 'redis_test_cluster_redirections_total',
    type: 'counter',
    unit: '{reply}',
    help: 'Error replies after which the Cluster client sent a command again, by the server that gave them.',
    labels: [...NODE_LABELS, 'kind'],
    points: ({ snapshot }) =>
      snapshot.nodes.flatMap((node) =>
        REDIRECTIONS.map((kind) => ({ labels: { ...nodeLabels(node), kind }, value: node.counters[kind] })),
      ),
  },
  {
    prometheus: 'redis_test_shard_outage_duration_seconds',
    otel: 'redis_test_shard_outage_duration_seconds',
    type: 'histogram',
    unit: 's',
    help: 'From the first failure of a command for a range of slots to the next success, as each load thread saw it.',
    labels: [],
    boundsSeconds: RECONNECTION_BOUNDS_SECONDS,
    points: ({ plan, snapshot }) =>
      plan.target.topology === 'cluster'
        ? [histogramPoint(snapshot.histograms.shard_outage, RECONNECTION_BOUNDS_SECONDS, {})]
        : [],
  },
]
