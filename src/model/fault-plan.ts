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
