import { encodeInterval } from '../ledger/encode-interval.ts'
import { intervalBetween, type LedgerSnapshot, withoutMeasure } from '../ledger/ledger-snapshot.ts'
import { mergeHistograms } from '../ledger/merge.ts'
import type { AckedWritesRecord } from '../model/acked-writes.ts'
import type { Adjustment } from '../model/adjustment.ts'
import type { Outage } from '../model/connection-event.ts'
import { LoadTime } from '../model/load-time.ts'
import type { MaintenanceLoss, MaintenanceNotice } from '../model/maintenance.ts'
import type { DisturbancesRecord, Pulse } from '../model/disturbance.ts'
import type { RunPlan } from '../model/plan.ts'
import type { FaultResult } from '../model/fault-result.ts'
import type { IntervalResult } from '../model/interval-result.ts'
import { describeInterval, IntervalSeries } from '../reports/interval-series.ts'
import { MaintenanceTimeline } from '../reports/maintenance-timeline.ts'
import { longestOutages } from '../reports/longest-outages.ts'
import type { Journal } from '../telemetry/journal.ts'
import type { ServerGuards } from '../model/server-guards.ts'
import type { ServerNews } from '../model/server-samples.ts'
import type { ShardOutage } from '../model/shard-outage.ts'
import type { SlowestCommand } from '../model/slowest-command.ts'
import type { RunEnd, RunRecord } from '../model/run-record.ts'
import { type Finding, FINDINGS_KEPT } from '../model/verification.ts'
import type { OnInterval } from './interval-log-file.ts'
import type { JournalEntry } from './journal-entry.ts'
import { MoveTotals } from './move-totals.ts'
import type { DisturbanceTracker } from '../reports/disturbances.ts'
import { encodePulse, type EncodedPulse, PULSES_IN_LINE } from './encode-pulse.ts'
import { PhaseTotals, stageNameOf } from './phase-totals.ts'
import { ServerSideLines } from './server-side-lines.ts'
import { TargetOverTime } from './target-over-time.ts'
import { trackDisturbances, trackFault } from './track-disturbances.ts'

const OUTAGES_KEPT = 1000
const SHARD_OUTAGES_KEPT = 10_000
const FAULTS_KEPT = 10_000

/** Keeps what a result needs beyond the totals, in bounded memory, and writes all of it to the journal. */
export class Recorder {
  readonly #plan: RunPlan
  readonly #journal: Journal<JournalEntry>
  readonly #intervals = new IntervalSeries()
  readonly #faults = new Map<number, FaultResult>()
  readonly #findings: Finding[] = []
  readonly #moves = new MoveTotals()
  #outages: Outage[] = []
  readonly #shardOutages: ShardOutage[] = []
  readonly #maintenance = new MaintenanceTimeline()
  readonly #serverSide: ServerSideLines
  #ackedWrites: AckedWritesRecord | undefined
  #last: LedgerSnapshot
  #latestInterval: LedgerSnapshot
  /** The last snapshot that the journal holds; after a line that could not be written, the next one covers both. */
  #journaled: LedgerSnapshot
  #lastMeasured: LedgerSnapshot
  #measuredUntilMillis: number
  readonly #measureStartMillis: number
  readonly #phases: PhaseTotals
  readonly #tracker: DisturbanceTracker
  readonly #target: TargetOverTime
  /** Told of each interval of the measured phase. */
  onInterval: OnInterval | undefined
  readonly #time: LoadTime
  readonly #adjustments: Adjustment[] = []
  /** Not yet in the journal. */
  #pulses: EncodedPulse[] = []

  /** `first` is the blank state; the measured phase begins at `measureStartMillis`. */
  constructor(
    plan: RunPlan,
    journal: Journal<JournalEntry>,
    first: LedgerSnapshot,
    measureStartMillis: number,
    time = new LoadTime(),
  ) {
    this.#plan = plan
    this.#serverSide = new ServerSideLines(plan)
    this.#journal = journal
    this.#last = first
    this.#latestInterval = first
    this.#journaled = first
    this.#lastMeasured = first
    this.#measuredUntilMillis = measureStartMillis
    this.#measureStartMillis = measureStartMillis
    this.#time = time
    this.#phases = new PhaseTotals(plan, measureStartMillis, time)
    this.#tracker = trackDisturbances(plan, measureStartMillis)
    this.#target = new TargetOverTime(plan.load, measureStartMillis, time)
  }

  get kept(): Pick<
    RunRecord,
    | ('intervals' | 'outages' | 'moves' | 'shardOutages' | 'faults' | 'maintenance' | 'findings')
    | ('ackedWrites' | 'adjustments' | 'serverSide' | 'slowest')
  > {
    return {
      intervals: this.#intervals.toArray(),
      outages: this.#outages,
      moves: this.#moves.toArray(),
      shardOutages: this.#shardOutages,
      maintenance: this.#maintenance.toRecord(),
      faults: [...this.#faults.values()],
      findings: this.#findings,
      ackedWrites: this.#ackedWrites,
      adjustments: this.#adjustments,
      ...this.#serverSide.toRecord(),
    }
  }

  /** What the last {@link interval} was made from. */
  get latestInterval(): LedgerSnapshot {
    return this.#latestInterval
  }

  get disturbedSinceMillis(): number | null {
    return this.#tracker.disturbedSinceMillis
  }

  /** The last ones that began, the newest last. */
  latestFaults(count: number): FaultResult[] {
    return [...this.#faults.values()].slice(-count)
  }

  /** What is known of the servers so far. */
  get serverGuards(): ServerGuards | null {
    return this.#serverSide.guards
  }

  get phases(): PhaseTotals {
    return this.#phases
  }

  /** The measured phase has begun: its first interval starts with it, not with the tick at which this is noticed. */
  beginMeasure(snapshot: LedgerSnapshot): void {
    this.#journal.append({
      type: 'measure',
      at_ms: snapshot.atMillis,
      cpu_micros: snapshot.gauges.cpu_micros,
    })
    this.#lastMeasured = withoutMeasure(snapshot)
  }

  /** Writes what happened since the last call, and describes it as an interval of the given phase. */
  interval(snapshot: LedgerSnapshot, phase: 'warmup' | 'measure'): IntervalResult {
    this.#append(snapshot, { phase })
    const sinceMillis = phase === 'measure' ? this.#measuredUntilMillis : this.#last.atMillis
    const isContinuous = phase === 'warmup' || this.#last === this.#lastMeasured
    const whole = intervalBetween(isContinuous ? this.#last : this.#lastMeasured, snapshot)
    this.#latestInterval = whole
    if (phase === 'measure') this.onInterval?.(whole, { sinceMillis, untilMillis: snapshot.atMillis })
    const described = describeInterval({
      interval: whole,
      seconds: (snapshot.atMillis - sinceMillis) / 1000,
      targetOpsPerSecond: this.#target.over(sinceMillis, snapshot.atMillis),
      cpuMicrosBefore: (isContinuous ? this.#last : this.#lastMeasured).gauges.cpu_micros,
      phase,
      stage:
        phase === 'warmup'
          ? null
          : stageNameOf(
              this.#plan,
              { sinceMillis, untilMillis: snapshot.atMillis },
              this.#measureStartMillis,
              this.#time,
            ),
      merge: mergeHistograms,
    })
    this.#last = snapshot
    if (phase === 'measure') {
      this.#intervals.add(described)
      this.#lastMeasured = snapshot
      this.#measuredUntilMillis = snapshot.atMillis
    }
    return described
  }

  /** Nothing more will be recorded. */
  finish(): void {
    this.#writePulses()
  }

  /** Writes what happened so far within an interval, so that less is lost when the process is killed. */
  checkpoint(snapshot: LedgerSnapshot, phase: 'warmup' | 'measure'): void {
    this.#append(snapshot, { phase, part: true })
  }

  /** A stage begins, or the last one is over. */
  boundary(snapshot: LedgerSnapshot): void {
    this.#append(snapshot, { phase: 'measure', part: true, boundary: true })
    this.#phases.boundary(snapshot)
  }

  #append(
    snapshot: LedgerSnapshot,
    kind: { readonly phase: 'warmup' | 'measure'; readonly part?: true; readonly boundary?: true },
  ): void {
    const interval = encodeInterval(intervalBetween(this.#journaled, snapshot), snapshot)
    if (this.#journal.append({ type: 'interval', ...kind, ...interval })) this.#journaled = snapshot
  }

  get delayedAboveMillis(): number {
    return this.#tracker.delayedAboveMillis
  }

  pulse(pulse: Pulse): void {
    this.#tracker.pulse(pulse)
    this.#pulses.push(encodePulse(pulse))
    if (this.#pulses.length >= PULSES_IN_LINE) this.#writePulses()
  }

  /** To be called once, when the run is over. */
  disturbances({ measureEndMillis, unfinishedOutages, unfinishedShardOutages }: RunEnd): DisturbancesRecord {
    return this.#tracker.finish(measureEndMillis, unfinishedOutages, unfinishedShardOutages)
  }

  /** Before anything else that the disturbances depend on, so that the journal has the same order. */
  #writePulses(): void {
    if (this.#pulses.length > 0) this.#journal.append({ type: 'pulses', pulses: this.#pulses })
    this.#pulses = []
  }

  outage(outage: Outage): void {
    this.#writePulses()
    this.#tracker.outage(outage)
    this.#journal.append({ type: 'outage', ...outage })
    this.#moves.add(outage)
    this.#outages.push(outage)
    if (this.#outages.length >= 2 * OUTAGES_KEPT) this.#outages = longestOutages(this.#outages, OUTAGES_KEPT)
  }

  shardOutage(outage: ShardOutage): void {
    this.#writePulses()
    this.#tracker.shardOutage(outage)
    this.#journal.append({ type: 'shard_outage', ...outage })
    if (this.#shardOutages.length < SHARD_OUTAGES_KEPT) this.#shardOutages.push(outage)
  }

  /** `true` when no connection was told before. */
  maintenanceNotice(notice: MaintenanceNotice): boolean {
    this.#journal.append({ type: 'maintenance', ...notice })
    return this.#maintenance.notice(notice)
  }

  maintenanceLoss(loss: MaintenanceLoss): void {
    this.#journal.append({ type: 'maintenance_loss', ...loss })
    this.#maintenance.loss(loss)
  }

  /** `true` for the first. */
  maintenanceRefused(message: string): boolean {
    if (!this.#maintenance.refused(message)) return false
    this.#journal.append({ type: 'maintenance_refused', message })
    return true
  }

  /** `false` when there are enough already. */
  finding(finding: Finding): boolean {
    if (this.#findings.length >= FINDINGS_KEPT) return false
    this.#journal.append({ type: 'finding', ...finding })
    this.#findings.push(finding)
    return true
  }

  /** Before it holds: the time of the load has it already. */
  adjustment(adjustment: Adjustment): void {
    this.#journal.append({ type: 'adjustment', ...adjustment })
    this.#adjustments.push(adjustment)
  }

  /** What audit writes came to so far. */
  ackedWrites(record: AckedWritesRecord): void {
    this.#journal.append({ type: 'acked_writes', ...record })
    this.#ackedWrites = record
  }

  /** What was learned of the servers. Of slow logs only what is among the slowest so far is kept. */
  servers(news: ServerNews): void {
    const worth = this.#serverSide.worthKeeping(news)
    if (worth !== undefined) this.#keep({ type: 'servers', ...worth })
  }

  /** Of its load thread. */
  slowest(command: SlowestCommand): void {
    this.#keep({ type: 'slowest', ...command })
  }

  #keep(entry: JournalEntry): void {
    this.#journal.append(entry)
    this.#serverSide.add(entry)
  }

  /** What became of it so far; what is said later of the same fault counts. */
  fault(fault: FaultResult): void {
    this.#writePulses()
    trackFault(this.#tracker, fault)
    this.#journal.append({ type: 'fault', ...fault })
    if (this.#faults.size < FAULTS_KEPT || this.#faults.has(fault.id)) this.#faults.set(fault.id, fault)
  }
}
