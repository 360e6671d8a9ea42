import type { RunPlan } from '../model/plan.ts'
import type { RunRecord } from '../model/run-record.ts'
import type { ServerGuards } from '../model/server-guards.ts'
import type { ServerNews } from '../model/server-samples.ts'
import { ServerSideTally } from '../reports/server-side-tally.ts'
import { SlowestCommands } from '../reports/slowest-commands.ts'
import { planSeries } from '../workload/series.ts'
import type { JournalEntry } from './journal-entry.ts'

/** The servers' side and the slowest commands, from the lines of a journal; other lines are none of its business. */
export class ServerSideLines {
  readonly #plan: RunPlan
  #tally: ServerSideTally | undefined
  #slowest: SlowestCommands | undefined

  constructor(plan: RunPlan) {
    this.#plan = plan
  }

  add(entry: JournalEntry): void {
    if (entry.type === 'slowest') {
      const { type, ...command } = entry
      void type
      this.#slowest ??= new SlowestCommands(planSeries(this.#plan).series.length)
      this.#slowest.offer(command)
    } else if (entry.type === 'servers') {
      this.#tally ??= new ServerSideTally(this.#plan.server.sample_interval_ms)
      this.#tally.add(entry)
    }
  }

  toRecord(): Pick<RunRecord, 'serverSide' | 'slowest'> {
    return { serverSide: this.#tally?.toRecord(), slowest: this.#slowest?.toArray() ?? [] }
  }

  /** What is known so far for thresholds. */
  get guards(): ServerGuards | null {
    return this.#tally?.guards ?? null
  }

  /** The part of news that can become part of the result. */
  worthKeeping(news: ServerNews): ServerNews | undefined {
    return this.#tally === undefined ? news : this.#tally.worthKeeping(news)
  }
}
