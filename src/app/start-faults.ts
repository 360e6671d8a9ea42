import { FaultInjector } from '../faults/fault-injector.ts'
import { startFaultTimeline } from '../faults/fault-timeline.ts'
import type { FaultKind } from '../model/fault-catalogue.ts'
import type { Log } from '../model/log.ts'
import type { FaultResult } from '../model/fault-result.ts'
import { createFaultCounts, type FaultCounts, type ToolCounters } from '../model/run-view.ts'
import { openFaultRecord } from './fault-record.ts'
import { faultTargetOf } from './fault-target.ts'
import { journalHeader } from './journal-header.ts'
import { listenForFaults } from './listen-for-faults.ts'
import type { RunStage } from './prepare-run.ts'
import type { Recorder } from './recorder.ts'

export interface RunningFaults {
  /** Those at work now; to be called once a second, so that they are counted. */
  look(): readonly FaultResult[]
  /**
   * Causes no more, and takes back what is at work; resolves when that is done, or not in time. Called again, it can only
   * leave less time.
   */
  end(limitMillis: number): Promise<void>
}

/** Causes the faults of the plan in its measured time (milliseconds since the epoch), and those that are asked for. */
export function startFaults(
  stage: RunStage,
  recorder: Recorder,
  times: {
    readonly startMillis: number
    readonly measureStartMillis: number
    readonly plannedEndMillis: number
  },
): RunningFaults {
  const { plan, tool, log, source, journal, surfaces } = stage
  const record = openFaultRecord(journal, journalHeader(stage, times), stage.environment)
  const counts = countFaults(tool)
  const injector = new FaultInjector({
    target: faultTargetOf({ ...stage, ...stage.reach }),
    now: () => source.now(),
    onPlanned: (planned) => record.planned(planned),
    onBegun(fault) {
      counts.injected(fault)
      recorder.fault(fault)
      log.info({ ...shown(fault) }, 'fault begins')
      surfaces.spans?.faultBegins(fault)
    },
    onEnded(fault) {
      record.ended(fault)
      recorder.fault(fault)
      counts.ended(fault)
      surfaces.spans?.fault(fault)
      stage.acked?.reader.auditNow(`after ${fault.kind}`)
      logEnd(fault, log)
    },
  })
  const stopTimeline = startFaultTimeline(plan.faults, {
    beginMillis: times.measureStartMillis,
    endMillis: times.plannedEndMillis,
    seed: plan.load.seed,
    now: () => source.now(),
    inject(one, plannedAtMillis, random) {
      void injector.inject({ plan: one, plannedAtMillis, random, origin: 'plan' })
    },
  })
  const listening = listenForFaults(stage, injector)
  const end = async (limitMillis: number): Promise<void> => {
    stopTimeline()
    await injector.endAll(limitMillis)
    counts.active(injector.active)
    listening.close()
    const kept = record.close()
    if (kept !== undefined)
      log.error({ command: `redis-test recover ${kept}` }, 'take back what is left with')
  }
  return {
    look() {
      counts.active(injector.active)
      return injector.active
    },
    end: endOnce(end, (limitMillis) => injector.hurry(limitMillis)),
  }
}

/** Whoever asks again while it ends can only hurry it. */
function endOnce(
  end: (limitMillis: number) => Promise<void>,
  hurry: (limitMillis: number) => void,
): RunningFaults['end'] {
  let ending: Promise<void> | undefined
  return (limitMillis) => {
    if (ending !== undefined) hurry(limitMillis)
    return (ending ??= end(limitMillis))
  }
}

function logEnd(fault: FaultResult, log: Log): void {
  if (fault.error !== null) log.warn({ ...shown(fault), reason: fault.error }, 'fault failed')
  else log.info(shown(fault), fault.reverted === null ? 'fault injected' : 'fault taken back')
  if (fault.reverted === false)
    log.error({ ...shown(fault), reason: fault.revert_error }, 'A FAULT WAS NOT TAKEN BACK')
}

function shown({ kind, id, nodes, connections, detail, origin }: FaultResult): Record<string, unknown> {
  return { fault: kind, id, nodes: nodes.join(', '), connections, detail, origin }
}

/** A fault is counted when it has acted, not when it is over. */
function countFaults(tool: ToolCounters): {
  injected(fault: FaultResult): void
  ended(fault: FaultResult): void
  active(faults: readonly FaultResult[]): void
} {
  const counted = new Set<number>()
  const of = (kind: FaultKind): FaultCounts => {
    const counts = tool.faults.get(kind) ?? createFaultCounts()
    tool.faults.set(kind, counts)
    return counts
  }
  const injected = ({ kind, id, connections }: FaultResult): void => {
    if (counted.has(id)) return
    counted.add(id)
    of(kind).injected++
    of(kind).connections += connections
  }
  return {
    injected,
    ended(fault) {
      const counts = of(fault.kind)
      if (fault.error === null) injected(fault)
      else counts.failed++
      if (fault.reverted === true) counts.reverted++
      if (fault.reverted === false) counts.revertsFailed++
    },
    active(faults) {
      for (const { kind } of faults) of(kind)
      for (const [kind, counts] of tool.faults)
        counts.active = faults.filter((fault) => fault.kind === kind).length
    },
  }
}
