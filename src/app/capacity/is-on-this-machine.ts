import { networkInterfaces } from 'node:os'
import type { RunPlan } from '../../model/plan.ts'

/** Whether the server of a plan shares the CPU of the generator, as far as its address tells. */
export function isOnThisMachine({ target }: Pick<RunPlan, 'target'>): boolean {
  if (target.embedded || target.socket !== null) return true
  if (target.host === 'localhost' || target.host.startsWith('127.') || target.host === '::1') return true
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return own.some(({ address }) => address === target.host)
}
