import type { FaultPlan } from './plan.ts'
import type { Random } from './random.ts'

/** What a fault may be done to: our own connections, and nothing else. */
export interface FaultTarget {
  /** Server-side ids of our load connections. */
  listConnections(): Promise<readonly string[]>
  /** Closes one from the server's side. `false` when it was gone. */
  killConnection(id: string): Promise<boolean>
  /** Cuts a random share of them on our side; resolves with how many. */
  cutConnections(share: number, random: Random): Promise<number>
}

/** Does the damage once; resolves with the number of connections that were hit. */
export type Fault = (target: FaultTarget, plan: FaultPlan, random: Random) => Promise<number>
