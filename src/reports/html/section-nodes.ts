import type { ClusterResult } from '../../model/node-result.ts'
import type { RunResult } from '../../model/result.ts'
import { formatCount, formatMillis } from '../format.ts'
import { html, type Markup } from './markup.ts'
import { numbers, table, words } from './table.ts'

const SHARD_OUTAGES = 25

/** Each server that got load, and what a Cluster did besides. */
export function nodesSection({ nodes, cluster, measured_seconds, run_start }: RunResult): Markup | undefined {
  if (nodes.length === 0 && cluster === null) return undefined
  const seconds = Math.max(1e-9, measured_seconds)
  const nodeTable = table({
    caption: 'Commands by the server that they were sent to last; service times in milliseconds',
    columns: [
      ...words('Node'),
      ...numbers(
        'ops/s',
        'ok',
        'failed',
        'unknown',
        'p50',
        'p99',
        'p99.9',
        'max',
        'lost',
        'back',
        'MOVED',
        'ASK',
      ),
    ],
    rows: nodes.map((node) => {
      const { success } = node.service
      return [
        node.address,
        formatCount(Math.round((node.ok + node.failed + node.indeterminate) / seconds)),
        ...[node.ok, node.failed, node.indeterminate].map((count) => formatCount(count)),
        ...[success.p50_ms, success.p99_ms, success.p999_ms, success.max_ms].map((value) =>
          success.count === 0 ? '–' : formatMillis(value),
        ),
        ...[node.outages, node.reconnections].map((count) => formatCount(count)),
        ...(['MOVED', 'ASK'] as const).map((kind) => formatCount(node.redirections[kind])),
      ]
    }),
  })
  return html`${nodes.length > 0 && nodeTable}${cluster !== null && clusterPart(cluster, run_start)}`
}

function clusterPart(
  { redirections, hidden_retries, shard_outages }: ClusterResult,
  runStart: number,
): Markup {
  const kinds = Object.entries(redirections).map(([kind, count]) => `${formatCount(count)} ${kind}`)
  const longest = shard_outages.toSorted((a, b) => b.duration_ms - a.duration_ms).slice(0, SHARD_OUTAGES)
  return html`<p>
      Redirections: ${kinds.join(', ')} · ${formatCount(hidden_retries)} commands sent again after a lost
      connection
    </p>
    ${
      longest.length > 0 &&
      table({
        caption: `Ranges of slots without a success${longest.length < shard_outages.length ? `, the longest ${longest.length} of ${shard_outages.length}` : ''}`,
        showCaption: true,
        columns: [...words('Slots'), ...numbers('from [s]', 'ms', 'commands'), ...words('first cause')],
        rows: longest.map((one) => [
          `${one.from_slot}–${one.to_slot}`,
          (one.failed_at_ms / 1000 - runStart).toFixed(2),
          `${one.finished ? '' : '≥ '}${formatMillis(one.duration_ms)}`,
          formatCount(one.failures),
          html`<code>${one.cause}</code>`,
        ]),
      })
    }`
}
