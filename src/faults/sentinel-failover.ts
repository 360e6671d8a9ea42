import type { Fault } from '../model/fault.ts'
import { LIMIT_MILLIS } from './ask.ts'

/** `SENTINEL FAILOVER` at the first Sentinel that answers. */
export const sentinelFailover: Fault = async (target) => {
  const { sentinels, call, nodes } = target.deployment
  if (sentinels.length === 0) throw new Error('there are no Sentinels: set target.topology to sentinel')
  const master = (await nodes(LIMIT_MILLIS)).find(({ role }) => role === 'master')
  const name = target.sentinelMaster
  return {
    nodes: master === undefined ? [] : [master.address],
    undo: [],
    touches: [name, ...(master === undefined ? [] : [master.address])].map((whose) => `role of ${whose}`),
    async act() {
      let failure: unknown
      for (const sentinel of sentinels)
        try {
          await call(sentinel, 'SENTINEL', ['FAILOVER', name], LIMIT_MILLIS)
          return { connections: 0, detail: `SENTINEL FAILOVER ${name} at ${sentinel}` }
        } catch (error) {
          failure = error
        }
      throw failure
    },
  }
}
