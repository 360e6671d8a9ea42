import type { Redis } from 'ioredis'
import type { Clock } from '../model/clock.ts'
import { classifyError } from './classify-error.ts'
import { connectorOf, peerOf } from './ioredis-internals.ts'
import type { LifeCycle, LossFacts } from './life-cycle.ts'
import type { TellingConnector } from './load-connector.ts'
import { classifySentinelError } from './classify-sentinel-error.ts'
import { timePhases } from './time-phases.ts'

/** What a client's owner does at the turns of its life, and what it knows at a loss. */
export interface ClientOwner {
  dialling(): void
  /** `isReturning`: it was ready before. */
  ready(isReturning: boolean): void
  facts(): LossFacts
  closed(): void
  /** Another client lives on in its place: what becomes of this one is no part of the story any more. */
  isReplaced?(): boolean
}

/** Joins ioredis' events, and those of its sockets, to a life cycle. `close` fires for failed attempts, too; `error` only tells the cause. */
export function timeClient(redis: Redis, lifeCycle: LifeCycle, clock: Clock, owner: ClientOwner): void {
  let wasReady = false
  const asksSentinels = (redis.options.sentinels ?? []).length > 0
  const connector: TellingConnector = connectorOf(redis)
  const isTold = (): boolean => owner.isReplaced?.() !== true
  const phases: Pick<LifeCycle, 'phase'> = {
    phase(name, at) {
      if (isTold()) lifeCycle.phase(name, at)
    },
  }
  connector.onSocket = (socket, host) => timePhases(socket, host, phases, clock)
  redis.on('connecting', () => {
    if (!isTold()) return
    owner.dialling()
    const at = clock.now()
    lifeCycle.connecting(at)
    if (asksSentinels) lifeCycle.phase('sentinel', at)
  })
  redis.on('sentinelError', (error: Error) => lifeCycle.sentinelFailed(classifySentinelError(error)))
  redis.on('connect', () => {
    if (isTold()) lifeCycle.established(clock.now(), peerOf(redis))
  })
  redis.on('ready', () => {
    if (!isTold()) return
    lifeCycle.ready(clock.now())
    owner.ready(wasReady)
    wasReady = true
  })
  redis.on('error', (error: Error) => {
    if (isTold()) lifeCycle.failed(classifyError(error))
    if (isRefusedSelect(error)) redis.disconnect(true)
  })
  redis.on('close', () => {
    if (isTold()) lifeCycle.closed(clock.now(), owner.facts())
    owner.closed()
  })
  redis.on('reconnecting', (delayMillis: number) => {
    if (isTold()) lifeCycle.backingOff(delayMillis)
  })
}

/** ioredis goes on without the SELECT and would write to database 0. */
function isRefusedSelect(error: Error): boolean {
  return (error as { command?: { name?: string } }).command?.name === 'select'
}
