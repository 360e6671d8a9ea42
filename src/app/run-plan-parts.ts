import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { ClosedLoopLimits } from '../engine/closed-loop.ts'
import { choosePacing } from '../engine/pacing.ts'
import { peakOpsPerSecond } from '../model/load-stages.ts'
import type { MillisRange, OperationPlan, RunPlan, ScriptPlan } from '../model/plan.ts'
import { createRandom, deriveSeed } from '../model/random.ts'
import { AuditLists } from '../workload/acked/audit-lists.ts'
import type { WorkloadSpec } from '../workload/build-workload.ts'

const RUN_TAG = '__RUN__'
/** No other sequence of a load thread has this number. */
const THINK_SEQUENCE = 1_000_003

/** Every key of the run begins with it: the prefix of the plan and a tag that no other run has. */
export function keyPrefixOf(plan: RunPlan): string {
  return `${plan.keys.prefix}:${runTag(plan.identity)}`
}

/** Every connection of the run is named `<this>:<index>`; the control connection `<this>-control`. */
export function connectionNamePrefixOf(plan: RunPlan): string {
  return `redis-test:${runTag(plan.identity)}`
}

/** Where audit writes go. */
export function auditListsOf(plan: RunPlan): AuditLists {
  const { topology } = plan.target
  return new AuditLists({ keyPrefix: keyPrefixOf(plan), topology, clients: plan.load.clients })
}

export function workloadSpecOf(plan: RunPlan): WorkloadSpec {
  return {
    operations: plan.operations.map((operation) => withRunTag(operation, runTag(plan.identity))),
    batch: plan.batch,
    keyPrefix: keyPrefixOf(plan),
    keys: plan.keys,
    values: plan.values,
    pubsub: plan.pubsub,
    streams: plan.streams,
    seed: plan.load.seed,
  }
}

/** Functions have names of the run, as keys have: the library and its calls say `__RUN__` where the tag belongs. */
function withRunTag(operation: OperationPlan, tag: string): OperationPlan {
  if (operation.script?.engine !== 'function') return operation
  return { ...operation, commands: operation.commands.map((command) => command.replaceAll(RUN_TAG, tag)) }
}

/** The text of a script as this run loads it. */
export function scriptTextOf(script: ScriptPlan, plan: RunPlan): string {
  return script.engine === 'function' ? script.text.replaceAll(RUN_TAG, runTag(plan.identity)) : script.text
}

/** Commands of a unit, on average: operations are drawn by weight, each may be a batch, and audit writes stand alone. */
export function commandsPerUnit(plan: Pick<RunPlan, 'batch' | 'operations' | 'acked_writes'>): number {
  const { share } = plan.acked_writes
  return share + (1 - share) * commandsPerDraw(plan)
}

function commandsPerDraw({ batch, operations }: Pick<RunPlan, 'batch' | 'operations'>): number {
  if (batch.kind !== 'none') return batch.size
  const drawn = operations.filter(({ connections }) => connections === 0)
  const weights = drawn.reduce((sum, { weight }) => sum + weight, 0)
  const commands = drawn.reduce(
    (sum, { weight, batch: own, commands: each }) =>
      sum + weight * (own.kind === 'none' ? 1 : own.size * each.length),
    0,
  )
  return weights === 0 ? 1 : commands / weights
}

/** Arrivals per second, at the highest rate of the run. */
export function unitsPerSecondOf(plan: RunPlan): number {
  return peakOpsPerSecond(plan.load) / commandsPerUnit(plan)
}

/** The pacing that a plan comes to on this machine. A closed loop is paced by its replies, and by its times to think. */
export function pacingOf(plan: RunPlan): 'precise' | 'balanced' | 'economical' {
  if (plan.load.model === 'closed') return plan.load.think_time === null ? 'economical' : 'balanced'
  return choosePacing(plan.load.pacing, {
    unitsPerSecond: unitsPerSecondOf(plan),
    cores: availableParallelism(),
    threads: plan.load.threads,
  })
}

/** Times to think of one load thread, from a sequence of their own. */
export function thinkTimeOf(time: MillisRange | null, seed: number): ClosedLoopLimits['think'] {
  return time === null ? undefined : { time, random: createRandom(deriveSeed(seed, THINK_SEQUENCE)) }
}

/** Short tag of a run and instance: part of every key and connection name, so that runs never touch each other's. */
function runTag({ run_id, instance_id }: RunPlan['identity']): string {
  return createHash('sha256').update(`${run_id}\n${instance_id}`).digest('hex').slice(0, 8)
}
