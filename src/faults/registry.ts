import type { Fault } from '../model/fault.ts'
import type { FaultKind } from '../model/plan.ts'
import { clientKill } from './client-kill.ts'
import { socketCut } from './socket-cut.ts'

/** Every fault. Add one here. */
export const faults = { 'client-kill': clientKill, 'socket-cut': socketCut } satisfies Record<
  FaultKind,
  Fault
>
