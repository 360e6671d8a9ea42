import type { Fault, FaultTarget, PreparedFault } from '../model/fault.ts'
import { type FaultKind, isDangerousFault } from '../model/fault-catalogue.ts'
import type { FaultPlan } from '../model/fault-plan.ts'
import type { Random } from '../model/random.ts'
import type { FaultResult } from '../model/fault-result.ts'
import type { UndoStep } from '../model/undo.ts'
import { pause } from './ask.ts'
import { faults } from './registry.ts'
import { takeBack, type UndoTarget } from './take-back.ts'

/** What has to be known of a fault before it acts. */
export interface PlannedFault extends Pick<
  FaultResult,
  'id' | 'kind' | 'origin' | 'planned_at_ms' | 'nodes'
> {
  readonly undo: readonly UndoStep[]
}

export interface FaultInjectorParts {
  readonly target: FaultTarget & UndoTarget
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Before the fault acts. What it throws keeps the fault from acting. */
  readonly onPlanned: (planned: PlannedFault) => void
  /** It has acted, and lasts. */
  readonly onBegun: (result: FaultResult) => void
  /** It is over, or could not be done. */
  readonly onEnded: (result: FaultResult) => void
  /** Other faults than those of the registry, for tests. */
  readonly registry?: Readonly<Record<FaultKind, Fault>>
}

export interface FaultRequest {
  readonly plan: FaultPlan
  readonly origin: FaultResult['origin']
  readonly plannedAtMillis: number
  readonly random: Random
  readonly onBegun?: (result: FaultResult) => void
}

interface Active {
  readonly over: AbortController
  readonly touches: readonly string[]
  readonly onBegun: FaultRequest['onBegun'] | undefined
  latest: FaultResult
  isTold: boolean
}

const NOTHING_YET = {
  ended_at_ms: null,
  nodes: [],
  connections: 0,
  detail: '',
  reverted: null,
  error: null,
  revert_error: null,
}
const RETRY_MILLIS = 200
/** How long it is tried to take a fault back. */
const REVERT_LIMIT_MILLIS = 15_000

/** Causes faults and takes them back, each on its own. */
export class FaultInjector {
  readonly #parts: FaultInjectorParts
  readonly #active = new Map<number, Active>()
  readonly #flows = new Set<Promise<unknown>>()
  /** By name of what a fault changes: at which step it was last changed or put back. */
  readonly #touchedAt = new Map<string, number>()
  #step = 0
  #lastId = 0
  /** When taking back has to be over. */
  #revertDeadline = Number.POSITIVE_INFINITY
  #limitMillis = Number.POSITIVE_INFINITY
  #isOver = false

  constructor(parts: FaultInjectorParts) {
    this.#parts = parts
  }

  /** Of faults that are at work now. */
  get active(): readonly FaultResult[] {
    return [...this.#active.values()].map(({ latest }) => latest)
  }

  /** Resolves when it is over and taken back, with what became of it; a fault that cannot be done is a result, too. */
  inject(request: FaultRequest): Promise<FaultResult> {
    const flow = this.#inject(request)
    this.#flows.add(flow)
    void flow.finally(() => this.#flows.delete(flow))
    return flow
  }

  /** Ends all faults now. What is not taken back in time is reported so. */
  async endAll(limitMillis: number): Promise<void> {
    this.#isOver = true
    this.hurry(limitMillis)
    for (const { over } of this.#active.values()) over.abort()
    const done = Promise.allSettled(this.#flows).then(() => true)
    const oneTurn = (): Promise<boolean> => Promise.race([done, pause(RETRY_MILLIS).then(() => false)])
    while (performance.now() < this.#revertDeadline + RETRY_MILLIS) if (await oneTurn()) break
    for (const active of this.#active.values())
      this.#tell(active, { reverted: false, revert_error: `not within ${this.#limitMillis} ms` })
  }

  /** Whoever waits for {@link endAll} waits no longer than this from now on. */
  hurry(limitMillis: number): void {
    this.#limitMillis = Math.min(this.#limitMillis, limitMillis)
    this.#revertDeadline = Math.min(this.#revertDeadline, performance.now() + limitMillis)
  }

  async #inject({ plan, origin, plannedAtMillis, random, onBegun }: FaultRequest): Promise<FaultResult> {
    const { now } = this.#parts
    const planned = { id: ++this.#lastId, kind: plan.kind, origin, planned_at_ms: plannedAtMillis }
    const result: FaultResult = { ...NOTHING_YET, ...planned, at_ms: now() }
    const active: Active = {
      over: new AbortController(),
      touches: [],
      onBegun: undefined,
      latest: result,
      isTold: false,
    }
    try {
      const since = this.#step
      const { target, registry = faults } = this.#parts
      const prepared = await registry[plan.kind](target, plan, random)
      this.#check(plan, prepared, since)
      const begun = { ...active, touches: prepared.touches }
      return await this.#live(plan, prepared, { ...begun, onBegun })
    } catch (error) {
      return this.#tell(active, { error: reasonOf(error), ended_at_ms: now() })
    }
  }

  /** Throws when it may not act. `since`: the step at which it began to look at what it changes. */
  #check(plan: FaultPlan, prepared: PreparedFault, since: number): void {
    const { target } = this.#parts
    if (this.#isOver) throw new Error('the run is over')
    const forbidden = isDangerousFault(plan) && prepared.nodes.find((node) => !target.isAllowed(node))
    if (typeof forbidden === 'string')
      throw new Error(`${forbidden} is not on the list of targets (--fault-target)`)
    const held = new Set([...this.#active.values()].flatMap(({ touches }) => touches))
    const taken = prepared.touches.find((name) => held.has(name) || (this.#touchedAt.get(name) ?? -1) > since)
    if (taken !== undefined) throw new Error(`another fault changes ${taken}`)
  }

  /** Nothing is awaited between the check that nobody else changes the same, and the claim to it. */
  async #live(plan: FaultPlan, prepared: PreparedFault, active: Active): Promise<FaultResult> {
    const { now, onPlanned, onBegun } = this.#parts
    const { nodes, undo } = prepared
    const { id, kind, origin, planned_at_ms } = active.latest
    onPlanned({ id, kind, origin, planned_at_ms, nodes, undo })
    active.latest = { ...active.latest, nodes, at_ms: now() }
    this.#active.set(id, active)
    this.#touch(prepared.touches)
    let error: string | null = null
    try {
      const { connections, detail } = await prepared.act(active.over.signal)
      active.latest = { ...active.latest, connections, detail }
      if (plan.for_ms !== null) {
        onBegun(active.latest)
        active.onBegun?.(active.latest)
        await pause(active.latest.at_ms + plan.for_ms - now(), active.over.signal)
      }
    } catch (problem) {
      error = reasonOf(problem)
    }
    active.over.abort()
    const reverted = await this.#revert(undo)
    this.#touch(prepared.touches)
    return this.#tell(active, { ...reverted, error, ended_at_ms: now() })
  }

  #touch(names: readonly string[]): void {
    this.#step++
    for (const name of names) this.#touchedAt.set(name, this.#step)
  }

  /** The last step first; each is tried until it works or it is too late. */
  async #revert(undo: readonly UndoStep[]): Promise<Pick<FaultResult, 'reverted' | 'revert_error'>> {
    if (undo.length === 0) return { reverted: null, revert_error: null }
    const failures = await Promise.all(undo.toReversed().map((step) => this.#revertStep(step)))
    const failed = failures.flatMap((failure) => failure ?? [])
    return { reverted: failed.length === 0, revert_error: failed.length === 0 ? null : failed.join('; ') }
  }

  async #revertStep(step: UndoStep): Promise<string | undefined> {
    const { target, now } = this.#parts
    const limit = performance.now() + REVERT_LIMIT_MILLIS
    for (;;) {
      try {
        await takeBack(step, target, now())
        return undefined
      } catch (error) {
        if (step.ends_by_itself_at_ms !== undefined && now() >= step.ends_by_itself_at_ms) return undefined
        if (performance.now() > Math.min(limit, this.#revertDeadline)) return reasonOf(error)
      }
      await pause(RETRY_MILLIS)
    }
  }

  #tell(active: Active, more: Partial<FaultResult>): FaultResult {
    active.latest = { ...active.latest, ...more }
    this.#active.delete(active.latest.id)
    if (!active.isTold) this.#parts.onEnded(active.latest)
    active.isTold = true
    return active.latest
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
