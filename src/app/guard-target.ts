import { UsageError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import type { RunPlan } from '../model/plan.ts'
import { plannedConnections } from '../model/planned-connections.ts'
import type { ControlClient } from '../redis/control-client.ts'
import { type Objection, objectionsTo, productionNamesOf } from '../reports/guard-target.ts'
import { isReadOnly } from '../workload/written-keys.ts'
import { outlineKeys } from './outline-keys.ts'
import { bytesByFormula } from './sample-keys.ts'
import { readServerState, type ServerState } from './target-state.ts'

/** Refuses a target whose name says that it is in production. Asked before anybody connects. */
export function checkName({ target, safety }: RunPlan): void {
  const [name] = productionNamesOf(target)
  if (name === undefined || safety.allow_production) return
  throw new UsageError([
    {
      path: 'target.host',
      message: `${JSON.stringify(name)} has "prod" in its name`,
      hint: '--allow-production puts load on it all the same',
    },
  ])
}

/** Refuses a target that looks as if others need it, or says what is against it where it may be used all the same. */
export async function guardTarget(plan: RunPlan, control: ControlClient, log: Log): Promise<void> {
  if (plan.target.embedded) return
  const objections = objectionsOf(plan, await readServerState(control, plan))
  const refusals = plan.safety.yes ? [] : objections.filter(({ isWarning }) => !isWarning)
  if (refusals.length > 0)
    throw new UsageError(
      refusals.map(({ text }) => ({ path: 'target', message: text, hint: '--yes runs all the same' })),
    )
  for (const { text } of objections) log.warn({}, text)
}

/** What the guard has against putting the load of a plan on a server in this state. */
export function objectionsOf(plan: RunPlan, state: ServerState): Objection[] {
  const { spaces } = outlineKeys(plan)
  const growth = spaces.map((space) => bytesByFormula(space, plan.keys.ttl !== null) ?? 0)
  return [
    ...objectionsTo({
      plan,
      state,
      writes: !isReadOnly(plan) || plan.keys.preload > 0,
      connections: plannedConnections(plan) + 1,
      growthBytes: growth.reduce((sum, bytes) => sum + bytes, 0),
    }),
  ]
}
