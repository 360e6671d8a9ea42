import { addInterval } from '../ledger/add-interval.ts'
import { intervalBetween, type LedgerSnapshot, withoutMeasure } from '../ledger/ledger-snapshot.ts'
import { mergeHistograms } from '../ledger/merge.ts'
import type { AckedWritesRecord } from '../model/acked-writes.ts'
import type { Adjustment } from '../model/adjustment.ts'
import type { Outage } from '../model/connection-event.ts'
import { UsageError } from '../model/errors.ts'
import type { FaultResult } from '../model/fault-result.ts'
import { LoadTime } from '../model/load-time.ts'
import type { RunResult } from '../model/result.ts'
import type { RunEnd } from '../model/run-record.ts'
import type { ShardOutage } from '../model/shard-outage.ts'
import type { Finding } from '../model/verification.ts'
import { buildResult } from '../reports/build-result.ts'
import type { DisturbanceTracker } from '../reports/disturbances.ts'
import { describeInterval, IntervalSeries } from '../reports/interval-series.ts'
import { MaintenanceTimeline } from '../reports/maintenance-timeline.ts'
import type { OnInterval } from './interval-log-file.ts'
import type { JournalEntry, JournalHeader } from './journal-entry.ts'
import { MoveTotals } from './move-totals.ts'
import { decodePulse } from './encode-pulse.ts'
import { PhaseTotals, stageNameOf } from './phase-totals.ts'
import { AN_OLDER_FAULT, completeAckedWrites, completePlan } from './older-versions.ts'
import { journalProblem, readEntries } from './read-entries.ts'
import { RESULT_TOOLS } from './result-tools.ts'
import { ServerSideLines } from './server-side-lines.ts'
import { TargetOverTime } from './target-over-time.ts'
import { trackDisturbances, trackFault } from './track-disturbances.ts'
import { withoutType } from './without-type.ts'

/**
 * Rebuilds a result from a journal, and tells of each interval on the way. A journal without its last line (the process was killed) gives a result that is
 * marked partial; a line that was cut short is left out.
 */
export function readJournal(file: string, onInterval?: OnInterval): RunResult {
  const entries = readEntries(file)
  const header = headerOf(file, entries)
  const state = new JournalState(header, onInterval)
  for (const entry of entries) state.add(entry)
  return state.toResult()
}

/** What a journal says that was going to happen. */
export function readJournalHeader(file: string): JournalHeader {
  return headerOf(file, readEntries(file))
}

function headerOf(file: string, entries: Generator<JournalEntry>): JournalHeader {
  const first = entries.next()
  const header = first.done === true ? undefined : first.value
  if (header?.type !== 'journal' || header.schema !== 'redis-test/journal')
    throw journalProblem(
      file,
      'is not a journal of redis-test',
      'give a file that was written with --journal',
    )
  if (header.schema_version > 1)
    throw journalProblem(
      file,
      `has schema version ${String(header.schema_version)}`,
      'use a newer redis-test',
    )
  return { ...header, plan: completePlan(header.plan) }
}

class JournalState {
  readonly #header: JournalHeader
  readonly #onInterval: OnInterval | undefined
  readonly #intervals = new IntervalSeries()
  readonly #outages: Outage[] = []
  readonly #shardOutages: ShardOutage[] = []
  readonly #moves = new MoveTotals()
  readonly #maintenance = new MaintenanceTimeline()
  readonly #faults = new Map<number, FaultResult>()
  readonly #findings: Finding[] = []
  readonly #serverSide: ServerSideLines
  #total: LedgerSnapshot | undefined
  #lastMeasured: LedgerSnapshot | undefined
  #measuredUntilMillis: number
  #phases: PhaseTotals | undefined
  #cpuMicros = 0
  #ackedWrites: AckedWritesRecord | undefined
  readonly #adjustments: Adjustment[] = []
  readonly #time = new LoadTime()
  #end: RunEnd | undefined
  /** The last line was part of an interval that did not come to its end. */
  #isWithin = false
  #targetOfPlan: TargetOverTime | undefined
  #trackerOfPlan: DisturbanceTracker | undefined

  constructor(header: JournalHeader, onInterval: OnInterval | undefined) {
    this.#header = header
    this.#onInterval = onInterval
    this.#serverSide = new ServerSideLines(header.plan)
    this.#measuredUntilMillis = header.measure_start_ms
  }

  get #target(): TargetOverTime {
    const { plan, measure_start_ms } = this.#header
    this.#targetOfPlan ??= new TargetOverTime(plan.load, measure_start_ms, this.#time)
    return this.#targetOfPlan
  }

  get #tracker(): DisturbanceTracker {
    const { plan, measure_start_ms } = this.#header
    this.#trackerOfPlan ??= trackDisturbances(plan, measure_start_ms)
    return this.#trackerOfPlan
  }

  add(entry: JournalEntry): void {
    this.#serverSide.add(entry)
    switch (entry.type) {
      case 'interval':
        this.#addInterval(entry)
        break
      case 'measure':
        this.#cpuMicros = entry.cpu_micros
        if (this.#total !== undefined) this.#lastMeasured = withoutMeasure(this.#total)
        break
      case 'outage':
        this.#outages.push(withoutType(entry))
        this.#moves.add(entry)
        this.#tracker.outage(withoutType(entry))
        break
      case 'shard_outage':
        this.#shardOutages.push(withoutType(entry))
        this.#tracker.shardOutage(withoutType(entry))
        break
      case 'maintenance':
      case 'maintenance_loss':
      case 'maintenance_refused':
        this.#addMaintenance(entry)
        break
      case 'fault':
        this.#addFault(withoutType(entry))
        trackFault(this.#tracker, withoutType(entry))
        break
      case 'pulses':
        entry.pulses.forEach((pulse) => this.#tracker.pulse(decodePulse(pulse)))
        break
      case 'end':
        this.#end = withoutType(entry)
        break
      default:
        this.#addNote(entry)
    }
  }

  toResult(): RunResult {
    const { plan, tool_version, pacing, server, measure_start_ms } = this.#header
    if (this.#total === undefined)
      throw new UsageError([
        { path: '', message: 'the journal holds no interval', hint: 'the run ended within its first second' },
      ])
    if (this.#isWithin) this.#closeInterval(this.#total)
    const measureEndMillis = Math.max(measure_start_ms, this.#end?.measureEndMillis ?? this.#total.atMillis)
    return buildResult(
      {
        plan,
        toolVersion: tool_version,
        pacing,
        server,
        machine: this.#header.machine,
        measureStartMillis: measure_start_ms,
        measureEndMillis,
        cpuMicrosAtMeasureStart: this.#cpuMicros,
        total: this.#total,
        intervals: this.#intervals.toArray(),
        phases: this.#phases?.records(this.#total, measureEndMillis) ?? [],
        moves: this.#moves.toArray(),
        outages: this.#outages,
        shardOutages: this.#shardOutages,
        maintenance: this.#maintenance.toRecord(),
        disturbances: this.#tracker.finish(
          measureEndMillis,
          this.#end?.unfinishedOutages,
          this.#end?.unfinishedShardOutages,
        ),
        faults: [...this.#faults.values()],
        verification: this.#header.verification,
        calibration: this.#header.calibration,
        findings: this.#findings,
        ackedWrites: this.#ackedWrites,
        adjustments: this.#adjustments,
        ...this.#serverSide.toRecord(),
        end: this.#end,
      },
      RESULT_TOOLS,
    )
  }

  #addInterval(entry: Extract<JournalEntry, { type: 'interval' }>): void {
    const before = this.#total
    const total = addInterval(before, entry)
    this.#total = total
    this.#phases ??= new PhaseTotals(this.#header.plan, this.#header.measure_start_ms, this.#time)
    if (entry.boundary === true) this.#phases.boundary(total)
    this.#isWithin = entry.part === true && entry.phase === 'measure'
    if (entry.part !== true && entry.phase === 'measure') this.#closeInterval(total)
  }

  /** A header was read already, plans of faults are for `recover`, and newer versions may write more. */
  #addNote(entry: JournalEntry): void {
    if (entry.type === 'finding') this.#findings.push(withoutType(entry))
    if (entry.type === 'acked_writes') this.#ackedWrites = completeAckedWrites(withoutType(entry))
    if (entry.type === 'adjustment') {
      this.#adjustments.push(withoutType(entry))
      this.#time.addAdjustment(entry, this.#header.measure_start_ms)
    }
  }

  #addMaintenance(entry: Extract<JournalEntry, { type: `maintenance${string}` }>): void {
    if (entry.type === 'maintenance') this.#maintenance.notice(withoutType(entry))
    else if (entry.type === 'maintenance_loss') this.#maintenance.loss(entry)
    else this.#maintenance.refused(entry.message)
  }

  /** Journals of older versions say less of a fault, and once. */
  #addFault(fault: FaultResult): void {
    const id = (fault.id as number | undefined) ?? this.#faults.size + 1
    this.#faults.set(id, { ...AN_OLDER_FAULT, ...fault, id })
  }

  #closeInterval(total: LedgerSnapshot): void {
    const base = this.#lastMeasured
    const interval = base === undefined ? total : intervalBetween(base, total)
    this.#onInterval?.(interval, { sinceMillis: this.#measuredUntilMillis, untilMillis: total.atMillis })
    this.#intervals.add(
      describeInterval({
        interval,
        seconds: (total.atMillis - this.#measuredUntilMillis) / 1000,
        targetOpsPerSecond: this.#target.over(this.#measuredUntilMillis, total.atMillis),
        cpuMicrosBefore: base?.gauges.cpu_micros ?? this.#cpuMicros,
        phase: 'measure',
        stage: stageNameOf(
          this.#header.plan,
          { sinceMillis: this.#measuredUntilMillis, untilMillis: total.atMillis },
          this.#header.measure_start_ms,
          this.#time,
        ),
        merge: mergeHistograms,
      }),
    )
    this.#lastMeasured = total
    this.#measuredUntilMillis = total.atMillis
  }
}
