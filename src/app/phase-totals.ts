import { addPhases } from '../ledger/add-phases.ts'
import { type LedgerPhase, type LedgerSnapshot, phaseSince } from '../ledger/ledger-snapshot.ts'
import { nextPhase, stageAt, type StageTime } from '../model/load-stages.ts'
import { LoadTime } from '../model/load-time.ts'
import type { LoadPlan, RunPlan } from '../model/plan.ts'
import type { PhaseRecord } from '../model/run-record.ts'
import { countOutcomes } from '../reports/count-outcomes.ts'
import { adjustedCurve } from '../schedule/adjusted-curve.ts'
import { measuredCurve, type RateCurve } from '../schedule/rate-curve.ts'

/** A timer may fire a little before its time. */
const TOLERANCE_MILLIS = 20

type PhaseSum = PhaseRecord & { readonly measure: LedgerPhase }

interface Running {
  readonly name: string
  readonly sinceMillis: number
  /** When the plan wants it to begin and to be over, time of the plan. */
  readonly plannedStart: number
  readonly plannedEnd: number
  /** The measured phase as it was when this one began. */
  readonly base: LedgerPhase | undefined
}

/**
 * What happened in each phase of a load with stages, added up by name: from snapshots at the boundaries, so that the
 * phases add up to the measured totals to the unit. Its size depends on the number of names alone.
 */
export class PhaseTotals {
  readonly #load: LoadPlan
  readonly #startMillis: number
  readonly #curve: RateCurve
  readonly #time: LoadTime
  readonly #done = new Map<string, PhaseSum>()
  #running: Running | undefined
  /** Settled commands of the whole measured phase when its planned end came. */
  #settledAtEnd: number | undefined

  constructor({ load }: RunPlan, measureStartMillis: number, time = new LoadTime()) {
    this.#load = load
    this.#startMillis = measureStartMillis
    this.#curve = adjustedCurve(measuredCurve(load), time)
    this.#time = time
    const first = stageAt(load, 0)
    if (first !== undefined) this.#running = this.#begin(first, measureStartMillis, undefined)
  }

  /** From this snapshot on, what happens belongs to the stage that goes on now; at the planned end, to the drain. */
  boundary(snapshot: LedgerSnapshot): void {
    const elapsed = this.#time.planAt(snapshot.atMillis - this.#startMillis + TOLERANCE_MILLIS)
    const now = stageAt(this.#load, elapsed)
    if (this.#running === undefined || now === undefined) return
    if (this.#load.duration_ms !== null && elapsed >= this.#load.duration_ms) {
      this.#settledAtEnd = settledOf(snapshot.measure)
      return
    }
    this.#close(this.#running, snapshot.measure, snapshot.atMillis)
    this.#running = this.#begin(now, snapshot.atMillis, snapshot.measure)
  }

  /** The phases in the order in which they began, if the measured time ended at the given moment. */
  records(total: LedgerSnapshot, endMillis: number): PhaseRecord[] {
    const records = new Map<string, PhaseRecord>(this.#done)
    if (this.#running !== undefined) {
      const last = this.#added(this.#running, total.measure, endMillis)
      records.set(last.name, last)
    }
    return [...records.values()]
  }

  /** The phase of this name, as far as it is over. */
  find(name: string): PhaseRecord | undefined {
    return this.#done.get(name)
  }

  #begin(now: StageTime, sinceMillis: number, base: LedgerPhase | undefined): Running {
    const next = nextPhase(this.#load, now.startMillis)
    const plannedEnd = Math.min(
      next?.startMillis ?? Number.POSITIVE_INFINITY,
      this.#load.duration_ms ?? Number.POSITIVE_INFINITY,
    )
    return { name: now.stage.name, sinceMillis, plannedStart: now.startMillis, plannedEnd, base }
  }

  #close(running: Running, measure: LedgerPhase, atMillis: number): void {
    this.#done.set(running.name, this.#added(running, measure, atMillis))
  }

  #added(running: Running, measure: LedgerPhase, untilMillis: number): PhaseSum {
    const { name, sinceMillis, base } = running
    const plannedStart = this.#time.whenPlanIs(running.plannedStart)
    const plannedEnd = this.#time.whenPlanIs(running.plannedEnd)
    const endMillis = Math.max(sinceMillis, untilMillis)
    const elapsed = endMillis - this.#startMillis
    const isOver = elapsed >= plannedEnd - TOLERANCE_MILLIS
    const isComplete = isOver && !this.#time.isCutBefore(running.plannedEnd, TOLERANCE_MILLIS)
    const plannedUntil = Math.max(plannedStart, isOver ? plannedEnd : elapsed)
    const planned = this.#curve.commandsBefore(plannedUntil) - this.#curve.commandsBefore(plannedStart)
    const added = base === undefined ? measure : phaseSince(base, measure)
    const settledLate = this.#settledAtEnd === undefined ? 0 : settledOf(measure) - this.#settledAtEnd
    const before = this.#done.get(name)
    const sum = before ?? { ...NOTHING, firstAtMillis: sinceMillis }
    return {
      name,
      firstAtMillis: sum.firstAtMillis,
      seconds: sum.seconds + (endMillis - sinceMillis) / 1000,
      times: sum.times + 1,
      isComplete,
      plannedSeconds: sum.plannedSeconds + (plannedUntil - plannedStart) / 1000,
      plannedCommands: this.#load.model === 'closed' ? null : (sum.plannedCommands ?? 0) + planned,
      settledInTime: sum.settledInTime + settledOf(added) - settledLate,
      measure: before === undefined ? added : addPhases(before.measure, added),
    }
  }
}

const NOTHING = { seconds: 0, times: 0, plannedSeconds: 0, plannedCommands: 0, settledInTime: 0 } as const

function settledOf(measure: LedgerPhase): number {
  const { ok, failed, indeterminate } = countOutcomes(measure)
  return ok + failed + indeterminate
}

/** Name of the stage in the middle of an interval; `null` in a load without stages. */
export function stageNameOf(
  { load }: RunPlan,
  interval: { readonly sinceMillis: number; readonly untilMillis: number },
  measureStartMillis: number,
  time = new LoadTime(),
): string | null {
  const middle = (interval.sinceMillis + interval.untilMillis) / 2 - measureStartMillis
  return stageAt(load, Math.max(0, time.planAt(middle)))?.stage.name ?? null
}
