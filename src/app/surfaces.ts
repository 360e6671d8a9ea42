import { COMMAND_BOUNDS_SECONDS } from '../model/bounds.ts'
import type { SeriesInfo } from '../model/ledger.ts'
import type { Log, SpanIds } from '../model/log.ts'
import type { RunPlan } from '../model/plan.ts'
import type { RunPhase, RunView, ToolCounters } from '../model/run-view.ts'
import { ExemplarStore } from '../telemetry/exemplars.ts'
import type { LogTap } from '../telemetry/log-tap.ts'
import type { MetricsServer } from '../telemetry/metrics-server.ts'
import type { Otlp } from '../telemetry/otlp.ts'
import type { PrometheusExposition } from '../telemetry/prometheus.ts'
import type { RunSpans } from '../telemetry/run-spans.ts'

const PRIME_LIMIT_MILLIS = 500

export interface SurfaceParts {
  readonly plan: RunPlan
  readonly series: readonly SeriesInfo[]
  readonly tool: ToolCounters
  readonly log: Log
  readonly lines: LogTap
  readonly toolVersion: string
  readonly phase: () => RunPhase
  /** Told the span under which the run goes on, once there is one. */
  readonly onSpan: (ids: SpanIds) => void
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** The places outside the process where the numbers of a run can be seen: /metrics and OTLP. */
export class Surfaces {
  readonly #parts: SurfaceParts
  readonly #exemplars = new ExemplarStore(COMMAND_BOUNDS_SECONDS)
  #server: MetricsServer | undefined
  #exposition: PrometheusExposition | undefined
  #otlp: Otlp | undefined
  #spans: RunSpans | undefined

  private constructor(parts: SurfaceParts) {
    this.#parts = parts
  }

  /** Begins to listen, before anything else is started: a taken port must not cost anybody a run. */
  static async open(parts: SurfaceParts): Promise<Surfaces> {
    const surfaces = new Surfaces(parts)
    const { metrics } = parts.plan
    if (metrics.enabled) {
      const { startMetricsServer } = await import('../telemetry/metrics-server.ts')
      surfaces.#server = await startMetricsServer(metrics, {
        exposition: () => surfaces.#exposition,
        phase: parts.phase,
        countScrape: () => parts.tool.scrapes++,
      })
      parts.log.info({ url: `${surfaces.#server.url}/metrics` }, 'serving metrics')
    }
    return surfaces
  }

  get spans(): RunSpans | undefined {
    return this.#spans
  }

  /** There are numbers from now on. */
  async begin(view: () => RunView, startedAtMillis: number): Promise<void> {
    const { tool, log, lines, toolVersion, environment, series } = this.#parts
    const { plan } = view()
    if (plan.metrics.enabled) {
      const { PrometheusExposition: Exposition } = await import('../telemetry/prometheus.ts')
      this.#exposition = new Exposition(view, this.#exemplars)
    }
    if (!plan.otel.enabled) return
    const { startOtlp } = await import('../telemetry/otlp.ts')
    const { RunSpans: Spans } = await import('../telemetry/run-spans.ts')
    this.#otlp = startOtlp({ plan, view, tool, log, lines, toolVersion, startedAtMillis, environment })
    this.#spans = new Spans({
      plan,
      series,
      otlp: this.#otlp,
      exemplars: this.#exemplars,
      tool,
      startedAtMillis,
      onSpan: this.#parts.onSpan,
    })
    await this.#otlp.prime(PRIME_LIMIT_MILLIS)
    log.info({ endpoint: plan.otel.endpoint ?? 'default' }, 'exporting over OTLP')
  }

  /** Sends what is left of the telemetry, within a bound. */
  async flush(boundMillis: number): Promise<void> {
    await this.#otlp?.flush(boundMillis)
  }

  close(): void {
    this.#server?.close()
  }
}
