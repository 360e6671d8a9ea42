import type { LedgerSnapshot } from '../ledger/ledger-snapshot.ts'
import type { RunPlan } from '../model/plan.ts'
import type { RunResult } from '../model/result.ts'
import type { RunEnd } from '../model/run-record.ts'
import { buildResult } from '../reports/build-result.ts'
import { awaitDeliveries } from './await-deliveries.ts'
import { CourseOfRun } from './course-of-run.ts'
import { describeEnd } from './describe-end.ts'
import type { EarlyEnd } from './end-reason.ts'
import { everySecond } from './every-second.ts'
import { finishServers, followServers } from './follow-servers.ts'
import { machineFacts } from './machine-facts.ts'
import { NO_JOURNAL } from '../telemetry/journal.ts'
import { journalHeader } from './journal-header.ts'
import type { ThreadsEnd } from './load-threads.ts'
import type { RunStage } from './prepare-run.ts'
import { recordEvents } from './record-events.ts'
import { Recorder } from './recorder.ts'
import { RESULT_TOOLS } from './result-tools.ts'
import { pacingOf } from './run-plan-parts.ts'
import { RunTimes } from './run-times.ts'
import { NO_PROGRESS, openProgress, type Progress } from './show-progress.ts'
import { type RunningFaults, startFaults } from './start-faults.ts'
import { ThresholdWatch } from './threshold-watch.ts'
import { targetRate } from '../schedule/target-rate.ts'
import { type PhaseWatch, watchPhases } from './watch-phases.ts'
import { watchPulses } from './watch-pulses.ts'

const START_DELAY_MILLIS = 50
const CHECKPOINT_BEFORE_MILLIS = 500
/** A timer may fire a little before its time. */
const TICK_TOLERANCE_MILLIS = 20
/** After a signal: how long to drain, and how long the threads may take beyond their drain. */
const STOP_DRAIN_MILLIS = 1500
const OVERDUE_MILLIS = 1000
const [STATS_LIMIT_MILLIS, HURRIED_LIMIT_MILLIS] = [5000, 500]
const [REVERT_MILLIS, HURRIED_REVERT_MILLIS] = [15_000, 2500]

/**
 * A run from the moment everything is connected and watched (its clock starts here) to the moment its result is known: starts the load, looks once a
 * second, causes the faults, ends when the time is up, a signal comes or a thread dies.
 */
export class LiveRun {
  readonly #stage: RunStage
  readonly #plan: RunPlan
  readonly #times: RunTimes
  readonly #recorder: Recorder
  #cpuMicrosAtMeasureStart = 0
  readonly #watch: ThresholdWatch
  readonly #course: CourseOfRun
  #progress: Progress = NO_PROGRESS
  /** Why the load was ended before its time, and when. */
  #stopped: { readonly atMillis: number; readonly reason: EarlyEnd } | undefined
  /** The threshold that ended the run. */
  #abortedBy: string | undefined
  #endOverdue: (() => void) | undefined
  readonly #phaseWatch: PhaseWatch
  #faults: RunningFaults | undefined

  constructor(stage: RunStage) {
    this.#stage = stage
    this.#plan = stage.plan
    const { load } = stage.plan
    this.#times = new RunTimes(load, stage.source.now() + START_DELAY_MILLIS)
    const { startMillis, measureStartMillis, load: time } = this.#times
    const first = { ...stage.source.blank(), atMillis: startMillis }
    this.#recorder = new Recorder(stage.plan, stage.journal, first, measureStartMillis, time)
    this.#recorder.onInterval = stage.intervalLog?.interval
    this.#watch = new ThresholdWatch(stage.plan)
    this.#course = new CourseOfRun(stage.plan, this.#times, this.#recorder)
    stage.phase.course = (total) => this.#course.at(total)
    stage.phase.target = targetRate(load, () => stage.source.now() - measureStartMillis, time)
    this.#phaseWatch = this.#watchPhases()
    recordEvents(stage, this.#recorder)
  }

  /** The user ends the load. Draining and reporting follow. */
  stop(): void {
    this.#endLoad('signal', STOP_DRAIN_MILLIS)
    this.#stage.acked?.reader.hurry(STOP_DRAIN_MILLIS + OVERDUE_MILLIS + HURRIED_LIMIT_MILLIS)
  }

  /** Takes back what is at work. To be called in any case; again does nothing. */
  async endFaults(): Promise<void> {
    await this.#faults?.end(this.#isHurried() ? HURRIED_REVERT_MILLIS : REVERT_MILLIS)
  }

  #endLoad(reason: EarlyEnd, drainMillis: number): void {
    if (this.#stopped?.reason === 'signal') return
    this.#stopped = { atMillis: this.#stopped?.atMillis ?? this.#stage.source.now(), reason }
    this.#course.loadEnded(this.#stopped.atMillis)
    this.#stage.phase.current = 'drain'
    this.#phaseWatch.stop()
    // First of all: a server that is frozen would answer nothing that is awaited.
    void this.endFaults()
    this.#stage.threads.stop(drainMillis)
    this.#expectEndWithin(drainMillis + OVERDUE_MILLIS)
  }

  async run(): Promise<RunResult> {
    this.#progress = openProgress({
      stage: this.#stage,
      times: this.#times,
      recorder: this.#recorder,
      onAdjusted: () => this.#phaseWatch.adjusted(),
    })
    try {
      return await this.#runLoad()
    } finally {
      this.#progress.close()
    }
  }

  async #runLoad(): Promise<RunResult> {
    const { threads, source } = this.#stage
    const { drain_ms } = this.#plan.load
    this.#stage.journal.append(journalHeader(this.#stage, this.#times))
    followServers(this.#stage, this.#recorder, this.#times.firstTickMillis)
    this.#stage.phase.current = 'warmup'
    if (this.#plan.load.warmup_ms === 0) this.#beginMeasure(source.take())
    threads.start(source.toMonotonic(this.#times.startMillis), this.#stage.surfaces.spans?.ids.spanId)
    const stopTicks = everySecond(
      this.#times.firstTickMillis,
      () => source.now(),
      () => this.#tick(),
    )
    const stopCheckpoints = everySecond(
      this.#times.firstTickMillis - CHECKPOINT_BEFORE_MILLIS,
      () => source.now(),
      () => this.#checkpoint(),
    )
    const pulses = watchPulses(this.#stage, this.#recorder, this.#times)
    this.#faults = startFaults(this.#stage, this.#recorder, this.#times)
    const ended = await this.#untilEnded()
    const measureEndMillis = Math.min(this.#times.plannedEndMillis, this.#stopped?.atMillis ?? source.now())
    if (ended.crash === undefined)
      await awaitDeliveries(() => source.take(), this.#isHurried() ? HURRIED_LIMIT_MILLIS : drain_ms)
    stopTicks()
    stopCheckpoints()
    await this.endFaults()
    this.#phaseWatch.stop()
    const target = this.#stage.phase.target()
    this.#stage.phase.target = () => target
    await this.#stage.acked?.reader.finish(
      this.#isHurried() ? HURRIED_LIMIT_MILLIS : Number.POSITIVE_INFINITY,
    )
    const limitMillis = this.#isHurried() ? HURRIED_LIMIT_MILLIS : STATS_LIMIT_MILLIS
    await finishServers(this.#stage, this.#recorder, limitMillis)
    const total = source.freeze()
    pulses.finish()
    this.#recorder.finish()
    this.#progress.second(this.#recorder.interval(total, 'measure'), total, 'measure', [])
    const end = await describeEnd(this.#stage, ended, total, {
      measureEndMillis,
      limitMillis,
      stopped: this.#stopped?.reason,
      abortedBy: this.#abortedBy,
      isForged: this.#recorder.kept.faults.some(
        ({ kind, detail }) => kind === 'proxy' && detail.startsWith('resp_'),
      ),
    })
    this.#stage.phase.current = 'done'
    this.#stage.journal.append({ type: 'end', ...end })
    this.#stage.journal.close()
    const result = this.#buildResult(total, end)
    this.#course.ended(total, result)
    return result
  }

  #tick(): void {
    this.#phaseWatch.look()
    const { source, phase, tool } = this.#stage
    const snapshot = source.take()
    const { measureStartMillis, plannedEndMillis } = this.#times
    // Due at the boundary, the tick still belongs to the second before it.
    const isWarmup = snapshot.atMillis < measureStartMillis + 500 && this.#plan.load.warmup_ms > 0
    const isAtBoundary = snapshot.atMillis >= measureStartMillis - TICK_TOLERANCE_MILLIS
    const interval = this.#recorder.interval(snapshot, isWarmup ? 'warmup' : 'measure')
    if (isAtBoundary && phase.current === 'warmup') this.#beginMeasure(snapshot)
    if (phase.current === 'measure' && snapshot.atMillis >= plannedEndMillis) phase.current = 'drain'
    if (phase.current === 'measure') this.#abortIfMissed(snapshot)
    this.#stage.surfaces.spans?.refill()
    this.#stage.backlog?.look()
    this.#stage.acked?.reader.look()
    tool.journalFailures = this.#stage.journalFailures()
    const faults = (this.#faults?.look() ?? []).map(({ kind }) => kind)
    this.#progress.second(interval, snapshot, isWarmup ? 'warmup' : 'measure', faults)
  }

  #abortIfMissed(snapshot: LedgerSnapshot): void {
    const { atMillis } = snapshot
    const phases = this.#plan.thresholds.length === 0 ? [] : this.#recorder.phases.records(snapshot, atMillis)
    const elapsed = atMillis - this.#times.measureStartMillis
    const missed = this.#watch.missed(snapshot, elapsed, phases, this.#recorder.serverGuards)
    if (missed === undefined) return
    this.#abortedBy = missed.expression
    this.#stage.log.warn(
      { threshold: missed.expression, actual: missed.actual },
      'a threshold is not met: ending the run',
    )
    this.#endLoad('thresholds', STOP_DRAIN_MILLIS)
  }

  /** Half-way between two ticks, for the journal alone. */
  #checkpoint(): void {
    const { source, phase, journal } = this.#stage
    if (journal !== NO_JOURNAL)
      this.#recorder.checkpoint(source.take(), phase.current === 'warmup' ? 'warmup' : 'measure')
  }

  #beginMeasure(snapshot: LedgerSnapshot): void {
    this.#cpuMicrosAtMeasureStart = snapshot.gauges.cpu_micros
    this.#stage.phase.current = 'measure'
    this.#recorder.beginMeasure(snapshot)
  }

  #watchPhases(): PhaseWatch {
    const { source, log } = this.#stage
    return watchPhases({
      plan: this.#plan,
      source,
      recorder: this.#recorder,
      measureStartMillis: this.#times.measureStartMillis,
      time: this.#times.load,
      onStepFailed: (step, reason) => {
        log.info({ step, reason }, 'a step does not hold: the search is over')
        this.#endLoad('step_search', this.#plan.load.drain_ms)
      },
    })
  }

  /** Bounded: threads that do not end in time are taken for dead. */
  async #untilEnded(): Promise<ThreadsEnd> {
    const { threads, source } = this.#stage
    const overdue = new Promise<ThreadsEnd>((resolve) => {
      const crash = { thread: 0, reason: 'the load threads did not end in time' }
      this.#endOverdue = () =>
        resolve({ inFlight: 0, abandoned: 0, unfinishedOutages: [], unfinishedShardOutages: [], crash })
    })
    const { plannedEndMillis } = this.#times
    if (Number.isFinite(plannedEndMillis))
      this.#expectEndWithin(plannedEndMillis - source.now() + this.#plan.load.drain_ms + 5 * OVERDUE_MILLIS)
    return await Promise.race([threads.ended(), overdue])
  }

  #expectEndWithin(millis: number): void {
    // A timer's limit is 2^31 - 1 ms; a run that is longer is watched from the day it comes near its end.
    if (millis < 2 ** 31) setTimeout(() => this.#endOverdue?.(), millis).unref()
  }

  /** The user waits. */
  #isHurried(): boolean {
    return this.#stopped?.reason === 'signal'
  }

  #buildResult(total: LedgerSnapshot, end: RunEnd): RunResult {
    const { measureStartMillis } = this.#times
    const measureEndMillis = Math.max(measureStartMillis, end.measureEndMillis)
    return buildResult(
      {
        plan: this.#plan,
        toolVersion: this.#stage.toolVersion,
        pacing: pacingOf(this.#plan),
        server: this.#stage.facts,
        machine: machineFacts(),
        measureStartMillis,
        measureEndMillis,
        cpuMicrosAtMeasureStart: this.#cpuMicrosAtMeasureStart,
        total,
        ...this.#recorder.kept,
        disturbances: this.#recorder.disturbances({ ...end, measureEndMillis }),
        phases: this.#recorder.phases.records(total, measureEndMillis),
        verification: this.#stage.verification,
        calibration: this.#stage.calibration,
        end,
      },
      RESULT_TOOLS,
    )
  }
}
