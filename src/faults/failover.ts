import { parseAddress } from '../model/address.ts'
import type { Fault } from '../model/fault.ts'
import { selectNodes } from '../model/node-selector.ts'
import { chooseNodes, LIMIT_MILLIS, waitUntil } from './ask.ts'

/** `FAILOVER`: the master waits until the replica has everything, then they change places. */
export const failover: Fault = async (target, plan, random) => {
  const [master = ''] = await chooseNodes(target, plan, random)
  const { call, nodes: list } = target.deployment
  const { to, force, timeout } = plan.params
  const found = to === undefined ? [] : selectNodes(String(to), await list(LIMIT_MILLIS), random)
  const heir = found[0] === undefined ? undefined : parseAddress(found[0].address)
  const args = [
    ...(heir === undefined ? [] : ['TO', heir.host, String(heir.port)]),
    ...(force === true ? ['FORCE'] : []),
    'TIMEOUT',
    String(timeout),
  ]
  return {
    nodes: [master],
    undo: [],
    touches: [`role of ${master}`],
    async act(over) {
      const begunAt = performance.now()
      await call(master, 'FAILOVER', args, LIMIT_MILLIS)
      await waitUntil(
        `${master} has handed over`,
        Number(timeout) + LIMIT_MILLIS,
        async () => {
          const info = String(await call(master, 'INFO', ['replication'], LIMIT_MILLIS))
          // A master that gives up its role is a replica a moment before the other one is a master.
          if (!info.includes('master_failover_state:no-failover')) return undefined
          if (info.includes('role:slave')) return true
          throw new Error(`the failover of ${master} was given up`)
        },
        over,
      )
      const millis = Math.round(performance.now() - begunAt)
      return { connections: 0, detail: `FAILOVER ${args.join(' ')}: over after ${millis} ms` }
    },
  }
}
