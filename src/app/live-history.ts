import { mergeHistograms } from '../ledger/merge.ts'
import type { LedgerPhase, LedgerSnapshot } from '../ledger/ledger-snapshot.ts'
import type { Histogram } from '../model/histogram.ts'
import type { IntervalResult } from '../model/interval-result.ts'
import type { RunPlan } from '../model/plan.ts'
import { plannedConnections } from '../model/planned-connections.ts'
import type { SeriesSnapshot } from '../model/snapshot.ts'
import {
  type ErrorRow,
  HISTORY_SECONDS,
  type LatencyNow,
  type LatencyRow,
  type LiveState,
} from '../reports/live-view/live-state.ts'

/** One second of a run. */
export interface LiveSecond {
  readonly interval: IntervalResult
  /** What the interval was made from. */
  readonly detail: LedgerSnapshot
  readonly total: LedgerSnapshot
  readonly phase: 'warmup' | 'measure'
}

type Numbers = Pick<LiveState, 'rate' | 'latency' | 'errors' | 'generator'> & {
  readonly connections: Omit<LiveState['connections'], 'disturbedSinceMillis'>
}

/** What a view shows of the seconds of a run, bounded, however long it is. */
export class LiveHistory {
  readonly #plan: RunPlan
  readonly #rates: (number | null)[] = []
  readonly #targets: (number | null)[] = []
  readonly #p99s: (number | null)[] = []
  readonly #errors = new Map<string, ErrorRow>()
  #dropped = 0
  #settled = 0
  #second: LiveSecond | undefined
  #rows: LatencyRow[] = []

  constructor(plan: RunPlan) {
    this.#plan = plan
  }

  add(second: LiveSecond): void {
    const { interval, phase } = second
    this.#second = second
    const settled = settledOf(interval)
    remember(this.#rates, interval.seconds === 0 ? 0 : settled / interval.seconds)
    remember(this.#targets, interval.target_ops_per_second)
    this.#rows = this.#latencyRows(second)
    remember(this.#p99s, this.#rows[0]?.now.p99 ?? null)
    if (phase === 'measure') {
      this.#settled += settled
      this.#dropped += interval.dropped
      this.#addErrors(interval)
    }
  }

  get numbers(): Numbers {
    const second = this.#second
    return {
      rate: this.#rate(second),
      latency: { rows: this.#rows, history: this.#p99s, isRough: false },
      errors: { rows: [...this.#errors.values()], settledTotal: this.#settled },
      connections: this.#connections(second),
      generator: {
        loopDelayP99: second?.interval.loop_delay_p99_ms ?? null,
        startLagP99: second?.interval.start_lag_p99_ms ?? null,
        cpuCores: second?.interval.cpu_cores ?? null,
        threads: this.#plan.load.threads,
      },
    }
  }

  #rate(second: LiveSecond | undefined): Numbers['rate'] {
    return {
      isOpenLoop: this.#plan.load.model === 'open',
      perSecond: this.#rates.at(-1) ?? 0,
      target: this.#targets.at(-1) ?? null,
      history: this.#rates,
      targets: this.#targets,
      scheduled: second?.total.measure.counters.scheduled ?? 0,
      inFlight: second?.interval.in_flight ?? 0,
      dropped: second?.interval.dropped ?? 0,
      droppedTotal: this.#dropped,
    }
  }

  #connections(second: LiveSecond | undefined): Numbers['connections'] {
    return {
      active: second?.interval.connections_active ?? null,
      // Each client of a Cluster opens as many as there are nodes.
      planned: this.#plan.target.topology === 'cluster' ? null : plannedConnections(this.#plan),
      down: second?.total.gauges.connections_down ?? 0,
      lost: second?.total.counters.outages ?? 0,
      lostNow: second?.interval.connections_lost ?? 0,
      reconnected: second?.total.counters.reconnections ?? 0,
      reconnectedNow: second?.interval.reconnections ?? 0,
    }
  }

  #addErrors({ errors }: IntervalResult): void {
    for (const [key, row] of this.#errors) this.#errors.set(key, { ...row, now: 0 })
    for (const { outcome, error_type: type, code, count } of errors) {
      const key = `${outcome} ${code}`
      const before = this.#errors.get(key)?.total ?? 0
      this.#errors.set(key, { type, code, outcome, now: count, total: before + count })
    }
  }

  #latencyRows({ detail, total, phase }: LiveSecond): LatencyRow[] {
    const row = (
      name: string,
      isFailed: boolean,
      pick: (series: SeriesSnapshot) => Histogram,
    ): LatencyRow => ({
      name,
      isFailed,
      now: quantilesOf(detail[phase], pick),
      run: phase === 'measure' ? quantilesOf(total.measure, pick) : null,
    })
    const isOpenLoop = this.#plan.load.model === 'open'
    const rows = [
      ...(isOpenLoop ? [row('response ok', false, ({ responseSuccess }) => responseSuccess)] : []),
      row('service ok', false, ({ serviceSuccess }) => serviceSuccess),
    ]
    const hasFailed = total[phase].series.some(({ serviceError }) => serviceError.count > 0)
    if (!hasFailed) return rows
    const failed = row('failed', true, (one) => (isOpenLoop ? one.responseError : one.serviceError))
    return [...rows, failed]
  }
}

function quantilesOf({ series }: LedgerPhase, pick: (series: SeriesSnapshot) => Histogram): LatencyNow {
  const all = mergeHistograms(
    series.filter(({ info }) => info.shape !== 'batch' && info.waits !== true).map(pick),
  )
  if (all.count === 0) return { p50: null, p99: null, p999: null, max: null }
  const millis = (quantile: number): number => all.quantile(quantile) / 1000
  return { p50: millis(0.5), p99: millis(0.99), p999: millis(0.999), max: all.maxMicros / 1000 }
}

function settledOf({ ok, failed, indeterminate }: IntervalResult): number {
  return ok + failed + indeterminate
}

function remember(values: (number | null)[], value: number | null): void {
  values.push(value)
  if (values.length > HISTORY_SECONDS) values.shift()
}
