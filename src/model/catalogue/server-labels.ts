import { type Address, parseAddress } from '../address.ts'
import type { RunPlan } from '../plan.ts'
import type { Labels } from './metric.ts'

/**
 * `server.address` and `server.port` of the target; a unix socket has no port, a master that Sentinels watch is known
 * by its name (where it is changes), and a Cluster by the first node that was named.
 */
export function serverLabels({ target }: RunPlan): Labels {
  if (target.topology === 'sentinel') return { 'server.address': target.sentinel.name }
  if (target.socket !== null) return { 'server.address': target.socket }
  const { host, port } = addressOf(target)
  return { 'server.address': host, 'server.port': String(port) }
}

function addressOf({ topology, nodes, host, port }: RunPlan['target']): Address {
  const [first] = topology === 'cluster' ? nodes : []
  return (first === undefined ? undefined : parseAddress(first)) ?? { host, port }
}

/** `db.client.connection.pool.name`: the target; ioredis has no pool, each client is one connection. */
export function poolName({ target }: RunPlan): string {
  if (target.topology === 'sentinel') return target.sentinel.name
  if (target.socket !== null) return target.socket
  const { host, port } = addressOf(target)
  return `${host}:${port}`
}
