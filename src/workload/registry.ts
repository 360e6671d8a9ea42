import { del, exists, ping } from './generic.ts'
import type { Operation } from './operation.ts'
import { get, incr, set } from './strings.ts'

/** Every Redis command a profile may name, upper-case. Add one here. */
export const operations = {
  DEL: del,
  EXISTS: exists,
  GET: get,
  INCR: incr,
  PING: ping,
  SET: set,
} satisfies Record<string, Operation>

export type OperationName = keyof typeof operations

export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name)
}
