import type { RunPlan } from '../plan.ts'
import type { Labels } from './metric.ts'

/**
 * `server.address` and `server.port` of the target; a unix socket has no port, and a master that Sentinels watch is known
 * by its name: where it is changes.
 */
export function serverLabels({ target }: RunPlan): Labels {
  if (target.topology === 'sentinel') return { 'server.address': target.sentinel.name }
  if (target.socket !== null) return { 'server.address': target.socket }
  return { 'server.address': target.host, 'server.port': String(target.port) }
}

/** `db.client.connection.pool.name`: the target; ioredis has no pool, each client is one connection. */
export function poolName({ target }: RunPlan): string {
  if (target.topology === 'sentinel') return target.sentinel.name
  return target.socket ?? `${target.host}:${target.port}`
}
