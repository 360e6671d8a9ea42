import { isIP } from 'node:net'
import type { RunPlan } from '../../model/plan.ts'
import { placeOfAddress } from '../place-of.ts'

/** Whether the server of a plan shares the CPU of the generator, as far as its address tells. */
export function isOnThisMachine({ target }: Pick<RunPlan, 'target'>): boolean {
  const { embedded, socket, host } = target
  if (embedded || socket !== null || host === 'localhost') return true
  return isIP(host) !== 0 && placeOfAddress(host) === 'this machine'
}
