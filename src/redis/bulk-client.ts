import { Cluster, Redis } from 'ioredis'
import { type ClientSpec, controlClientOptions } from './client-options.ts'
import { controlClusterOptions, startupNodes } from './cluster-options.ts'
import { guardReplies, masterOfSlot } from './ioredis-internals.ts'
import { slotOfArgument } from './key-slot.ts'

/** Where requests are written in bulk. */
export interface BulkClient {
  /** The connection to the server that takes a request, which names its key first. */
  connectionFor(request: string): Redis
  close(): void
}

/** Connections for writing a lot at once; they do not come back when they are lost. Rejects when there are none. */
export async function openBulkClient(spec: ClientSpec): Promise<BulkClient> {
  if (spec.target.topology === 'cluster') return await openClusterBulkClient(spec)
  const redis = new Redis(controlClientOptions(spec))
  guardReplies(redis)
  // What goes wrong arrives with the commands.
  redis.on('error', () => {})
  await redis.connect()
  return { connectionFor: () => redis, close: () => redis.disconnect() }
}

async function openClusterBulkClient(spec: ClientSpec): Promise<BulkClient> {
  const cluster = new Cluster(startupNodes(spec), controlClusterOptions(spec))
  cluster.on('+node', (redis: Redis) => guardReplies(redis))
  cluster.on('error', () => {})
  await cluster.connect()
  for (const node of cluster.nodes('master')) if (node.status === 'wait') await node.connect()
  return {
    connectionFor(request) {
      const slot = slotOfArgument(request, 1)
      const redis = masterOfSlot(cluster, slot)
      if (redis === undefined) throw new Error(`no node of the cluster serves slot ${slot}`)
      return redis
    },
    close: () => cluster.disconnect(),
  }
}
