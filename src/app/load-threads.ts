import { Worker } from 'node:worker_threads'
import type { ConnectionAttempt, Outage } from '../model/connection-event.ts'
import type { FailureSigns } from '../model/disturbance.ts'
import { hideSecrets } from './hide-secrets.ts'
import type {
  KeptReport,
  PreloadState,
  ThreadCommand,
  ThreadData,
  ThreadReport,
} from '../model/thread-message.ts'
import type { Stretch } from '../model/load-time.ts'
import type { MaintenanceNews } from '../model/maintenance.ts'
import type { ShardOutage } from '../model/shard-outage.ts'
import type { Finding } from '../model/verification.ts'

export interface LoadThreadsListener {
  attempt(attempt: ConnectionAttempt): void
  outage(outage: Outage): void
  kept(kept: KeptReport, thread: number): void
  finding(finding: Finding): void
  shardOutage(outage: ShardOutage): void
  node(thread: number, index: number, address: string): void
  maintenance(news: MaintenanceNews): void
  signs(signs: FailureSigns): void
  internalError(thread: number, message: string): void
}

export interface ThreadsEnd {
  readonly inFlight: number
  readonly abandoned: number
  readonly unfinishedOutages: readonly Outage[]
  readonly unfinishedShardOutages: readonly ShardOutage[]
  /** Set when a thread died: which one, and of what. Its numbers up to then are in its ledger. */
  readonly crash: { readonly thread: number; readonly reason: string } | undefined
}

/** When one thread has died, the others need not be patient. */
const CRASH_DRAIN_MILLIS = 1000

interface Member {
  readonly worker: Worker
  /** Its last report, once it has come. */
  finished: Extract<ThreadReport, { type: 'finished' }> | undefined
  hasCrashed: boolean
}

type Waiting<Value> = { resolve: (value: Value) => void; reject: (error: Error) => void }

interface Preloading {
  readonly states: Map<number, PreloadState>
  done: number
  readonly onProgress: (state: PreloadState) => void
  readonly waiting: Waiting<PreloadState>
}

/** A connection could not be made ready before the start. */
export class ThreadConnectError extends Error {
  /** Connections of the thread that were ready. */
  readonly ready: number
  /** Fine error code of one that was not. */
  readonly code: string

  constructor(ready: number, code: string) {
    super(`connections of a load thread did not become ready: ${code}`)
    this.ready = ready
    this.code = code
  }
}

/** Starts the load threads, passes on what they report, and notices when one dies. */
export class LoadThreads {
  readonly #members: Member[]
  readonly #listener: LoadThreadsListener
  readonly #connecting: Promise<void>
  readonly #ended: Promise<ThreadsEnd>
  readonly #cuts = new Map<number, { expected: number; total: number; waiting: Waiting<number> }>()
  #connectWaiting: Waiting<void> | undefined
  #endWaiting: Waiting<ThreadsEnd> | undefined
  #connected = 0
  #crash: ThreadsEnd['crash']
  #preloading: Preloading | undefined
  #nextCut = 0
  #isClosing = false
  /** A reason gets into the result, and an error may hold anything. */
  #hide = (reason: string): string => reason

  /** `entry` is the built load-thread module. */
  constructor(data: readonly ThreadData[], listener: LoadThreadsListener, entry: URL) {
    this.#listener = listener
    const [first] = data
    if (first !== undefined) this.#hide = hideSecrets(first.secrets, {})
    this.#connecting = new Promise((resolve, reject) => {
      this.#connectWaiting = { resolve, reject }
    })
    this.#connecting.catch(() => {})
    this.#ended = new Promise((resolve, reject) => {
      this.#endWaiting = { resolve, reject }
    })
    this.#members = data.map((workerData, thread) => this.#start(thread, workerData, entry))
  }

  /** Resolves when every connection of every thread is ready. */
  connected(): Promise<void> {
    return this.#connecting
  }

  /** Resolves when all threads have finished, or as soon as one has died. */
  ended(): Promise<ThreadsEnd> {
    return this.#ended
  }

  /** Fills the keys; resolves when every thread has done its share. `onProgress` is told how far all of them are. */
  preload(onProgress: (state: PreloadState) => void): Promise<PreloadState> {
    this.#tellAll({ type: 'preload' })
    return new Promise((resolve, reject) => {
      this.#preloading = { states: new Map(), done: 0, onProgress, waiting: { resolve, reject } }
    })
  }

  /** `spanId`: of the run, if it has spans. */
  start(atMonotonicMillis: number, spanId: string | undefined): void {
    this.#tellAll({ type: 'start', atMonotonicMillis, spanId })
  }

  /** Ends the arrivals; each thread drains for at most this long. */
  stop(drainMillis: number): void {
    this.#tellAll({ type: 'stop', drainMillis })
  }

  /** Follows the plan in another way from a moment on that is to come. */
  adjust(stretch: Stretch): void {
    this.#tellAll({ type: 'adjust', stretch })
  }

  /** Cuts a random share of the connections on our side; resolves with how many. */
  cut(share: number, seed: number): Promise<number> {
    const request = this.#nextCut++
    return new Promise((resolve, reject) => {
      this.#cuts.set(request, { expected: this.#members.length, total: 0, waiting: { resolve, reject } })
      for (const [thread, { worker }] of this.#members.entries())
        worker.postMessage({ type: 'cut', request, share, seed: seed + thread } satisfies ThreadCommand)
    })
  }

  /** Ends the threads, whatever they are doing. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#tellAll({ type: 'close' })
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()))
  }

  #start(thread: number, workerData: ThreadData, entry: URL): Member {
    const worker = new Worker(entry, { workerData, name: `load-${thread}` })
    const member: Member = { worker, finished: undefined, hasCrashed: false }
    worker.on('message', (report: ThreadReport) => this.#receive(member, thread, report))
    worker.on('error', (error: unknown) => this.#crashed(member, thread, this.#hide(describeCrash(error))))
    worker.on('exit', (code) => {
      if (member.finished === undefined) this.#crashed(member, thread, `it ended with code ${code}`)
    })
    return member
  }

  #receive(member: Member, thread: number, report: ThreadReport): void {
    switch (report.type) {
      case 'connected':
        if (++this.#connected === this.#members.length) this.#connectWaiting?.resolve()
        break
      case 'connect_failed':
        this.#connectWaiting?.reject(new ThreadConnectError(report.ready, report.cause))
        break
      case 'events':
        this.#passOn(thread, report)
        break
      case 'maintenance':
        this.#listener.maintenance(report)
        break
      case 'cut_done':
        this.#countCut(report.request, report.cut)
        break
      case 'preload':
        this.#preloaded(thread, report.state, report.isDone)
        break
      case 'internal_error':
        this.#listener.internalError(thread, report.message)
        break
      case 'finished':
        member.finished = report
        this.#endIfComplete()
        break
    }
  }

  #passOn(thread: number, event: Extract<ThreadReport, { type: 'events' }>): void {
    const { attempts, outages, kept, findings, nodes, shardOutages, signs } = event
    for (const { index, address } of nodes) this.#listener.node(thread, index, address)
    for (const outage of shardOutages) this.#listener.shardOutage(outage)
    for (const attempt of attempts) this.#listener.attempt(attempt)
    for (const outage of outages) this.#listener.outage(outage)
    for (const command of kept) this.#listener.kept(command, thread)
    for (const finding of findings) this.#listener.finding(finding)
    if (signs !== undefined) this.#listener.signs(signs)
  }

  #preloaded(thread: number, state: PreloadState, isDone: boolean): void {
    const preloading = this.#preloading
    if (preloading === undefined) return
    preloading.states.set(thread, state)
    const all = [...preloading.states.values()]
    const sum = (part: 'written' | 'expected' | 'failed'): number =>
      all.reduce((total, one) => total + one[part], 0)
    const together: PreloadState = {
      written: sum('written'),
      expected: sum('expected'),
      failed: sum('failed'),
      error: all.map(({ error }) => error).find((error) => error !== null) ?? null,
    }
    if (isDone) preloading.done++
    if (preloading.done === this.#members.length) preloading.waiting.resolve(together)
    else preloading.onProgress(together)
  }

  #countCut(request: number, cut: number): void {
    const pending = this.#cuts.get(request)
    if (pending === undefined) return
    pending.total += cut
    if (--pending.expected > 0) return
    this.#cuts.delete(request)
    pending.waiting.resolve(pending.total)
  }

  /** The others stop and drain; the end comes when they have. */
  #crashed(member: Member, thread: number, reason: string): void {
    if (this.#isClosing || member.hasCrashed) return
    member.hasCrashed = true
    this.#crash ??= { thread, reason }
    for (const { waiting } of this.#cuts.values()) waiting.reject(new Error('a load thread died'))
    this.#preloading?.waiting.reject(new Error(`load thread ${thread} died: ${reason}`))
    this.#connectWaiting?.reject(new Error(`load thread ${thread} died: ${reason}`))
    this.stop(CRASH_DRAIN_MILLIS)
    this.#endIfComplete()
  }

  #endIfComplete(): void {
    const isComplete = this.#members.every(({ finished, hasCrashed }) => finished !== undefined || hasCrashed)
    if (isComplete) this.#endWaiting?.resolve(this.#describeEnd())
  }

  #describeEnd(): ThreadsEnd {
    const finished = this.#members.flatMap(({ finished: report }) => report ?? [])
    return {
      inFlight: finished.reduce((sum, { inFlight }) => sum + inFlight, 0),
      abandoned: finished.reduce((sum, { abandoned }) => sum + abandoned, 0),
      unfinishedOutages: finished.flatMap(({ unfinishedOutages }) => unfinishedOutages),
      unfinishedShardOutages: finished.flatMap(({ unfinishedShardOutages }) => unfinishedShardOutages),
      crash: this.#crash,
    }
  }

  #tellAll(command: ThreadCommand): void {
    for (const { worker } of this.#members) worker.postMessage(command)
  }
}

function describeCrash(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  return code === undefined ? error.message : `${error.message} (${code})`
}
