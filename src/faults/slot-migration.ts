import type { DeploymentNode } from '../model/deployment.ts'
import type { Fault } from '../model/fault.ts'
import { selectNodes } from '../model/node-selector.ts'
import { pickShare } from '../model/pick-share.ts'
import { LIMIT_MILLIS, plural } from './ask.ts'
import { moveSlots } from './move-slots.ts'

/** Slots move from one master to another, while it lasts. */
export const slotMigration: Fault = async (target, plan, random) => {
  const { topology, nodes } = target.deployment
  if (topology !== 'cluster') throw new Error('the target is no Cluster')
  const all = await nodes(LIMIT_MILLIS)
  const [source] = selectNodes(plan.on ?? 'random-master', all, random)
  const others = all.filter(({ address }) => address !== source!.address)
  const [home] = selectNodes(String(plan.params['to']), others, random)
  if (source!.role !== 'master' || home!.role !== 'master') throw new Error('slots move between masters')
  const owned = slotsOf(source!)
  const count = Math.min(owned.length, Number(plan.params['slots']))
  const slots = pickShare(owned, count / owned.length, random).toSorted((a, b) => a - b)
  const [from, to] = [source!.address, home!.address]
  return {
    nodes: [from, to],
    undo: [{ do: 'slots', slots, from: to, to: from }],
    touches: [`slots of ${from}`, `slots of ${to}`],
    async act(over) {
      const moved = await moveSlots(target, { slots, from, to }, over)
      return { connections: 0, detail: `${plural(moved, 'slot')} from ${from} to ${to}` }
    },
  }
}

function slotsOf({ slots }: DeploymentNode): number[] {
  return slots.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  )
}
