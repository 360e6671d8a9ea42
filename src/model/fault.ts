import type { Deployment } from './deployment.ts'
import type { KILLED_CLIENTS } from './fault-catalogue/connections.ts'
import type { FaultPlan } from './fault-plan.ts'
import type { Random } from './random.ts'
import type { UndoStep } from './undo.ts'

/** A server process that we started. */
export interface OwnProcess {
  readonly pid: number
  /** When it started, as the system tells it. */
  readonly born: string
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
  /** Kills it; resolves when it is gone. */
  crash(): Promise<void>
  /** Starts it again where it was; at once when it runs. */
  restart(): Promise<void>
}

/** A connection, as a server knows it. */
export interface ServerConnection {
  readonly address: string
  readonly id: string
}

/** What a fault may be done to. */
export interface FaultTarget {
  readonly deployment: Deployment
  /** Servers that our connections go to; `null`: all of the deployment. */
  readonly loadAddresses: readonly string[] | null
  /** Connections to a server, without those that look after things. */
  listConnections(
    address: string,
    type: (typeof KILLED_CLIENTS)[number],
  ): Promise<readonly ServerConnection[]>
  /** Closes one from the server's side. `false` when it was gone. */
  killConnection(connection: ServerConnection): Promise<boolean>
  /** Cuts a random share of ours on our side; resolves with how many. */
  cutConnections(share: number, random: Random): Promise<number>
  /** `undefined` for a server that somebody else started. */
  processOf(address: string): OwnProcess | undefined
  /** The user of the load. */
  readonly user: string
  /** Name of the master that the Sentinels watch. */
  readonly sentinelMaster: string
  readonly passwords: PasswordRotation
  /** What MIGRATE says to get into the other server. Never to be written down. */
  readonly migrateCredentials: () => readonly string[]
  /** Base URL of a Toxiproxy; `null` without one. */
  readonly toxiproxy: string | null
  /** It is gone when the run is. */
  readonly isOurToxiproxy: boolean
  /** Whether `host:port` may be hit by a dangerous fault. */
  isAllowed(address: string): boolean
}

/** Changes a password without ever showing one. */
export interface PasswordRotation {
  /** The password of the run is replaced by one that is made of it and the salt. */
  rotate(address: string, user: string, salt: string): Promise<void>
  /** The other way round; also when only the other one lets us in. */
  restore(address: string, user: string, salt: string): Promise<void>
}

/** A fault of which everything is decided, and nothing done. */
export interface PreparedFault {
  /** The servers that it acts on. */
  readonly nodes: readonly string[]
  readonly undo: readonly UndoStep[]
  /** What it changes, each by a name of its own: two faults may not change the same thing at the same time. */
  readonly touches: readonly string[]
  /** Does the damage. `over` is aborted when it is to be taken back. */
  act(over: AbortSignal): Promise<FaultEffect>
}

export interface FaultEffect {
  /** Connections that were closed on purpose. */
  readonly connections: number
  /** What was done, in a line. */
  readonly detail: string
}

/** Decides what will be done, and asks servers for what there is to put back; rejects when it cannot be done. */
export type Fault = (target: FaultTarget, plan: FaultPlan, random: Random) => Promise<PreparedFault>
