import type { RunPhase } from '../../model/run-view.ts'
import {
  type ErrorRow,
  type FaultRow,
  HISTORY_SECONDS,
  type LatencyRow,
  type LiveState,
} from '../live-view/live-state.ts'
import { type BucketCounts, bucketsSince, latencyOf, quantileMillis } from './bucket-counts.ts'
import type { Scrape } from './scrape.ts'

const FAULTS_KEPT = 20

/** What changed between two scrapes of one run. */
interface Change {
  readonly earlier: Scrape
  readonly later: Scrape
  readonly seconds: number
}

/** What a view shows of a run that is only seen from outside: the differences between scrapes, and the last of them. */
export class WatchHistory {
  readonly #rates: (number | null)[] = []
  readonly #targets: (number | null)[] = []
  readonly #p99s: (number | null)[] = []
  #latest: Scrape | undefined
  #change: Change | undefined
  #faults: FaultRow[] = []
  #downSinceMillis: number | null = null
  #phaseSinceMillis = 0

  get latest(): Scrape | undefined {
    return this.#latest
  }

  /** What has begun anew with this scrape, in a few words; `undefined` when it goes on. */
  add(scrape: Scrape): string | undefined {
    const before = this.#latest
    this.#latest = scrape
    if (before?.phase !== scrape.phase) this.#phaseSinceMillis = scrape.atMillis
    const isSame = before !== undefined && isSameLife(before, scrape)
    if (!isSame) {
      this.#change = undefined
      this.#downSinceMillis = null
      this.#faults = before === undefined ? [] : this.#faults.map((fault) => ended(fault))
      return before === undefined ? undefined : 'another run, or it was started again'
    }
    const seconds = (scrape.atMillis - before.atMillis) / 1000
    if (seconds <= 0) return undefined
    this.#change = { earlier: before, later: scrape, seconds }
    this.#downSinceMillis = scrape.gauges.down === 0 ? null : (this.#downSinceMillis ?? scrape.atMillis)
    this.#noteFaults(before, scrape)
    remember(this.#rates, settledIn(this.#change) / seconds)
    remember(this.#targets, scrape.isOpenLoop ? scrape.targetPerSecond : null)
    remember(this.#p99s, this.#latencyRows()[0]?.now.p99 ?? null)
    return undefined
  }

  /** There was no answer: nothing is known of this second. */
  addGap(): void {
    remember(this.#rates, null)
    remember(this.#targets, null)
    remember(this.#p99s, null)
  }

  state(
    nowMillis: number,
    shown: Pick<LiveState, 'target' | 'notice' | 'keys' | 'isHelpShown' | 'messages'>,
  ): LiveState {
    const scrape = this.#latest
    const phase: RunPhase = scrape?.phase ?? 'connecting'
    return {
      ...shown,
      title: scrape === undefined ? 'watch' : `${scrape.profile} · run ${scrape.runId}`,
      nowMillis,
      phase,
      stage: null,
      elapsedMillis: this.#phaseSinceMillis === 0 ? 0 : nowMillis - this.#phaseSinceMillis,
      lengthMillis: null,
      count: null,
      rate: this.#rate(),
      adjusted: { isPaused: false, factor: 1, count: 0 },
      latency: { rows: this.#latencyRows(), history: this.#p99s, isRough: true },
      errors: { rows: this.#errorRows(), settledTotal: scrape?.counts.settled ?? 0 },
      connections: this.#connections(),
      faults: this.#faults,
      generator: this.#generator(),
      server: null,
      thresholds: [],
    }
  }

  #rate(): LiveState['rate'] {
    const scrape = this.#latest
    const since = (name: 'dropped'): number =>
      this.#change === undefined ? 0 : this.#change.later.counts[name] - this.#change.earlier.counts[name]
    return {
      isOpenLoop: scrape?.isOpenLoop ?? true,
      perSecond: this.#change === undefined ? 0 : settledIn(this.#change) / this.#change.seconds,
      target: scrape?.isOpenLoop === true ? scrape.targetPerSecond : null,
      history: this.#rates,
      targets: this.#targets,
      scheduled: scrape?.counts.scheduled ?? 0,
      inFlight: scrape?.gauges.inFlight ?? 0,
      dropped: since('dropped'),
      droppedTotal: scrape?.counts.dropped ?? 0,
    }
  }

  #connections(): LiveState['connections'] {
    const scrape = this.#latest
    const since = (name: 'lost' | 'reconnected'): number =>
      this.#change === undefined ? 0 : this.#change.later.counts[name] - this.#change.earlier.counts[name]
    return {
      active: scrape?.gauges.active ?? 0,
      planned: null,
      down: scrape?.gauges.down ?? 0,
      lost: scrape?.counts.lost ?? 0,
      lostNow: since('lost'),
      reconnected: scrape?.counts.reconnected ?? 0,
      reconnectedNow: since('reconnected'),
      disturbedSinceMillis: this.#downSinceMillis,
    }
  }

  #generator(): LiveState['generator'] {
    const change = this.#change
    const p99 = (name: 'loopDelay' | 'startLag'): number | null =>
      change === undefined ? null : quantileMillis(this.#since(change, name), 0.99)
    return {
      loopDelayP99: p99('loopDelay'),
      startLagP99: p99('startLag'),
      cpuCores:
        change === undefined
          ? null
          : (change.later.counts.cpuSeconds - change.earlier.counts.cpuSeconds) / change.seconds,
      threads: this.#latest?.gauges.threads ?? null,
    }
  }

  #since({ earlier, later }: Change, name: keyof Scrape['histograms']): BucketCounts {
    return bucketsSince(earlier.histograms[name], later.histograms[name])
  }

  #latencyRows(): LatencyRow[] {
    const change = this.#change
    if (change === undefined) return []
    const row = (name: string, isFailed: boolean, histogram: keyof Scrape['histograms']): LatencyRow => ({
      name,
      isFailed,
      now: latencyOf(this.#since(change, histogram)),
      run: null,
    })
    const { isOpenLoop, histograms } = change.later
    const failed = isOpenLoop ? 'responseFailed' : 'serviceFailed'
    return [
      ...(isOpenLoop ? [row('response ok', false, 'responseOk')] : []),
      row('service ok', false, 'serviceOk'),
      ...((histograms[failed].get(Number.POSITIVE_INFINITY) ?? 0) > 0 ? [row('failed', true, failed)] : []),
    ]
  }

  #errorRows(): ErrorRow[] {
    return [...(this.#latest?.errors ?? [])]
      .filter(([, { total }]) => total > 0)
      .map(([code, { type, total }]) => {
        const before =
          this.#change === undefined ? total : (this.#change.earlier.errors.get(code)?.total ?? 0)
        return { type, code, outcome: type, now: total - before, total }
      })
  }

  #noteFaults(before: Scrape, { faults, atMillis }: Scrape): void {
    for (const [kind, { injected, active }] of faults) {
      const known = before.faults.get(kind) ?? { injected: 0, active: 0 }
      if (injected > known.injected || active > known.active)
        this.#faults.push({ atMillis, text: kind, state: active > 0 ? 'at work' : 'over' })
      if (active === 0)
        this.#faults = this.#faults.map((fault) => (fault.text === kind ? ended(fault) : fault))
    }
    this.#faults = this.#faults.slice(-FAULTS_KEPT)
  }
}

/** Counters of one process never go back. */
function isSameLife(before: Scrape, now: Scrape): boolean {
  if (before.identity !== now.identity) return false
  const names = Object.keys(now.counts) as (keyof Scrape['counts'])[]
  return names.every((name) => now.counts[name] >= before.counts[name])
}

/** The warm-up is counted only when it is issued. */
function settledIn({ earlier, later }: Change): number {
  const warmup = later.phase === 'warmup' ? later.counts.warmup - earlier.counts.warmup : 0
  return later.counts.settled - earlier.counts.settled + warmup
}

function ended(fault: FaultRow): FaultRow {
  return fault.state === 'at work' ? { ...fault, state: 'over' } : fault
}

function remember(values: (number | null)[], value: number | null): void {
  values.push(value)
  if (values.length > HISTORY_SECONDS) values.shift()
}
