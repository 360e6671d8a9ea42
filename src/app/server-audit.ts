import type { RunPlan } from '../model/plan.ts'
import type { DeploymentTraffic } from '../model/deployment.ts'
import type { AuditResult } from '../model/result.ts'
import { SERVER_CHANGES, type ServerChanges, type ServerStats } from '../model/server-stats.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { LoadServers } from './load-servers.ts'
import { causeOf, type ControlClient } from '../redis/control-client.ts'
import { auditAgainstServer } from '../reports/audit-server.ts'

function redialsOf(controls: readonly ControlClient[]): number {
  return controls.reduce((sum, { redials }) => sum + redials, 0)
}

/** The counts of all servers that get load, as if they were one. */
async function statsOf(
  controls: readonly ControlClient[],
  ownNamePrefix: string,
  limitMillis: number,
): Promise<ServerStats> {
  const all = await Promise.all(controls.map((control) => control.stats(ownNamePrefix, limitMillis)))
  const commands = new Map<string, number>()
  for (const one of all)
    for (const [name, count] of one.commands) commands.set(name, (commands.get(name) ?? 0) + count)
  const sum = (part: keyof ServerChanges): number =>
    all.reduce((total, { totals }) => total + totals[part], 0)
  return {
    address: all.map(({ address }) => address).join(' '),
    serverRunId: all.map(({ serverRunId }) => serverRunId).join(' '),
    role: all.map(({ role }) => role).join(' '),
    commands,
    totalConnectionsReceived: all.reduce((total, one) => total + one.totalConnectionsReceived, 0),
    isWatched: all.some(({ isWatched }) => isWatched),
    strangers: all.flatMap(({ strangers }) => strangers),
    totals: Object.fromEntries(SERVER_CHANGES.map((name) => [name, sum(name)])) as ServerChanges,
  }
}

/**
 * Commands that Lua of the workload calls, by their literal names: `redis.call('INCR', …)`. Any command, where a call is
 * not literal or the text is not known (EVALSHA and FCALL of what others have loaded).
 */
function calledByScripts(plan: RunPlan): ReadonlySet<string> | 'any' {
  const names = new Set<string>()
  for (const { script, commands } of plan.operations) {
    const lua = commands.filter((command) => /^\s*(?:eval|evalsha|fcall)(?:_ro)?\s/i.test(command))
    if (script === null && lua.some((command) => !/^\s*eval(?:_ro)?\s/i.test(command))) return 'any'
    for (const text of script === null ? lua : [script.text]) {
      const literal = [...text.matchAll(/\b(?:redis|server)\.p?call\(\s*['"](\w+)['"]/g)]
      const all = text.match(/\bp?call\b/g) ?? []
      if (all.length > literal.length) return 'any'
      for (const [, name] of literal) names.add(name!.toLowerCase())
    }
  }
  return names
}

/** What Sentinels send to the servers that they watch, in Redis 7 and 8. */
const SENT_BY_SENTINELS = [
  'ping',
  'info',
  'publish',
  'subscribe',
  'client',
  'multi',
  'exec',
  'config',
  'hello',
  'auth',
]

/** Commands that others than we send as well. */
function calledByOthers(plan: RunPlan, isWatched: boolean): ReadonlySet<string> | 'any' {
  const names = calledByScripts(plan)
  if (names === 'any' || !isWatched) return names
  // Audit writes are read back over connections that this comparison does not know.
  const reading = plan.acked_writes.share > 0 ? ['lrange', 'unlink'] : []
  return new Set([...names, ...SENT_BY_SENTINELS, ...reading])
}

const BEFORE_LIMIT_MILLIS = 3000

/** The comparison, and what changed on the server; `null` when it restarted or cannot be asked. */
export interface ServerVerdict {
  readonly audit: AuditResult['server']
  readonly changes: ServerChanges | null
}

function changesBetween(before: ServerStats, after: ServerStats): ServerChanges | null {
  const changes = SERVER_CHANGES.map((name) => [name, after.totals[name] - before.totals[name]] as const)
  const isOneLife = before.serverRunId === after.serverRunId && changes.every(([, change]) => change >= 0)
  return isOneLife ? (Object.fromEntries(changes) as ServerChanges) : null
}

/** What is sent to the servers besides the load and by the controls. */
export type Aside = () => DeploymentTraffic
const NOTHING_ASIDE: Aside = () => ({ dials: 0, sent: new Map() })

/** Without what others of us sent. */
function without(stats: ServerStats, { sent }: DeploymentTraffic): ServerStats {
  const commands = [...stats.commands].map(([name, count]) => [name, count - (sent.get(name) ?? 0)] as const)
  return { ...stats, commands: new Map(commands) }
}

/** Compares client counts with the server's own over a run: one look before the load, one after it. */
export class ServerComparison {
  readonly #controls: readonly ControlClient[]
  readonly #ownNamePrefix: string
  readonly #before: ServerStats | undefined
  readonly #dialsBefore: number
  readonly #redialsBefore: number
  readonly #problem: string | undefined
  readonly #aside: Aside
  readonly #asideBefore: number

  private constructor(
    controls: readonly ControlClient[],
    ownNamePrefix: string,
    first: { stats: ServerStats | undefined; dials: number; problem: string | undefined },
    aside: Aside,
  ) {
    this.#controls = controls
    this.#ownNamePrefix = ownNamePrefix
    this.#before = first.stats
    this.#dialsBefore = first.dials
    this.#redialsBefore = redialsOf(controls)
    this.#problem = first.problem
    this.#aside = aside
    this.#asideBefore = aside().dials
  }

  static async begin(
    { controls, roles }: Pick<LoadServers, 'controls' | 'roles'>,
    ownNamePrefix: string,
    snapshot: Snapshot,
    aside: Aside = NOTHING_ASIDE,
  ): Promise<ServerComparison> {
    const { dials } = snapshot.counters
    try {
      const now = without(await statsOf(controls, ownNamePrefix, BEFORE_LIMIT_MILLIS), aside())
      // A failover since the servers were chosen: replicas count what their master tells them, too.
      const wanted = now.role.split(' ').map((role, index) => roles[index] ?? role)
      const stats = { ...now, role: wanted.join(' ') }
      return new ServerComparison(controls, ownNamePrefix, { stats, dials, problem: undefined }, aside)
    } catch (error) {
      const problem = `the server did not tell its statistics: ${causeOf(error)}`
      return new ServerComparison(controls, ownNamePrefix, { stats: undefined, dials, problem }, aside)
    }
  }

  /** Never rejects: a server that does not answer is a reason, not an error. */
  async finish(
    plan: RunPlan,
    total: Snapshot,
    inFlight: number,
    limitMillis: number,
  ): Promise<ServerVerdict> {
    const notComparable = (reason: string): ServerVerdict => ({
      audit: { status: 'not_comparable', reason, commands: [] },
      changes: null,
    })
    if (this.#before === undefined) return notComparable(this.#problem ?? 'unknown')
    try {
      const aside = this.#aside()
      const after = without(await statsOf(this.#controls, this.#ownNamePrefix, limitMillis), aside)
      const audit = auditAgainstServer({
        before: this.#before,
        after,
        total,
        inFlight,
        ownConnections:
          plan.target.topology === 'cluster'
            ? null
            : total.counters.dials -
              this.#dialsBefore +
              redialsOf(this.#controls) -
              this.#redialsBefore +
              aside.dials -
              this.#asideBefore,
        calledByOthers: calledByOthers(plan, this.#before.isWatched || after.isWatched),
      })
      return { audit, changes: changesBetween(this.#before, after) }
    } catch (error) {
      return notComparable(`the server did not answer at the end: ${causeOf(error)}`)
    }
  }
}
