import type { FaultKind } from './fault-catalogue.ts'
import type { FaultParameters } from './fault-catalogue/fault-spec.ts'

/** Waves: the first at `at_ms` after the measured phase began, then every `every_ms`, each moved by up to ± `jitter_ms`. */
export interface FaultPlan {
  readonly kind: FaultKind
  readonly at_ms: number
  readonly every_ms: number | null
  readonly jitter_ms: number
  /** How long each lasts; `null` for what is over as soon as it is done. */
  readonly for_ms: number | null
  /** Share of the connections that each wave hits, 0 to 1. */
  readonly share: number
  /** Selector of the servers that it acts on; `null` when it acts on none. */
  readonly on: string | null
  readonly params: FaultParameters
}

/** What whoever started the run answers for. */
export interface SafetyPlan {
  /** It may reach beyond its own keys and connections. */
  readonly allow_dangerous: boolean
  /** Servers, as `host:port`, that dangerous faults may hit besides those on this machine. */
  readonly fault_targets: readonly string[]
  /** Put load on a target whose name has "prod" in it. */
  readonly allow_production: boolean
  /** What the guard has against the target is said, and does not hinder. */
  readonly yes: boolean
}

/** Where faults of the network are made. */
export interface ProxyPlan {
  /** Base URL of the HTTP API of a Toxiproxy. */
  readonly url: string | null
}
