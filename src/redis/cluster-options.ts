import type { ClusterNode, ClusterOptions as AnyClusterOptions } from 'ioredis'
import { parseAddress } from '../model/address.ts'
import {
  type ClientOptions,
  type ClientSpec,
  controlClientOptions,
  loadClientOptions,
  type OnPurpose,
  retryDelay,
} from './client-options.ts'
import { loadConnector } from './load-connector.ts'

/** ioredis options without the one whose published types do not agree with themselves. */
export type ClusterOptions = Omit<AnyClusterOptions, 'redisOptions'> & {
  redisOptions: NonNullable<AnyClusterOptions['redisOptions']> & { replyMapping?: never }
}

const SLOTS_REFRESH_TIMEOUT_MILLIS = 3000
const TRY_AGAIN_MILLIS = 100

/** The nodes that a client asks for the others. */
export function startupNodes({ target }: ClientSpec): ClusterNode[] {
  if (target.nodes.length === 0) return [{ host: target.host, port: target.port }]
  return target.nodes.map((node) => {
    const { host, port } = parseAddress(node)!
    return { host, port }
  })
}

/**
 * Options of a Cluster client, by preset. `measure`: redirections are followed, as they belong to the protocol, and nothing
 * else is sent again; a node that is lost is dialled again with the delays of the plan.
 */
export function clusterOptions(
  spec: ClientSpec,
  onPurpose: OnPurpose,
  onError?: (error: Error) => void,
): ClusterOptions {
  const { target, client } = spec
  const node = forNodes({
    ...loadClientOptions(spec, onPurpose),
    Connector: loadConnector({
      coalesce: client.coalesce_writes,
      mostReplyBytes: client.max_reply_bytes,
      ...(onError === undefined ? {} : { onError }),
    }),
  })
  const common: ClusterOptions = {
    lazyConnect: true,
    redisOptions: node,
    scaleReads: client.read_from === 'replicas' ? 'slave' : 'master',
    ...(target.nat_map.length === 0 ? {} : { natMap: natMapOf(target.nat_map) }),
  }
  if (client.preset === 'as-app') return common
  return {
    ...common,
    // A node that is dialled for the first time may be waited for; what fails at once is decided where commands are sent.
    enableOfflineQueue: true,
    clusterRetryStrategy: (attempt) => (onPurpose.isOver() ? null : retryDelay(client.retry, attempt)),
    clusterNodeRetryStrategy: (attempt) => (onPurpose.isOver() ? null : retryDelay(client.retry, attempt)),
    maxRedirections: 16,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: TRY_AGAIN_MILLIS,
    retryDelayOnMoved: 0,
    slotsRefreshTimeout: SLOTS_REFRESH_TIMEOUT_MILLIS,
  }
}

/** What is said of a single server is the business of the Cluster client: where it is, and what becomes of a loss. */
const OF_ONE_SERVER: ReadonlySet<string> = new Set([
  'host',
  'port',
  'path',
  'lazyConnect',
  'enableOfflineQueue',
  'retryStrategy',
])

function forNodes(options: ClientOptions): ClusterOptions['redisOptions'] {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !OF_ONE_SERVER.has(name)))
}

function natMapOf(pairs: readonly string[]): Record<string, { host: string; port: number }> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [announced = '', reached = ''] = pair.split('=')
      const { host, port } = parseAddress(reached)!
      return [announced, { host, port }]
    }),
  )
}

/** Options of the client that looks after a Cluster: it follows redirections, and gives up soon. */
export function controlClusterOptions(spec: ClientSpec, onError?: (error: Error) => void): ClusterOptions {
  const { target } = spec
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    redisOptions: forNodes({
      ...controlClientOptions(spec),
      Connector: loadConnector({
        coalesce: false,
        mostReplyBytes: spec.client.max_reply_bytes,
        ...(onError === undefined ? {} : { onError }),
      }),
    }),
    clusterRetryStrategy: () => null,
    slotsRefreshTimeout: SLOTS_REFRESH_TIMEOUT_MILLIS,
    ...(target.nat_map.length === 0 ? {} : { natMap: natMapOf(target.nat_map) }),
  }
}
