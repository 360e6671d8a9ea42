import type { RunPlan } from '../model/plan.ts'
import { UsageError } from '../model/errors.ts'

/** What we use of `@pyroscope/nodejs`, which is not installed with this package: it holds native code for each system. */
interface Pyroscope {
  setLogger(logger: Readonly<Record<string, (...args: unknown[]) => void>>): void
  init(config: object): void
  setWallLabels(labels: Readonly<Record<string, string>>): void
  start(): void
  stop(): Promise<void>
}

export interface Profiler {
  /**
   * Marks what follows as belonging to a span, so that a trace leads to the profile: Pyroscope looks for the span that
   * has this id in its attribute {@link PROFILE_ID_ATTRIBUTE}.
   */
  setSpan(spanId: string): void
  /** Sends what it has, within a bound. Never rejects. */
  stop(boundMillis: number): Promise<void>
}

/** Of a span: under which id Pyroscope knows the profile. Grafana shows a link at spans that have it. */
export const PROFILE_ID_ATTRIBUTE = 'pyroscope.profile.id'

/** Also the length of a profile. */
const FLUSH_MILLIS = 10_000
const PACKAGE = '@pyroscope/nodejs'

/**
 * Sends CPU, wall and heap profiles of the thread that calls it to a Pyroscope server, labelled like the metrics. A
 * server that does not answer costs nothing but the profiles. Rejects with a {@link UsageError} when the package is
 * not there. `onProblem` is told what the profiler has to complain about.
 */
export async function startProfiler(
  plan: RunPlan,
  thread: string,
  onProblem: (message: string) => void = () => {},
): Promise<Profiler | undefined> {
  const { server } = plan.profiling
  if (server === null) return undefined
  const pyroscope = await loadPyroscope()
  const silent = (): void => {}
  const problem = (...args: unknown[]): void => onProblem(args.map(describe).join(' '))
  pyroscope.setLogger({
    trace: silent,
    debug: silent,
    info: silent,
    warn: problem,
    error: problem,
    fatal: problem,
  })
  const { app_name, instance_id, run_id, version } = plan.identity
  pyroscope.init({
    serverAddress: server,
    appName: app_name,
    tags: { service_name: plan.otel.service_name, instance_id, run_id, version, thread },
    flushIntervalMs: FLUSH_MILLIS,
    wall: { collectCpuTime: true, samplingDurationMs: FLUSH_MILLIS },
  })
  pyroscope.start()
  return {
    setSpan: (spanId) => pyroscope.setWallLabels({ profile_id: spanId, span_id: spanId }),
    async stop(boundMillis) {
      const bound = new Promise((resolve) => {
        setTimeout(resolve, boundMillis).unref()
      })
      await Promise.race([pyroscope.stop().catch(silent), bound])
    },
  }
}

function describe(part: unknown): string {
  return part instanceof Error ? part.message : String(part)
}

async function loadPyroscope(): Promise<Pyroscope> {
  try {
    // The name is a value so that neither compiler nor bundler looks for a package that need not be there.
    const found = (await import(PACKAGE)) as { readonly default: Pyroscope }
    return found.default
  } catch {
    throw new UsageError([
      {
        path: 'profiling.server',
        message: `profiles need the package ${PACKAGE}, which is not installed or does not run here`,
        hint: `npm install ${PACKAGE}, or leave out PYROSCOPE_SERVER_ADDRESS`,
      },
    ])
  }
}
