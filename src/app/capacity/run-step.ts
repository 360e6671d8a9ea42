import { serviceTwin } from '../../capacity/disturbances.ts'
import type { BuiltPlan } from '../../config/build-plan.ts'
import type { Log } from '../../model/log.ts'
import type { RunPlan } from '../../model/plan.ts'
import type { RunResult } from '../../model/result.ts'
import type { LogTap } from '../../telemetry/log-tap.ts'
import { RESULT_FILES } from '../result-files.ts'
import { runTest } from '../run-test.ts'

/** What the runs of all steps share. */
export interface StepParts {
  readonly built: BuiltPlan
  readonly stepMillis: number
  readonly toolVersion: string
  readonly environment: NodeJS.ProcessEnv
  readonly log: Log
  readonly lines: LogTap
  /** Registers what has to happen when the user wants the step that is going on to end. */
  readonly onStopRequest: (listener: () => void) => void
  readonly threadEntry?: URL
}

const LONGEST_RUN_ID = 110
/** The file that was asked for is that of the search. */
const NO_FILES = Object.fromEntries(Object.keys(RESULT_FILES).map((kind) => [kind, null]))

/** The plan of one step: an open loop at one rate, with a run id of its own and none of the outputs of a run. */
export function planOfStep(
  plan: RunPlan,
  { rate, index, stepMillis }: { readonly rate: number; readonly index: number; readonly stepMillis: number },
): RunPlan {
  return {
    ...plan,
    identity: { ...plan.identity, run_id: `${plan.identity.run_id.slice(0, LONGEST_RUN_ID)}-step-${index}` },
    load: {
      ...plan.load,
      model: 'open',
      target_ops_per_second: rate,
      duration_ms: stepMillis,
      count: null,
      think_time: null,
      stages: [],
      repeat_stages: false,
      step_search: false,
    },
    // Not to be kept, but known: what the promise would have come to without the lag of the generator.
    expect: plan.thresholds.flatMap(({ expression }) => {
      const twin = serviceTwin(expression)
      return twin === null ? [] : [{ expression: twin, abort_on_fail: false, abort_after_ms: 0 }]
    }),
    metrics: { ...plan.metrics, linger_ms: 0 },
    output: { ...plan.output, ...NO_FILES, journal: null, quiet: true, github: false },
  }
}

/**
 * Runs one step with the runner of `run`, in this process: its load threads, and with them their heaps, compiled code,
 * connections and ledgers, are made for the step and end with it, so that nothing is left over where load is made. What
 * goes on from step to step is the main thread, which only looks; and so secrets stay here, and an interruption reaches
 * the step at once.
 */
export function runStep(parts: StepParts, plan: RunPlan): Promise<RunResult> {
  const { built, threadEntry } = parts
  return runTest({
    built: { ...built, plan },
    toolVersion: parts.toolVersion,
    environment: parts.environment,
    log: parts.log,
    lines: parts.lines,
    stdout() {},
    stderr() {},
    onStopRequest: parts.onStopRequest,
    onSpan() {},
    hasColours: false,
    signal: () => undefined,
    ...(threadEntry === undefined ? {} : { threadEntry }),
  })
}

/** A log that says each warning once: every step would say it again, and news of each step belongs to those who debug. */
export function quietLog(log: Log): Log {
  const said = new Set<string>()
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.debug(fields, message),
    warn(fields, message) {
      if (said.has(message)) return
      said.add(message)
      log.warn(fields, message)
    },
    error: (fields, message) => log.error(fields, message),
  }
}
