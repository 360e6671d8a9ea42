import type { FaultTarget } from '../model/fault.ts'
import { bounded } from '../redis/bounded.ts'
import type { ControlClient } from '../redis/control-client.ts'
import type { LoadThreads } from './load-threads.ts'

const LIMIT_MILLIS = 5000

/** Our own load connections, as faults may hit them: known by their name, and by nothing else. */
export function ownConnections(
  controls: readonly ControlClient[],
  threads: LoadThreads,
  namePrefix: string,
): FaultTarget {
  return {
    // An id is unique on its server only, so it goes with the number of the server.
    async listConnections() {
      const lists = await Promise.all(controls.map((control) => control.listClients(LIMIT_MILLIS)))
      return lists.flatMap((clients, server) =>
        clients.filter(({ name }) => name.startsWith(`${namePrefix}:`)).map(({ id }) => `${server} ${id}`),
      )
    },
    async killConnection(name) {
      const [server, id = ''] = name.split(' ')
      return (await controls[Number(server)]?.killClient(id, LIMIT_MILLIS)) ?? false
    },
    cutConnections: (share, random) =>
      bounded(threads.cut(share, random.below(2 ** 32)), LIMIT_MILLIS, 'cutting connections'),
  }
}
