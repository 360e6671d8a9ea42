import type { Fault } from '../model/fault.ts'
import { chooseNodes, LIMIT_MILLIS, pause } from './ask.ts'
import { busyFor } from './busy-script.ts'

const PIECE_MILLIS = 200
const CHANNEL = 'block'

/** Busy scripts, one after the other, that leave a replica only a share of its time. */
export const slowReplica: Fault = async (target, plan, random) => {
  const nodes = await chooseNodes(target, plan, random)
  const busyMillis = PIECE_MILLIS * Number(plan.params['busy'])
  const commands = new Map(
    await Promise.all(
      nodes.map(
        async (address) => [address, await busyFor(target.deployment, address, busyMillis, CHANNEL)] as const,
      ),
    ),
  )
  const piece = (address: string): Promise<unknown> =>
    target.deployment.call(address, ...commands.get(address)!, PIECE_MILLIS + LIMIT_MILLIS, CHANNEL)
  const keepBusy = async (address: string, over: AbortSignal): Promise<void> => {
    while (!over.aborted) {
      // A replica that is away for a while is slow again when it is back.
      await piece(address).catch(() => {})
      await pause(PIECE_MILLIS - busyMillis, over)
    }
  }
  return {
    nodes,
    undo: [],
    touches: nodes.map((address) => `block ${address}`),
    async act(over) {
      await Promise.all(nodes.map((address) => piece(address)))
      for (const address of nodes) void keepBusy(address, over)
      return { connections: 0, detail: `busy for ${Math.round(busyMillis)} of ${PIECE_MILLIS} ms` }
    },
  }
}
