import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { choosePacing } from '../engine/pacing.ts'
import type { OperationPlan, RunPlan, ScriptPlan } from '../model/plan.ts'
import type { WorkloadSpec } from '../workload/build-workload.ts'

const RUN_TAG = '__RUN__'

/** Every key of the run begins with it: the prefix of the plan and a tag that no other run has. */
export function keyPrefixOf(plan: RunPlan): string {
  return `${plan.keys.prefix}:${runTag(plan.identity)}`
}

/** Every connection of the run is named `<this>:<index>`; the control connection `<this>-control`. */
export function connectionNamePrefixOf(plan: RunPlan): string {
  return `redis-test:${runTag(plan.identity)}`
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

/** Commands of a unit, on average: operations are drawn by weight, and each may be a batch. */
export function commandsPerUnit({ batch, operations }: Pick<RunPlan, 'batch' | 'operations'>): number {
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

/** Arrivals per second: the target counts commands, an arrival is a unit of one or more. */
export function unitsPerSecondOf(plan: RunPlan): number {
  return (plan.load.target_ops_per_second ?? 0) / commandsPerUnit(plan)
}

/** Connections that carry load: the shared ones and those that operations have for themselves. */
export function connectionsOf(plan: RunPlan): number {
  const isShared = plan.operations.some(({ connections }) => connections === 0)
  const own = plan.operations.reduce((sum, { connections }) => sum + connections, 0)
  return (isShared ? plan.load.clients : 0) + own
}

/** The pacing that a plan comes to on this machine; a closed loop is paced by its replies. */
export function pacingOf(plan: RunPlan): 'precise' | 'balanced' | 'economical' {
  if (plan.load.model === 'closed') return 'economical'
  return choosePacing(plan.load.pacing, {
    unitsPerSecond: unitsPerSecondOf(plan),
    cores: availableParallelism(),
    threads: plan.load.threads,
  })
}

/** Short tag of a run and instance: part of every key and connection name, so that runs never touch each other's. */
function runTag({ run_id, instance_id }: RunPlan['identity']): string {
  return createHash('sha256').update(`${run_id}\n${instance_id}`).digest('hex').slice(0, 8)
}
