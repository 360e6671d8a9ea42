import type { Deployment, DeploymentTraffic } from '../model/deployment.ts'
import type { Log } from '../model/log.ts'
import type { RunPlan } from '../model/plan.ts'
import type { ServerLook } from '../model/server-look.ts'
import {
  SERVER_COLUMN_NAMES,
  type ServerNews,
  type ServerRow,
  type ServerState,
} from '../model/server-samples.ts'
import type { ServersView } from '../model/servers-view.ts'
import { bounded } from '../redis/bounded.ts'
import { isOurs } from '../redis/control-connection.ts'
import { valueIn } from '../reports/server-columns.ts'
import { serverNow } from '../reports/server-now.ts'
import { beganSince, rowBetween } from '../reports/server-rows.ts'
import { reachedAddress } from './find-nodes.ts'
import { LookInterval } from './look-interval.ts'
import { ServerCommands } from './server-commands.ts'
import { ReplicationLags } from './replication-lags.ts'
import { ServerCost } from './server-cost.ts'
import { serversThere } from './servers-there.ts'
import { ServerRefusals } from './server-refusals.ts'
import { type LookDepth, ServerLooks } from './server-looks.ts'

/** A question that is not answered by then is given up; nobody waits for it. */
const CALL_MILLIS = 10_000
const FIND_MILLIS = 2000
const FIRST_LOOK_MILLIS = 1000
/** Between two questions for what costs more and changes less. */
const DETAIL_MILLIS = 5000
const MOST_SERVERS = 64
/** What a master says of its replicas holds that many intervals. */
const LAG_LOOKS = 2.5
const MOST_NOTES = 20

export interface ServerSideParts {
  readonly plan: RunPlan
  /** Of its own: what is asked for here waits for nothing else, and nothing else for this. */
  readonly deployment: Deployment
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly hide: (text: string) => string
  /** Every connection of the load is named `<this>:<index>`. */
  readonly namePrefix: string
  readonly onView: (view: ServersView) => void
}

/**
 * The servers during the run, from their own words: every server that is there is asked once in an interval, over a
 * connection that carries no load. A server that does not answer is counted and left alone for a while; the run never waits.
 */
export class ServerSide {
  readonly #parts: ServerSideParts
  readonly #watches = new Map<string, ServerLooks>()
  readonly #rows = new Map<string, ServerRow>()
  readonly #lags: ReplicationLags
  readonly #refusals = new ServerRefusals()
  readonly #interval: LookInterval
  readonly #notes: string[] = []
  readonly #commands = new ServerCommands()
  readonly #cost: ServerCost
  readonly #beganAtMillis: number
  #watched: readonly string[] = []
  #leftOut = 0
  #slowlogSeen = 0
  #timer: NodeJS.Timeout | undefined
  #isFinding = false
  #detailedAt = Number.NEGATIVE_INFINITY
  #early: ServerNews[] = []
  #listener: ((news: ServerNews) => void) | undefined

  constructor(parts: ServerSideParts) {
    this.#parts = parts
    this.#beganAtMillis = parts.now()
    this.#cost = new ServerCost(this.#beganAtMillis)
    this.#lags = new ReplicationLags((address) => reachedAddress(parts.plan.target, address))
    this.#interval = new LookInterval(parts.plan.server.sample_interval_ms)
    this.#tell({ kind: 'columns', names: SERVER_COLUMN_NAMES })
  }

  /** The first look: nothing of the run has happened. Waits for who answers at once, and for nobody longer. */
  async begin(): Promise<void> {
    const deadline = performance.now() + FIRST_LOOK_MILLIS
    await this.#find(FIRST_LOOK_MILLIS)
    this.#lookAt({ isDetailed: true, isLast: false, isFirstOfRun: true })
    await this.#settle(deadline - performance.now())
  }

  /** Looks again and again, first at the given instant, and tells what it learns; what was learned before comes first. */
  start(firstAtMillis: number, listener: (news: ServerNews) => void): void {
    const { now } = this.#parts
    this.#listener = listener
    for (const news of this.#early) listener(news)
    this.#early = []
    let next = firstAtMillis
    const turn = (): void => {
      this.#turn()
      // A timer may fire a little before its time.
      do next += this.#interval.millis
      while (next <= now() + this.#interval.millis / 4)
      this.#timer = setTimeout(turn, next - now())
    }
    this.#timer = setTimeout(turn, Math.max(0, next - now()))
  }

  /** No further looks. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  /** The last look, and all that is known. */
  async finish(limitMillis: number): Promise<void> {
    this.stop()
    const deadline = performance.now() + limitMillis
    // One that goes on may be of a moment before the last command. A server that is frozen leaves the others their time.
    await this.#settle(limitMillis / 2)
    this.#lookAt({ isDetailed: true, isLast: true, isFirstOfRun: false })
    // Also where we were held up ourselves meanwhile: the answers are there, and only have to be read.
    await this.#settle(Math.max(deadline - performance.now(), limitMillis / 4))
    this.#tellState()
  }

  traffic(addresses: readonly string[] | null): DeploymentTraffic {
    return this.#parts.deployment.traffic(addresses)
  }

  #turn(): void {
    const at = this.#parts.now()
    const isDetailed = at - this.#detailedAt >= DETAIL_MILLIS
    if (isDetailed) {
      this.#detailedAt = at
      void this.#find(FIND_MILLIS)
      this.#tellState()
    }
    this.#lookAt({ isDetailed, isLast: false, isFirstOfRun: false })
  }

  #lookAt(depth: LookDepth): void {
    for (const server of this.#watched) this.#watches.get(server)?.look(depth)
  }

  async #settle(limitMillis: number): Promise<void> {
    const watches = this.#watched.flatMap((server) => this.#watches.get(server) ?? [])
    const all = Promise.all(watches.map((watch) => watch.settled()))
    if (limitMillis > 0) await bounded(all, limitMillis, 'looking at the servers').catch(() => {})
  }

  /** Whoever is there now. While nobody tells, those that were. */
  async #find(limitMillis: number): Promise<void> {
    if (this.#isFinding) return
    this.#isFinding = true
    const { deployment, plan } = this.#parts
    const there = await serversThere(deployment, plan, this.#watches, limitMillis)
    this.#isFinding = false
    // It is asked again with the next details; the servers that are known go on being asked.
    if (there === undefined) return
    const { addresses, refused } = there
    if (refused !== undefined) {
      this.#noteUntold(refused)
      if (this.#watched.length > 0) return
    }
    this.#watched = addresses.slice(0, MOST_SERVERS)
    this.#leftOut = addresses.length - this.#watched.length
    for (const server of this.#watched)
      if (!this.#watches.has(server)) this.#watches.set(server, this.#watch(server))
  }

  #noteUntold(code: string): void {
    const note = `which servers there are is not told (${code}): only those that are named are looked at`
    if (this.#notes.includes(note)) return
    this.#note(note)
    this.#parts.log.warn({ reason: code }, 'nobody tells which servers there are')
  }

  #watch(server: string): ServerLooks {
    const { plan, now, hide, namePrefix, deployment } = this.#parts
    return new ServerLooks(server, {
      ask: async (command, args) => {
        this.#cost.asked(server, command, args)
        const answer = await deployment.call(server, command, args, CALL_MILLIS)
        this.#cost.answered(answer, now())
        return answer
      },
      now,
      beganAtMillis: this.#beganAtMillis,
      isFull: plan.server.metrics === 'full',
      hide,
      connectionOf(name) {
        if (!isOurs(name, namePrefix)) return undefined
        const index = name.slice(namePrefix.length + 1)
        return /^\d+$/.test(index) ? Number(index) : null
      },
      mayAsk: (command) => this.#refusals.mayAsk(server, command, now()),
      onRefused: (command, code) => this.#noteRefusal(server, command, code),
      onLook: (look, before) => this.#noteLook(look, before),
      onCommands: (stats) => {
        const isCounted =
          plan.client.read_from === 'replicas' || this.#watches.get(server)?.latest?.role !== 'replica'
        const added = this.#commands.add(server, stats, isCounted)
        const share = this.#cost.counted(server, added, now())
        const note = this.#interval.judge(server, share)
        if (note !== undefined) {
          this.#note(note)
          const interval_ms = this.#interval.millis
          this.#parts.log.warn({ share, interval_ms }, 'looking at the servers less often')
        }
        this.#parts.onView(this.#view())
      },
      onLatencies: (latencies) => this.#commands.latencies(latencies),
      onSlowlog: (entries, seen) => {
        this.#slowlogSeen += seen
        this.#tell({ kind: 'slowlog', entries })
      },
      onEvents: (events) => this.#tell({ kind: 'latency', events }),
    })
  }

  #noteLook(look: ServerLook, before: ServerLook | undefined): void {
    const { server, role } = look
    const row = rowBetween(before, look, this.#lags.noteAndGive(look, LAG_LOOKS * this.#interval.millis))
    this.#rows.set(server, row)
    if (before !== undefined && before.serverRunId !== look.serverRunId)
      this.#commands.startsAnew(server, beganSince(before, look))
    if (before?.role !== role) this.#tell({ kind: 'role', server, at_ms: row.at_ms, role })
    this.#tell({ kind: 'row', server, row })
    this.#parts.onView(this.#view())
  }

  #noteRefusal(server: string, command: string, code: string): void {
    const note = this.#refusals.note(server, command, code, this.#parts.now())
    if (note === undefined) return
    this.#note(note)
    this.#parts.log.warn({ server, command, reason: code }, 'the server does not tell its side of the run')
  }

  #note(note: string): void {
    if (this.#notes.length < MOST_NOTES) this.#notes.push(note)
  }

  #view(): ServersView {
    const newest = this.#watched.flatMap((server) => {
      const watch = this.#watches.get(server)
      const row = this.#rows.get(server)
      if (watch?.latest === undefined || row === undefined) return []
      const replicationLagBytes = valueIn(row, 'replication_lag_bytes')
      return [{ look: watch.latest, row, isSilent: watch.isSilent, replicationLagBytes }]
    })
    const watches = [...this.#watches.values()]
    return {
      now: serverNow(newest),
      looks: newest,
      commands: this.#commands.toArray(),
      slowlogSeen: this.#slowlogSeen,
      cost: this.#cost.toResult(),
      looksAnswered: watches.reduce((sum, { looks }) => sum + looks, 0),
      looksUnanswered: watches.reduce((sum, { unanswered }) => sum + unanswered, 0),
    }
  }

  #tellState(): void {
    const state: ServerState = {
      mode: this.#parts.plan.server.metrics,
      interval_ms: this.#interval.millis,
      looks: [...this.#watches.values()].map(({ server, looks, unanswered }) => ({
        server,
        looks,
        unanswered,
      })),
      servers_left_out: this.#leftOut,
      cost: this.#cost.toResult(),
      notes: [...this.#notes],
      refused: this.#refusals.commands,
      slowlog_seen: this.#slowlogSeen,
      commands: this.#commands.toArray(),
    }
    this.#tell({ kind: 'state', state })
    this.#parts.onView(this.#view())
  }

  #tell(news: ServerNews): void {
    if (this.#listener === undefined) this.#early.push(news)
    else this.#listener(news)
  }
}
