import type { RunPlan } from '../model/plan.ts'
import type { AuditResult } from '../model/result.ts'
import type { ServerStats } from '../model/server-stats.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { causeOf, type ControlClient } from '../redis/control-client.ts'
import { auditAgainstServer } from '../reports/audit-server.ts'

/** Commands that the text of a script calls by a literal name: `redis.call('INCR', …)`. */
function calledByScripts(plan: RunPlan): ReadonlySet<string> {
  const calls = plan.operations.flatMap(({ script }) => [
    ...(script?.text.matchAll(/redis\.p?call\(\s*['"](\w+)['"]/g) ?? []),
  ])
  return new Set(calls.map(([, name]) => name!.toLowerCase()))
}

const BEFORE_LIMIT_MILLIS = 3000

/** Compares client counts with the server's own over a run: one look before the load, one after it. */
export class ServerComparison {
  readonly #control: ControlClient
  readonly #ownNamePrefix: string
  readonly #before: ServerStats | undefined
  readonly #dialsBefore: number
  readonly #redialsBefore: number
  readonly #problem: string | undefined

  private constructor(
    control: ControlClient,
    ownNamePrefix: string,
    first: { stats: ServerStats | undefined; dials: number; problem: string | undefined },
  ) {
    this.#control = control
    this.#ownNamePrefix = ownNamePrefix
    this.#before = first.stats
    this.#dialsBefore = first.dials
    this.#redialsBefore = control.redials
    this.#problem = first.problem
  }

  static async begin(
    control: ControlClient,
    ownNamePrefix: string,
    snapshot: Snapshot,
  ): Promise<ServerComparison> {
    const { dials } = snapshot.counters
    try {
      const stats = await control.stats(ownNamePrefix, BEFORE_LIMIT_MILLIS)
      return new ServerComparison(control, ownNamePrefix, { stats, dials, problem: undefined })
    } catch (error) {
      const problem = `the server did not tell its statistics: ${causeOf(error)}`
      return new ServerComparison(control, ownNamePrefix, { stats: undefined, dials, problem })
    }
  }

  /** Never rejects: a server that does not answer is a reason, not an error. */
  async finish(
    plan: RunPlan,
    total: Snapshot,
    inFlight: number,
    limitMillis: number,
  ): Promise<AuditResult['server']> {
    const notComparable = (reason: string): AuditResult['server'] => ({
      status: 'not_comparable',
      reason,
      commands: [],
    })
    if (this.#before === undefined) return notComparable(this.#problem ?? 'unknown')
    try {
      const after = await this.#control.stats(this.#ownNamePrefix, limitMillis)
      return auditAgainstServer({
        before: this.#before,
        after,
        total,
        inFlight,
        ownConnections:
          total.counters.dials - this.#dialsBefore + this.#control.redials - this.#redialsBefore,
        calledByScripts: calledByScripts(plan),
      })
    } catch (error) {
      return notComparable(`the server did not answer at the end: ${causeOf(error)}`)
    }
  }
}
