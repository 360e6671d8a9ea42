import type { Outage } from '../model/connection-event.ts'
import type { Connection } from '../model/call.ts'
import type { Random } from '../model/random.ts'

/** How many connections are ready, have something in flight, and are lost; and commands that wait for one. */
export interface ConnectionCounts {
  readonly active: number
  readonly used: number
  readonly down: number
  readonly pending: number
}

/** Connections of one kind in one load thread, with everything that times and guards them. */
export interface ConnectionGroup {
  readonly count: number
  /** Those that can do what they are for. */
  readonly readyCount: number
  /** Fine error code of a connection that is not ready, for the message when the start fails. */
  readonly lastFailure: string | undefined
  /** Starts to dial all of them; ioredis goes on trying. What comes of it arrives at the listeners. */
  dial(): void
  /** Looks for silent connections and counts. To be called several times a second. */
  inspect(at: number): ConnectionCounts
  /** Destroys the sockets of a random share of the ready connections, on our side. Returns how many were cut. */
  cut(share: number, random: Random): number
  /** Ends the measuring: what is still down is returned as unfinished outages. */
  stop(at: number): Outage[]
  /** Closes everything without waiting for anybody. */
  close(): void
}

/** Connections that carry load. */
export interface LoadGroup extends ConnectionGroup {
  readonly connections: readonly Connection[]
}
