import type { Topology } from './plan.ts'

/** A server of a deployment, as it was when somebody asked. */
export interface DeploymentNode {
  /** `host:port`, as it is reached from here. */
  readonly address: string
  readonly role: 'master' | 'replica'
  /** Address of the master of a replica. */
  readonly master: string | null
  /** Cluster: ranges of slots that it serves, both ends included; otherwise none. */
  readonly slots: readonly (readonly [number, number])[]
  /** The others think that it is gone. */
  readonly isDown: boolean
}

/** All servers behind a target, whoever is master now, and a way to ask each of them. */
export interface Deployment {
  readonly topology: Topology
  /** Asks anew. Rejects when nobody answers within the limit. */
  readonly nodes: (limitMillis: number) => Promise<readonly DeploymentNode[]>
  /** The Sentinels that watch it, as `host:port`; without Sentinel none. */
  readonly sentinels: readonly string[]
  /**
   * Sends a command to one server, or to one Sentinel, over a connection of its own that is dialled when it is needed and
   * that carries no load. Rejects with the server's error, or when no answer comes in time. What is sent over another
   * channel does not wait for what was sent over this one.
   */
  readonly call: (
    address: string,
    command: string,
    args: readonly (string | number | Buffer)[],
    limitMillis: number,
    channel?: string,
  ) => Promise<unknown>
  /** What we did besides the load, at these servers (`null`: at all), for whoever compares counts with the server's. */
  traffic(addresses: readonly string[] | null): DeploymentTraffic
  /** Closes all connections without waiting. */
  close(): void
}

export interface DeploymentTraffic {
  /** Connections that were opened. */
  readonly dials: number
  /** Commands that were sent, by lower-case name. */
  readonly sent: ReadonlyMap<string, number>
}
