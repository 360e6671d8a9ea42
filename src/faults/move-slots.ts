import { parseAddress } from '../model/address.ts'
import type { FaultTarget } from '../model/fault.ts'
import { LIMIT_MILLIS } from './ask.ts'

export interface SlotMove {
  readonly slots: readonly number[]
  readonly from: string
  readonly to: string
}

type MoveTarget = Pick<FaultTarget, 'deployment' | 'migrateCredentials'>

const KEYS_AT_ONCE = 100
const MIGRATE_MILLIS = 5000
const SLOTS_AT_ONCE = 16

/**
 * Moves slots with their keys, whatever state an earlier attempt left them in: the new home may have them already, and
 * the old one may still hold keys. Stops between slots when the signal comes.
 */
export async function moveSlots(target: MoveTarget, move: SlotMove, over?: AbortSignal): Promise<number> {
  const { call } = target.deployment
  const [fromId, toId] = await Promise.all(
    [move.from, move.to].map(async (address) =>
      String(await call(address, 'CLUSTER', ['MYID'], LIMIT_MILLIS)),
    ),
  )
  const known = String(await call(move.from, 'CLUSTER', ['NODES'], LIMIT_MILLIS))
  const there = announcedAddress(known, toId!)
  const setSlot = async (address: string, slot: number, ...args: readonly string[]): Promise<boolean> => {
    try {
      await call(address, 'CLUSTER', ['SETSLOT', slot, ...args], LIMIT_MILLIS)
      return true
    } catch (error) {
      if (!/already the owner|not the owner/.test(String(error))) throw error
      return false
    }
  }
  const moveOne = async (slot: number): Promise<void> => {
    const isNew = await setSlot(move.to, slot, 'IMPORTING', fromId!)
    // It never left: nobody is to be sent to the other one any more.
    if (!isNew) await setSlot(move.to, slot, 'STABLE')
    await setSlot(move.from, slot, 'MIGRATING', toId!)
    await moveKeys(target, { slot, from: move.from, there })
    await setSlot(move.to, slot, 'NODE', toId!)
    await setSlot(move.from, slot, 'NODE', toId!)
  }
  for (let first = 0; first < move.slots.length; first += SLOTS_AT_ONCE) {
    if (over?.aborted === true) throw new Error('ended before all slots were moved')
    // All of them come to an end: nobody may move a slot while it is taken back.
    const moved = await Promise.allSettled(move.slots.slice(first, first + SLOTS_AT_ONCE).map(moveOne))
    for (const one of moved) if (one.status === 'rejected') throw one.reason
  }
  return move.slots.length
}

/** Keys are moved only where there are any: a slot that is not open would refuse. */
async function moveKeys(
  { deployment, migrateCredentials }: MoveTarget,
  { slot, from, there }: { readonly slot: number; readonly from: string; readonly there: [string, string] },
): Promise<void> {
  let before = ''
  for (;;) {
    const answer = await deployment.call(from, 'CLUSTER', ['GETKEYSINSLOT', slot, KEYS_AT_ONCE], LIMIT_MILLIS)
    const keys = (answer as readonly unknown[]).map(String)
    if (keys.length === 0) return
    if (keys[0] === before) throw new Error(`${from}: a key of slot ${slot} cannot be moved`)
    before = keys[0]!
    await deployment.call(
      from,
      'MIGRATE',
      [...there, '', '0', MIGRATE_MILLIS, 'REPLACE', ...migrateCredentials(), 'KEYS', ...keys],
      2 * MIGRATE_MILLIS,
    )
  }
}

/** Host and port under which the nodes know each other: not those by which we reach them. */
function announcedAddress(nodes: string, id: string): [string, string] {
  const line = nodes.split('\n').find((one) => one.startsWith(id))
  const address = parseAddress(line?.split(' ')[1]?.replace(/@.*$/, '') ?? '')
  if (address === undefined) throw new Error('the nodes do not know each other')
  return [address.host, String(address.port)]
}
