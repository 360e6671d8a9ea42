import { CONNECTION_FAULTS } from './fault-catalogue/connections.ts'
import type { FaultParameters, FaultSpec } from './fault-catalogue/fault-spec.ts'
import { OUTSIDE_FAULTS } from './fault-catalogue/outside.ts'
import { ROLE_FAULTS } from './fault-catalogue/roles.ts'
import { SERVER_FAULTS } from './fault-catalogue/servers.ts'
import { SETTING_FAULTS } from './fault-catalogue/settings.ts'

const ALL = {
  ...CONNECTION_FAULTS,
  ...SERVER_FAULTS,
  ...ROLE_FAULTS,
  ...SETTING_FAULTS,
  ...OUTSIDE_FAULTS,
}

export type FaultKind = keyof typeof ALL

/** Every kind of fault: its parameters, its dangers, and what the documentation says of it. What it does is in `faults/`. */
export const FAULT_CATALOGUE: Readonly<Record<FaultKind, FaultSpec>> = ALL

export const FAULT_KINDS = Object.keys(ALL) as FaultKind[]

/** Whether a fault acts on more than the connections of this run. */
export function isDangerousFault(fault: {
  readonly kind: FaultKind
  readonly params: FaultParameters
}): boolean {
  const { isDangerous } = FAULT_CATALOGUE[fault.kind]
  return typeof isDangerous === 'boolean' ? isDangerous : isDangerous(fault.params)
}
