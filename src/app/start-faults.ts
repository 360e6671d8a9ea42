import { startFaultTimeline } from '../faults/fault-timeline.ts'
import { ownConnections } from './fault-target.ts'
import type { RunStage } from './prepare-run.ts'
import type { Recorder } from './recorder.ts'
import { connectionNamePrefixOf } from './run-plan-parts.ts'

/** Causes the faults of the plan in its measured time (milliseconds since the epoch). Returns a function that ends them. */
export function startFaults(
  { plan, servers, threads, tool, log, source, journal, acked }: RunStage,
  recorder: Recorder,
  times: { readonly measureStartMillis: number; readonly plannedEndMillis: number },
): () => void {
  return startFaultTimeline(plan.faults, {
    beginMillis: times.measureStartMillis,
    endMillis: times.plannedEndMillis,
    target: ownConnections(servers.controls, threads, connectionNamePrefixOf(plan)),
    seed: plan.load.seed,
    now: () => source.now(),
    onPlanned: ({ kind }, planned_at_ms) => journal.append({ type: 'fault_planned', kind, planned_at_ms }),
    onDone: (fault) => {
      const { kind, connections, error } = fault
      const counts = tool.faults.get(kind) ?? { injected: 0, failed: 0, connections: 0 }
      tool.faults.set(kind, counts)
      counts.connections += connections
      if (error === null) counts.injected++
      else counts.failed++
      recorder.fault(fault)
      acked?.reader.auditNow(`after ${kind}`)
      if (error === null) log.info({ fault: kind, connections }, 'fault injected')
      else log.warn({ fault: kind, reason: error }, 'fault failed')
    },
  })
}
