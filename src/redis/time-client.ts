import type { Redis } from 'ioredis'
import type { Clock } from '../model/clock.ts'
import { classifyError } from './classify-error.ts'
import type { LifeCycle, LossFacts } from './life-cycle.ts'

/** What a client's owner does at the turns of its life, and what it knows at a loss. */
export interface ClientOwner {
  dialling(): void
  /** `isReturning`: it was ready before. */
  ready(isReturning: boolean): void
  facts(): LossFacts
  closed(): void
}

/** Joins ioredis' events to a life cycle. `close` fires for failed attempts, too; `error` only tells the cause. */
export function timeClient(redis: Redis, lifeCycle: LifeCycle, clock: Clock, owner: ClientOwner): void {
  let wasReady = false
  redis.on('connecting', () => {
    owner.dialling()
    lifeCycle.connecting(clock.now())
  })
  redis.on('connect', () => lifeCycle.established(clock.now()))
  redis.on('ready', () => {
    lifeCycle.ready(clock.now())
    owner.ready(wasReady)
    wasReady = true
  })
  redis.on('error', (error: Error) => {
    lifeCycle.failed(classifyError(error))
    if (isRefusedSelect(error)) redis.disconnect(true)
  })
  redis.on('close', () => {
    lifeCycle.closed(clock.now(), owner.facts())
    owner.closed()
  })
  redis.on('reconnecting', (delayMillis: number) => lifeCycle.backingOff(delayMillis))
}

/** ioredis goes on without the SELECT and would write to database 0. */
function isRefusedSelect(error: Error): boolean {
  return (error as { command?: { name?: string } }).command?.name === 'select'
}
