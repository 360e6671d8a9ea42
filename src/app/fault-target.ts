import type { FaultTarget } from '../model/fault.ts'
import { bounded } from '../redis/bounded.ts'
import type { ControlClient } from '../redis/control-client.ts'
import type { LoadThreads } from './load-threads.ts'

const LIMIT_MILLIS = 5000

/** Our own load connections, as faults may hit them: known by their name, and by nothing else. */
export function ownConnections(
  control: ControlClient,
  threads: LoadThreads,
  namePrefix: string,
): FaultTarget {
  return {
    async listConnections() {
      const clients = await control.listClients(LIMIT_MILLIS)
      return clients.filter(({ name }) => name.startsWith(`${namePrefix}:`)).map(({ id }) => id)
    },
    killConnection: (id) => control.killClient(id, LIMIT_MILLIS),
    cutConnections: (share, random) =>
      bounded(threads.cut(share, random.below(2 ** 32)), LIMIT_MILLIS, 'cutting connections'),
  }
}
