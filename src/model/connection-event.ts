import type { ConnectionPhase } from './connection-phase.ts'

/** The end of a loss of a connection, or its state at the end of the run. All times in milliseconds. */
export interface Outage {
  readonly thread: number
  readonly connection: number
  /** `host:port`, where a client has connections to several servers; `null`: the target. */
  readonly server: string | null
  /** When the loss was seen (the close event), milliseconds since the epoch. */
  readonly lost_at_ms: number
  /** Loss to ready again; for an unfinished outage, loss to the end of the run ("at least"). */
  readonly duration_ms: number
  readonly finished: boolean
  /** `superseded`: the server left the deployment, so the connection was not needed any more. */
  readonly end: 'reconnected' | 'superseded' | 'unfinished'
  /** Fine error code of the loss. */
  readonly cause: string
  /** How long commands had waited on the dead connection before the loss was seen; 0 when none did. */
  readonly detection_ms: number
  /** Sum of the delays before the attempts. */
  readonly backoff_ms: number
  /** Sum of the times from TCP (or TLS) established to ready or to the failure: handshake, LOADING. Absent in older journals. */
  readonly handshake_ms?: number
  /** Reconnection attempts, the successful one included. */
  readonly attempts: number
  /** Where the lost connection went, and the new one goes, as `host:port`; `null` when there is none, or it is a socket. */
  readonly from: string | null
  readonly to: string | null
}

/** One attempt to connect, from the start of the dial to ready or to the failure. */
export interface ConnectionAttempt {
  readonly thread: number
  readonly connection: number
  /** `host:port`, where a client has connections to several servers; `null`: the target. */
  readonly server: string | null
  readonly started_at_ms: number
  readonly duration_ms: number
  /** Dial to TCP (or TLS) established; `null` when it never was. */
  readonly connect_ms: number | null
  /** How long each phase took, the one in which the attempt failed included. */
  readonly phases: Partial<Readonly<Record<ConnectionPhase, number>>>
  /** The phase in which it failed. */
  readonly failed_in: ConnectionPhase | null
  /** The address that was reached, as `host:port`; `null` when none was, or it is a socket. */
  readonly reached: string | null
  readonly ok: boolean
  /** Fine error code; `none` for a success. */
  readonly cause: string
  readonly reconnection: boolean
}
