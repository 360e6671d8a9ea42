import type { RunPhase } from '../../model/run-view.ts'
import { type ErrorRow, HISTORY_SECONDS, type LatencyRow, type LiveState } from '../live-view/live-state.ts'
import { stageShown, timeShown, UNKNOWN_COURSE } from './course.ts'
import { type BucketCounts, bucketsSince, latencyOf, quantileMillis } from './bucket-counts.ts'
import { thresholdRow } from '../live-view/threshold-row.ts'
import type { Scrape } from './scrape.ts'
import { WatchedServers } from './server-samples.ts'
import { WatchedFaults } from './watched-faults.ts'

const OLDER =
  'an older redis-test: it does not say how long it takes, nor of stages, thresholds and adjustments'

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
  readonly #faults = new WatchedFaults()
  #downSinceMillis: number | null = null
  /** Since when the phase that goes on was seen. */
  #phaseSinceMillis: number | undefined
  readonly #servers = new WatchedServers()

  get latest(): Scrape | undefined {
    return this.#latest
  }

  /** What has begun anew with this scrape, or what it lacks, in a few words; `undefined` when it goes on. */
  add(scrape: Scrape): string | undefined {
    const before = this.#latest
    this.#latest = scrape
    this.#servers.add(scrape.servers, scrape.atMillis)
    if (before?.phase !== scrape.phase) this.#phaseSinceMillis = scrape.atMillis
    const isSame = before !== undefined && isSameLife(before, scrape)
    if (!isSame) {
      this.#change = undefined
      this.#downSinceMillis = null
      this.#faults.endAll()
      if (before !== undefined) return 'another run, or it was started again'
      return scrape.course.isKnown ? undefined : OLDER
    }
    const seconds = (scrape.atMillis - before.atMillis) / 1000
    this.#faults.add(before, scrape)
    if (seconds <= 0) {
      // The numbers of a run that is over stand still.
      this.#change = { earlier: scrape, later: scrape, seconds: 1 }
      return undefined
    }
    this.#change = { earlier: before, later: scrape, seconds }
    this.#downSinceMillis = scrape.gauges.down === 0 ? null : (this.#downSinceMillis ?? scrape.atMillis)
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

  /** Whether there is nothing more to come: its time is up, or it has sent all that it was to send. */
  isOver(nowMillis: number): boolean {
    const scrape = this.#latest
    if (scrape === undefined) return false
    const { phase, course, counts } = scrape
    const endMillis = course.phaseStarts.get('drain') ?? Number.POSITIVE_INFINITY
    return (
      phase === 'drain' ||
      phase === 'done' ||
      endMillis <= this.#timeOfRun(nowMillis) ||
      counts.scheduled >= (course.count ?? Number.POSITIVE_INFINITY)
    )
  }

  /** `nowMillis` by our clock; what is shown is by that of the run. */
  state(
    ourMillis: number,
    shown: Pick<LiveState, 'notice' | 'keys' | 'isHelpShown' | 'messages'> & { readonly from: string },
  ): LiveState {
    const scrape = this.#latest
    const { from, messages, ...others } = shown
    const phase: RunPhase = scrape?.phase ?? 'connecting'
    const course = scrape?.course ?? UNKNOWN_COURSE
    const nowMillis = this.#timeOfRun(ourMillis)
    const isPaused = course.factor === 0
    return {
      ...others,
      title: scrape === undefined ? 'watch' : `${scrape.profile} · run ${shortId(scrape.runId)}`,
      target: scrape?.redis || from,
      nowMillis,
      phase,
      stage: stageShown(course, nowMillis),
      ...timeShown(course, phase, { nowMillis, seenMillis: this.#phaseSinceMillis ?? nowMillis }),
      count: course.count,
      rate: this.#rate(),
      adjusted: { isPaused, factor: isPaused ? 1 : course.factor, count: course.adjustments },
      latency: { rows: this.#latencyRows(), history: this.#p99s, isRough: true },
      errors: { rows: this.#errorRows(), settledTotal: scrape?.counts.settled ?? 0 },
      connections: this.#connections(),
      faults: this.#faults.rows,
      generator: this.#generator(),
      server: this.#servers.shown(nowMillis),
      thresholds: course.thresholds.map(thresholdRow),
      messages:
        scrape === undefined || course.isKnown ? messages : [...messages, { text: OLDER, level: 'info' }],
    }
  }

  #timeOfRun(ourMillis: number): number {
    const scrape = this.#latest
    return scrape === undefined ? ourMillis : scrape.atMillis + (ourMillis - scrape.receivedMillis)
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
      disturbedSinceMillis:
        scrape?.course.isKnown === true ? scrape.course.disturbedSinceMillis : this.#downSinceMillis,
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
      run: latencyOf(change.later.histograms[histogram]),
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
}

/** Of an id that nobody chose, as much as tells runs apart. */
function shortId(runId: string): string {
  return /^[\da-f]{8}-[\da-f]{4}-/.test(runId) ? runId.slice(0, 8) : runId
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

function remember(values: (number | null)[], value: number | null): void {
  values.push(value)
  if (values.length > HISTORY_SECONDS) values.shift()
}
