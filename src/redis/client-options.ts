import type { RedisOptions } from 'ioredis'
import type { ClientPlan, RetryPlan, Secrets, TargetPlan } from '../model/plan.ts'
import { loadConnector } from './load-connector.ts'
import { sentinelConnector } from './sentinel-connector.ts'
import { sentinelOptions } from './sentinel-options.ts'
import { tlsOptions } from './tls-options.ts'

/** Everything that decides how a client connects. */
export interface ClientSpec {
  readonly target: TargetPlan
  readonly client: ClientPlan
  readonly secrets: Secrets
  /** CLIENT SETNAME; no spaces. */
  readonly connectionName: string
}

/** ioredis options without the one whose published types do not agree with themselves. */
export type ClientOptions = Omit<RedisOptions, 'replyMapping'>

const DISCONNECT_TIMEOUT_MILLIS = 300
const LOADING_POLL_MILLIS = 200

/** Why a connection is closed when it is not by a loss. */
export interface OnPurpose {
  /** To be dialled anew at once. */
  readonly isRenewing: () => boolean
  /** The run is over: it is not dialled again. */
  readonly isOver: () => boolean
}

const NEVER: OnPurpose = { isRenewing: () => false, isOver: () => false }

/** Options of a load connection, by preset. `lazyConnect`, so that every dial is ours to time. */
export function loadClientOptions(spec: ClientSpec, onPurpose = NEVER): ClientOptions {
  const coalesce = spec.client.coalesce_writes
  const mostReplyBytes = spec.client.max_reply_bytes
  const failsAsAttempt = spec.client.preset === 'measure'
  const common: ClientOptions = {
    ...addressOptions(spec, spec.client.read_from === 'replicas' ? 'slave' : 'master'),
    lazyConnect: true,
    Connector:
      spec.target.topology === 'sentinel'
        ? sentinelConnector({ coalesce, mostReplyBytes, oneRound: failsAsAttempt, failsAsAttempt })
        : loadConnector({ coalesce, mostReplyBytes }),
  }
  if (spec.client.preset === 'measure') return { ...common, ...measureOptions(spec.client, onPurpose) }
  const { retry_attempts } = spec.client
  return retry_attempts === null ? common : { ...common, maxRetriesPerRequest: retry_attempts }
}

/**
 * Fail-fast: nothing is queued, nothing is sent twice, and a lost connection settles everything in flight at once. So
 * issued = ok + failed + indeterminate holds to the unit (ioredis' defaults hide resends and duplicates).
 */
function measureOptions(client: ClientPlan, { isRenewing, isOver }: OnPurpose): ClientOptions {
  return {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: true,
    retryStrategy(attempt) {
      if (isOver()) return null
      return isRenewing() && attempt === 1 ? 0 : retryDelay(client.retry, attempt)
    },
    reconnectOnError: reconnectOnReadOnly(),
    connectTimeout: client.connect_timeout_ms,
    disconnectTimeout: DISCONNECT_TIMEOUT_MILLIS,
    maxLoadingRetryTime: LOADING_POLL_MILLIS,
    disableClientInfo: true,
    sentinelRetryStrategy: () => null,
    sentinelCommandTimeout: client.connect_timeout_ms,
  }
}

/**
 * Options of the one connection that looks after things: preflight, INFO, kills, clean-up. Never load. With Sentinels it
 * goes to the master, and leaves it as soon as they have chosen another one.
 */
export function controlClientOptions(spec: ClientSpec): ClientOptions {
  const common = { coalesce: false, mostReplyBytes: spec.client.max_reply_bytes }
  return {
    ...addressOptions(spec, 'master'),
    ...(spec.target.topology === 'sentinel'
      ? {
          failoverDetector: true,
          Connector: sentinelConnector({ ...common, oneRound: true, failsAsAttempt: false }),
        }
      : { Connector: loadConnector(common) }),
    sentinelRetryStrategy: () => null,
    sentinelCommandTimeout: spec.client.connect_timeout_ms,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: spec.client.connect_timeout_ms,
    disconnectTimeout: DISCONNECT_TIMEOUT_MILLIS,
    disableClientInfo: true,
  }
}

/** Delay in milliseconds before reconnection attempt `attempt` (from 1). */
export function retryDelay(retry: RetryPlan, attempt: number, random: () => number = Math.random): number {
  const base = Math.min(retry.initial_ms * retry.factor ** (attempt - 1), retry.max_ms)
  return Math.round(base + random() * retry.jitter_ms)
}

/** What the report prints: the effective settings that decide what a lost connection does to a command. */
export function describePreset(client: ClientPlan): string {
  const { retry } = client
  return client.preset === 'measure'
    ? `measure (fail-fast: no offline queue, no resend; reconnect after ${retry.initial_ms} ms × ${retry.factor}^n up to ${retry.max_ms} ms + 0–${retry.jitter_ms} ms)`
    : `as-app (ioredis defaults: offline queue, ${client.retry_attempts ?? 20} retries, unanswered commands are sent again)`
}

/** A demoted master answers READONLY to each command in flight; one reconnection for all of them is enough. */
function reconnectOnReadOnly(): (error: Error) => boolean {
  let lastAt = Number.NEGATIVE_INFINITY
  return (error) => {
    if (!error.message.startsWith('READONLY')) return false
    const now = performance.now()
    const isFirst = now - lastAt > DISCONNECT_TIMEOUT_MILLIS
    lastAt = now
    return isFirst
  }
}

function addressOptions(spec: ClientSpec, role: 'master' | 'slave'): ClientOptions {
  const { target, secrets, connectionName } = spec
  return {
    ...whereTo(spec, role),
    db: target.db,
    protocol: target.protocol,
    connectionName,
    ...(target.username === null ? {} : { username: target.username }),
    ...(secrets.password === null ? {} : { password: secrets.password }),
  }
}

function whereTo({ target, secrets }: ClientSpec, role: 'master' | 'slave'): ClientOptions {
  if (target.topology === 'sentinel') return sentinelOptions({ target, secrets }, role)
  return {
    ...(target.socket === null ? { host: target.host, port: target.port } : { path: target.socket }),
    ...(target.tls.enabled ? { tls: tlsOptions(target, secrets) } : {}),
  }
}
