import { Cluster, Redis } from 'ioredis'
import { type ClientSpec, controlClientOptions } from './client-options.ts'
import { controlClusterOptions, startupNodes } from './cluster-options.ts'
import { guardReplies } from './ioredis-internals.ts'

/** The client that looks after a target, not connected yet. `noteError` hears why the connections of a Cluster fail. */
export function openControl(spec: ClientSpec, noteError: (error: Error) => void): Redis | Cluster {
  if (spec.target.topology === 'cluster') {
    const cluster = new Cluster(startupNodes(spec), controlClusterOptions(spec, noteError))
    return cluster.on('+node', (node: Redis) => guardReplies(node))
  }
  const redis = new Redis(controlClientOptions(spec))
  guardReplies(redis)
  return redis
}

/** The masters of a Cluster, or the one server. */
export function nodesOf(redis: Redis | Cluster): Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis]
}

export function disconnectNow(redis: Redis | Cluster): void {
  const nodes = redis instanceof Cluster ? redis.nodes() : [redis]
  redis.disconnect()
  for (const node of nodes) node.stream?.destroy()
}

/** ioredis names the connections that a Cluster client opens for itself `ioredis-cluster(refresher):<name>`. */
export function isOurs(name: string, prefix: string): boolean {
  return name.replace(/^ioredis-cluster\(\w+\):/, '').startsWith(prefix)
}
