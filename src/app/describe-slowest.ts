import { ERROR_CODES } from '../model/error-codes.ts'
import type { SeriesInfo } from '../model/ledger.ts'
import type { SpanIds } from '../model/log.ts'
import { OUTCOMES } from '../model/outcome.ts'
import type { RunPlan } from '../model/plan.ts'
import type { SlowestCommand } from '../model/slowest-command.ts'
import type { KeptReport } from '../model/thread-message.ts'

/** One of the slowest units as a result names it. `undefined` for a series that the plan does not have. */
export function describeSlowest(
  kept: KeptReport,
  { plan, series }: { readonly plan: RunPlan; readonly series: readonly SeriesInfo[] },
  node: string | null,
  ids: SpanIds | undefined,
): SlowestCommand | undefined {
  const info = series[kept.series]
  if (info === undefined) return undefined
  return {
    operation: info.operation,
    shape: info.shape,
    command: info.command ?? info.operation.toLowerCase(),
    at_ms: tenthOfMicro(kept.sent_at_ms),
    service_ms: tenthOfMicro(kept.settled_at_ms - kept.sent_at_ms),
    response_ms: plan.load.model === 'open' ? tenthOfMicro(kept.settled_at_ms - kept.due_at_ms) : null,
    connection: kept.connection,
    node,
    size: kept.size,
    outcome: OUTCOMES[kept.outcome] ?? 'ok',
    code: ERROR_CODES[kept.code]?.code ?? 'none',
    trace_id: ids?.traceId ?? null,
    span_id: ids?.spanId ?? null,
  }
}

function tenthOfMicro(millis: number): number {
  return Math.round(millis * 10_000) / 10_000
}
