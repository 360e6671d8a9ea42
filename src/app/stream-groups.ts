import { ConnectError } from '../model/errors.ts'
import type { RunPlan } from '../model/plan.ts'
import type { ToolCounters } from '../model/run-view.ts'
import type { StreamBacklog, StreamBacklogRecord } from '../model/stream-backlog.ts'
import { causeOf, type ControlClient } from '../redis/control-client.ts'
import { keyName, streamKeys } from '../workload/keys.ts'
import { keyPrefixOf } from './run-plan-parts.ts'

const LIMIT_MILLIS = 5000
const LOOK_LIMIT_MILLIS = 2000
const AT_ONCE = 500
/** With more streams than this the backlog is only asked for at the end. */
const MOST_WATCHED = 1000

/** Makes the streams and the consumer group, so that what is added from now on is for the group. */
export async function createGroups(plan: RunPlan, control: ControlClient): Promise<void> {
  const { group } = plan.streams
  await inBatches(streamsOf(plan), async (key) => {
    const create = ['CREATE', key, group, '$', 'MKSTREAM']
    // With ENTRIESREAD the server knows from the start how far the group is; Redis 6 has no such word.
    const isMade =
      (await tryCreate(control, [...create, 'ENTRIESREAD', 0])) ?? (await tryCreate(control, create))
    if (isMade === undefined)
      throw new ConnectError(
        `cannot make the consumer group ${group} of ${key}`,
        'may the user run XGROUP on the keys of the run, and is the server writable?',
      )
  })
}

/** `undefined` when the server refuses. A group that is there already is as good as a new one. */
async function tryCreate(
  control: ControlClient,
  args: readonly (string | number)[],
): Promise<true | undefined> {
  try {
    await control.call('XGROUP', args, LIMIT_MILLIS)
    return true
  } catch (error) {
    return causeOf(error) === 'BUSYGROUP' ? true : undefined
  }
}

/** Asks the server how far the group is behind. It never fails: what cannot be asked is `null`. */
export class BacklogWatch {
  readonly #plan: RunPlan
  readonly #control: ControlClient
  readonly #tool: ToolCounters
  #looking: Promise<void> | undefined
  #lagMax: number | null = null
  #pendingMax: number | null = null

  constructor(plan: RunPlan, control: ControlClient, tool: ToolCounters) {
    this.#plan = plan
    this.#control = control
    this.#tool = tool
  }

  /** To be called once a second. A look that takes longer is not joined by another. */
  look(): void {
    if (this.#looking !== undefined || this.#plan.streams.count > MOST_WATCHED) return
    this.#looking = this.#ask(LOOK_LIMIT_MILLIS).then((backlog) => {
      this.#looking = undefined
      if (backlog !== null) this.#note(backlog)
    })
  }

  /** The backlog at the end. */
  async finish(limitMillis: number): Promise<StreamBacklogRecord> {
    await this.#looking
    const backlog = (await this.#ask(limitMillis)) ?? { lag: null, pending: null }
    this.#note(backlog)
    return {
      ...backlog,
      length: await this.#length(limitMillis),
      lag_max: this.#lagMax,
      pending_max: this.#pendingMax,
    }
  }

  async #length(limitMillis: number): Promise<number | null> {
    let length = 0
    try {
      await inBatches(streamsOf(this.#plan), async (key) => {
        const own = Number(await this.#control.call('XLEN', [key], limitMillis))
        length += own
      })
      return length
    } catch {
      return null
    }
  }

  #note(backlog: StreamBacklog): void {
    this.#tool.streams = backlog
    this.#lagMax = higher(this.#lagMax, backlog.lag)
    this.#pendingMax = higher(this.#pendingMax, backlog.pending)
  }

  async #ask(limitMillis: number): Promise<StreamBacklog | null> {
    const deadline = performance.now() + limitMillis
    let lag: number | null = 0
    let pending = 0
    try {
      await inBatches(streamsOf(this.#plan), async (key) => {
        const left = deadline - performance.now()
        const group = groupNamed(
          this.#plan.streams.group,
          await this.#control.call('XINFO', ['GROUPS', key], Math.max(1, left)),
        )
        pending += Number(group.get('pending'))
        // Redis 6 has no lag, and a newer one none while it cannot tell.
        const own = group.get('lag')
        lag = lag === null || own === null || own === undefined ? null : lag + Number(own)
      })
      return { lag, pending }
    } catch {
      return null
    }
  }
}

function streamsOf(plan: RunPlan): string[] {
  const range = streamKeys({ keyPrefix: keyPrefixOf(plan), streams: plan.streams })
  return Array.from({ length: range.count }, (_, index) => keyName(range, index))
}

async function inBatches(keys: readonly string[], each: (key: string) => Promise<void>): Promise<void> {
  for (let first = 0; first < keys.length; first += AT_ONCE)
    await Promise.all(keys.slice(first, first + AT_ONCE).map(each))
}

/** The fields of one group in a reply of XINFO GROUPS: each group is a list of names and values. */
function groupNamed(name: string, reply: unknown): ReadonlyMap<string, unknown> {
  for (const group of reply as readonly (readonly unknown[])[]) {
    const fields = new Map<string, unknown>()
    for (let at = 0; at + 1 < group.length; at += 2) fields.set(String(group[at]), group[at + 1])
    if (fields.get('name') === name) return fields
  }
  throw new Error(`there is no group ${name}`)
}

function higher(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.max(one, other)
}
