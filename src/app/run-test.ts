import { readCalibration } from '../calibration/calibration-file.ts'
import type { BuiltPlan } from '../config/build-plan.ts'
import type { Log, SpanIds } from '../model/log.ts'
import type { RunPlan } from '../model/plan.ts'
import type { RunResult } from '../model/result.ts'
import { createToolCounters, NOT_BEGUN } from '../model/run-view.ts'
import type { Screen } from '../model/screen.ts'
import type { LogTap } from '../telemetry/log-tap.ts'
import { NO_JOURNAL, openJournal } from '../telemetry/journal.ts'
import type { Profiler } from '../telemetry/profiler.ts'
import { RateLimitedWarning } from '../telemetry/rate-limited-warning.ts'
import { isReadOnly } from '../workload/written-keys.ts'
import { planSeries } from '../workload/series.ts'
import { CleanupStack } from './cleanup-stack.ts'
import { checkSlots } from './check-slots.ts'
import { connectControl } from './connect-control.ts'
import { checkFaults, checkFaultTargets } from './check-faults.ts'
import { openDeployment } from './deployment.ts'
import { provideFaultProxy } from './fault-proxy.ts'
import { checkName, guardTarget } from './guard-target.ts'
import { loadAddressesOf, openLoadServers } from './load-servers.ts'
import { IntervalLogFile } from './interval-log-file.ts'
import { LiveRun } from './live-run.ts'
import { checkCommands, checkServer, checkWhatIsAsked, readServerFacts } from './preflight.ts'
import { prepareRun, type RunFrame, viewOf } from './prepare-run.ts'
import { provideTarget } from './provide-target.ts'
import { removeAuditLists, removeKeys } from './remove-keys.ts'
import { type Reporting, reportRun } from './report-run.ts'
import { checkRunFiles } from './result-files.ts'
import { checkResultsDir } from './results-index.ts'
import { Surfaces } from './surfaces.ts'

export interface RunDependencies extends Reporting {
  readonly built: BuiltPlan
  readonly toolVersion: string
  readonly lines: LogTap
  /** Set when the run is to be shown on it while it goes on. */
  readonly screen?: Screen | undefined
  /** Which of several runs it is, in words: `run 2 of 6`. */
  readonly place?: string | undefined
  /** Registers what has to happen when the user wants the run to end; called once. */
  readonly onStopRequest: (listener: () => void) => void
  /** Told the span under which the run goes on, once there is one. */
  readonly onSpan: (ids: SpanIds) => void
  /** The built load-thread module; a test may put another in its place. */
  readonly threadEntry?: URL
}

/** The user ended the run before there was any load. */
export class InterruptedError extends Error {}

const FLUSH_LIMIT_MILLIS = 5000
const CLEANUP_MILLIS = 10_000
const HURRIED_CLEANUP_MILLIS = 500
/** Keys may have been filled, and a signal gives a few seconds in all. */
const UNFINISHED_CLEANUP_MILLIS = 3000
const PROFILE_LIMIT_MILLIS = 1000
const HURRIED_FLUSH_LIMIT_MILLIS = 1500

/** Runs a test from start to end: prepare, warm up, measure, drain, judge, report, clean up. */
export async function runTest(dependencies: RunDependencies): Promise<RunResult> {
  const { built, log } = dependencies
  const cleanup = new CleanupStack(log)
  try {
    const stop = listenForStop(dependencies)
    const frame = await openFrame(dependencies, cleanup)
    checkName(built.plan)
    const { plan, embedded } = await provideTarget(dependencies, cleanup)
    const control = await connectControl({ ...built, plan })
    cleanup.add('close the control connection', () => control.close())
    const facts = await readServerFacts(control)
    checkServer(facts, { writes: !isReadOnly(plan), topology: plan.target.topology })
    await checkCommands(plan, control)
    await guardTarget(plan, control, log)
    const threadEntry = dependencies.threadEntry ?? new URL('load-thread.js', import.meta.url)
    const { secrets } = built
    const unfinished = { isOver: false }
    cleanup.add('remove the keys of a run that did not begin', async () => {
      if (!unfinished.isOver) await removeKeys(plan, control, UNFINISHED_CLEANUP_MILLIS, log)
    })
    const servers = await openLoadServers({ ...built, plan }, control, cleanup)
    const deployment = openDeployment(plan, secrets)
    cleanup.add('close the connections to the deployment', () => deployment.close())
    await checkFaultTargets(plan, deployment)
    const proxy = await provideFaultProxy(plan, deployment, cleanup)
    const parts = {
      reach: { deployment, proxy, embedded, loadAddresses: loadAddressesOf(plan, servers) },
      plan,
      secrets,
      facts,
      control,
      servers,
      cleanup,
      threadEntry,
      interrupted: stop.interrupted,
    }
    const stage = await prepareRun(frame, parts)
    await frame.surfaces.begin(() => viewOf(stage), stage.source.now())
    if (frame.surfaces.spans !== undefined) frame.profiler?.setSpan(frame.surfaces.spans.ids.spanId)
    const live = new LiveRun(stage)
    cleanup.add('take back the faults', () => live.endFaults())
    unfinished.isOver = true
    stop.handOver(() => live.stop())
    const result = await live.run()
    try {
      await reportRun(result, frame.intervalLog, dependencies)
    } finally {
      const limit = result.end_reason === 'signal' ? HURRIED_CLEANUP_MILLIS : CLEANUP_MILLIS
      await removeAuditLists(stage, limit)
      await removeKeys(plan, control, limit, log)
    }
    await closeTelemetry(frame, result, stop.requested)
    return result
  } finally {
    await cleanup.run()
  }
}

interface StopRequest {
  /** Rejects with an {@link InterruptedError} when the request comes before {@link handOver}. */
  readonly interrupted: Promise<never>
  /** Resolves when the request comes. */
  readonly requested: Promise<void>
  /** From now on the request is handled by the run. */
  handOver(stop: () => void): void
}

function listenForStop({ onStopRequest }: RunDependencies): StopRequest {
  let hasStopped = false
  let react: (() => void) | undefined
  let tell: () => void = () => {}
  const requested = new Promise<void>((resolve) => {
    tell = resolve
  })
  const interrupted = new Promise<never>((_, reject) => {
    onStopRequest(() => {
      hasStopped = true
      tell()
      if (react === undefined) reject(new InterruptedError('interrupted before any load was sent'))
      else react()
    })
  })
  interrupted.catch(() => {})
  return {
    interrupted,
    requested,
    handOver(stop) {
      react = stop
      if (hasStopped) throw new InterruptedError('interrupted before any load was sent')
    },
  }
}

/** Everything that can fail without a server is opened first. */
async function openFrame(dependencies: RunDependencies, cleanup: CleanupStack): Promise<RunFrame> {
  const { built, log, lines, stderr, screen, place, toolVersion, environment, onSpan } = dependencies
  const { plan } = built
  const { output } = plan
  const phase: RunFrame['phase'] = { current: 'connecting', target: () => 0, course: () => NOT_BEGUN }
  const tool = createToolCounters(plan.faults.map(({ kind }) => kind))
  checkRunFiles(plan)
  if (output.results_dir !== null) checkResultsDir(output.results_dir)
  const { series } = planSeries(plan)
  checkWhatIsAsked(built, series)
  checkSlots(plan)
  checkFaults(plan, built.secrets.password !== null)
  const profiler = await openProfiler(plan, cleanup, log)
  const surfaces = await Surfaces.open({
    plan,
    series,
    tool,
    log,
    lines,
    toolVersion,
    environment,
    onSpan,
    phase: () => phase.current,
  })
  cleanup.add('close the metrics server', () => surfaces.close())
  let journalFailures = 0
  const warning = new RateLimitedWarning(log, 'writing the journal')
  const journal =
    output.journal === null
      ? NO_JOURNAL
      : openJournal(output.journal, (reason) => {
          journalFailures++
          warning.failed(reason)
        })
  const intervalLog = openIntervalLog(plan, toolVersion, cleanup)
  return {
    toolVersion,
    log,
    stderr,
    screen,
    place,
    tool,
    phase,
    journal,
    journalFailures: () => journalFailures,
    intervalLog,
    surfaces,
    profiler,
    environment,
    calibration: readCalibration(plan, toolVersion, environment),
  }
}

function openIntervalLog(
  plan: RunPlan,
  toolVersion: string,
  cleanup: CleanupStack,
): IntervalLogFile | undefined {
  if (plan.output.hlog === null) return undefined
  const file = new IntervalLogFile(plan.output.hlog, toolVersion, plan)
  cleanup.add('close the log of intervals', () => file.close())
  return file
}

/** Loaded only for those who ask for profiles. */
async function openProfiler(plan: RunPlan, cleanup: CleanupStack, log: Log): Promise<Profiler | undefined> {
  if (plan.profiling.server === null) return undefined
  const { startProfiler } = await import('../telemetry/profiler.ts')
  const warning = new RateLimitedWarning(log, 'sending profiles')
  const profiler = await startProfiler(plan, 'main', (message) => warning.failed(message))
  cleanup.add('send the last profile', async () => profiler?.stop(PROFILE_LIMIT_MILLIS))
  return profiler
}

/** Sends what is left; keeps `/metrics` up for a last scrape if the plan wants it. */
async function closeTelemetry(
  { surfaces, phase, log }: RunFrame,
  result: RunResult,
  stopRequested: Promise<void>,
): Promise<void> {
  const isHurried = result.end_reason === 'signal'
  surfaces.spans?.end(result.run_end * 1000, {
    'redis_test.end_reason': result.end_reason,
    'redis_test.commands': result.total_commands_count,
    'redis_test.audit_ok': result.audit.ok,
  })
  await surfaces.flush(isHurried ? HURRIED_FLUSH_LIMIT_MILLIS : FLUSH_LIMIT_MILLIS)
  const { enabled, linger_ms } = result.plan.metrics
  if (!enabled || linger_ms === 0 || isHurried || phase.current !== 'done') return
  log.info({ linger_ms }, 'metrics stay up')
  const isOver = new Promise((resolve) => {
    setTimeout(resolve, linger_ms).unref()
  })
  await Promise.race([isOver, stopRequested])
}
