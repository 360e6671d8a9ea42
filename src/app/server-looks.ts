import type { ServerLook } from '../model/server-look.ts'
import type { LatencyEvent, SlowlogEntry } from '../model/server-samples.ts'
import { causeOf } from '../redis/control-client.ts'
import {
  type CommandLatency,
  type CommandStat,
  parseCommandStats,
  parseInfo,
  parseLatencyStats,
} from '../redis/info.ts'
import { readLook } from '../redis/read-look.ts'
import {
  type LoggedCommand,
  readLatencyHistory,
  readLatestLatencies,
  readSlowlog,
} from '../redis/read-slowlog.ts'
import { REFUSALS } from './servers-there.ts'

const ENTRIES_AT_FIRST = 16
const ENTRIES_AT_MOST = 128
const EVENTS_ASKED = 16
const MILLIS = 1000
/** Looks that a server which does not answer is left alone for, at most. */
const LONGEST_PAUSE = 8

/** How much one look asks for. */
export interface LookDepth {
  /** Counts and times of commands, and the latency monitor. */
  readonly isDetailed: boolean
  /** Percentiles by command, which the server keeps since it started. */
  readonly isLast: boolean
  /** Nothing of the run can have happened before it. */
  readonly isFirstOfRun: boolean
}

export interface ServerLooksParts {
  /** Asks the server; bounded. */
  readonly ask: (command: string, args: readonly (string | number)[]) => Promise<unknown>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Since when entries of logs are of this run. */
  readonly beganAtMillis: number
  /** Slow log and latency monitor as well. */
  readonly isFull: boolean
  readonly hide: (text: string) => string
  /** The load connection behind a client's name; `null`: ours, and none of the load; `undefined`: not ours. */
  readonly connectionOf: (clientName: string) => number | null | undefined
  /** Whether it is worth asking: it was not refused lately. */
  readonly mayAsk: (command: string) => boolean
  readonly onRefused: (command: string, code: string) => void
  readonly onLook: (look: ServerLook, before: ServerLook | undefined) => void
  readonly onCommands: (stats: ReadonlyMap<string, CommandStat>) => void
  readonly onLatencies: (latencies: ReadonlyMap<string, CommandLatency>) => void
  readonly onSlowlog: (entries: readonly SlowlogEntry[], seen: number) => void
  readonly onEvents: (events: readonly LatencyEvent[]) => void
}

/** Looks at one server again and again: one look at a time, and none is waited for by anybody. */
export class ServerLooks {
  readonly server: string
  readonly #parts: ServerLooksParts
  #looking: Promise<void> | undefined
  #latest: ServerLook | undefined
  #isSilent = false
  #failures = 0
  #pause = 0
  #lastId: number | undefined
  readonly #lastEvents = new Map<string, number>()
  looks = 0
  unanswered = 0

  constructor(server: string, parts: ServerLooksParts) {
    this.server = server
    this.#parts = parts
  }

  get latest(): ServerLook | undefined {
    return this.#latest
  }

  /** It did not answer when it was asked last. */
  get isSilent(): boolean {
    return this.#isSilent
  }

  /** Resolves when the look that goes on, if any, is over. Never rejects. */
  async settled(): Promise<void> {
    await this.#looking
  }

  /** Starts a look, unless one still goes on: that counts as no answer. */
  look(depth: LookDepth): void {
    if (this.#looking !== undefined) {
      this.unanswered++
      this.#isSilent = true
      return
    }
    if (this.#pause > 0 && !depth.isLast) {
      this.#pause--
      this.unanswered++
      return
    }
    // Counts begin with the first look, also of a server that was found in the middle of a run.
    const isFirst = this.#latest === undefined
    this.#looking = this.#lookOnce({ ...depth, isDetailed: depth.isDetailed || isFirst })
      .then(
        () => this.#answered(),
        () => this.#failed(),
      )
      .finally(() => {
        this.#looking = undefined
      })
  }

  #answered(): void {
    this.#isSilent = false
    this.#failures = 0
  }

  #failed(): void {
    this.unanswered++
    this.#isSilent = true
    this.#failures++
    this.#pause = this.#failures < 3 ? 0 : Math.min(LONGEST_PAUSE, 2 ** (this.#failures - 3))
  }

  /** Everything at once: the questions travel together, and answers come in their order. */
  async #lookOnce(depth: LookDepth): Promise<void> {
    const { isFull } = this.#parts
    const steps = [
      this.#step('INFO', () => this.#info()),
      ...(depth.isDetailed || depth.isLast || depth.isFirstOfRun
        ? [this.#step('INFO', () => this.#commands())]
        : []),
      ...(isFull && depth.isLast ? [this.#step('INFO', () => this.#latencies())] : []),
      ...(isFull ? [this.#step('SLOWLOG', () => this.#slowlog(depth))] : []),
      ...(isFull && (depth.isDetailed || depth.isLast || depth.isFirstOfRun)
        ? [this.#step('LATENCY', () => this.#events(depth))]
        : []),
    ]
    const ended = await Promise.allSettled(steps)
    const failure = ended.find(({ status }) => status === 'rejected')
    if (failure !== undefined) throw new Error('a question was not answered')
  }

  /** What the server refuses is no silence. */
  async #step(command: string, ask: () => Promise<void>): Promise<void> {
    if (!this.#parts.mayAsk(command)) return
    try {
      await ask()
    } catch (error) {
      const code = causeOf(error)
      if (!REFUSALS.has(code)) throw error
      this.#parts.onRefused(command, code)
    }
  }

  async #info(): Promise<void> {
    const { ask, now, hide, onLook } = this.#parts
    const sentAt = now()
    const text = hide(String(await ask('INFO', [])))
    const look = readLook(this.server, parseInfo(text), { sentAt, answeredAt: now() })
    const before = this.#latest
    if (before !== undefined && before.serverRunId !== look.serverRunId) this.#startsAnew()
    this.#latest = look
    this.looks++
    onLook(look, before)
  }

  /** Another process counts its entries from zero. */
  #startsAnew(): void {
    this.#lastId = -1
    this.#lastEvents.clear()
  }

  async #commands(): Promise<void> {
    const { ask, onCommands } = this.#parts
    onCommands(parseCommandStats(parseInfo(String(await ask('INFO', ['commandstats'])))))
  }

  async #latencies(): Promise<void> {
    const { ask, onLatencies } = this.#parts
    onLatencies(parseLatencyStats(parseInfo(String(await ask('INFO', ['latencystats'])))))
  }

  async #slowlog({ isFirstOfRun }: LookDepth): Promise<void> {
    const { ask, hide, connectionOf, onSlowlog } = this.#parts
    const reading = { hide, isOurs: (name: string): boolean => connectionOf(name) !== undefined }
    const get = async (count: number): Promise<LoggedCommand[]> =>
      readSlowlog(await ask('SLOWLOG', ['GET', count]), reading)
    if (isFirstOfRun) {
      const [newest] = await get(1)
      this.#lastId = newest?.id ?? -1
      return
    }
    let entries = await get(ENTRIES_AT_FIRST)
    const newest = entries[0]?.id ?? -1
    const last = this.#lastBefore(newest)
    const isCut = entries.length === ENTRIES_AT_FIRST && entries.at(-1)!.id > (last ?? -1) + 1
    if (isCut) entries = await get(ENTRIES_AT_MOST)
    const fresh = entries
      .map((entry) => this.#entryOf(entry))
      // A server that was found later may have logged something of the run before: its time tells.
      .filter(({ id, at_ms }) => (last === undefined ? this.#isOfRun(at_ms) : id > last))
    const seen = last === undefined ? fresh.length : Math.max(fresh.length, newest - last)
    this.#lastId = Math.max(newest, last ?? -1)
    if (fresh.length > 0) onSlowlog(fresh, seen)
  }

  /** `undefined` where that is not known: a number has become smaller only if another server answers, or one that began anew. */
  #lastBefore(newest: number): number | undefined {
    const last = this.#lastId
    return last !== undefined && newest >= 0 && newest < last ? undefined : last
  }

  #entryOf({ id, atSeconds, usec, command, client, clientName }: LoggedCommand): SlowlogEntry {
    const connection = this.#parts.connectionOf(clientName)
    return {
      server: this.server,
      id,
      at_ms: Math.round(atSeconds * MILLIS - (this.#latest?.clockAheadMillis ?? 0)),
      duration_ms: usec / MILLIS,
      command,
      client,
      client_name: clientName,
      is_ours: connection !== undefined,
      connection: connection ?? null,
    }
  }

  /** A time of whole seconds may stand for any moment of its second. */
  #isOfRun(atMillis: number): boolean {
    return atMillis + MILLIS > this.#parts.beganAtMillis
  }

  /** A second that is not over may yet get a longer one, which takes the place of the first. */
  async #events({ isFirstOfRun, isLast }: LookDepth): Promise<void> {
    const { ask, now, onEvents } = this.#parts
    const latest = [...readLatestLatencies(await ask('LATENCY', ['LATEST']))].slice(0, EVENTS_ASKED)
    const ahead = this.#latest?.clockAheadMillis ?? 0
    const unfinished = isLast ? Number.POSITIVE_INFINITY : Math.floor((now() + ahead) / MILLIS)
    const events: LatencyEvent[] = []
    for (const [event, atSeconds] of latest) {
      const last = this.#lastEvents.get(event)
      if (isFirstOfRun) this.#lastEvents.set(event, atSeconds)
      if (isFirstOfRun || atSeconds === last) continue
      const points = readLatencyHistory(await ask('LATENCY', ['HISTORY', event]))
      for (const { atSeconds: second, millis } of points) {
        const at_ms = Math.round(second * MILLIS - ahead)
        const isNew = last === undefined ? this.#isOfRun(at_ms) : second > last
        if (!isNew || second >= unfinished) continue
        events.push({ server: this.server, event, at_ms, latency_ms: millis })
        this.#lastEvents.set(event, second)
      }
    }
    if (events.length > 0) onEvents(events)
  }
}
