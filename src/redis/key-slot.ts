import { slotOfKey } from '../model/key-slot.ts'

/** Slot of the n-th argument (0 is the name of the command) of a request in RESP. */
export function slotOfArgument(wire: string, argument: number): number {
  let at = wire.indexOf('$')
  for (let index = 0; ; index++) {
    const endOfLength = wire.indexOf('\r', at)
    const from = endOfLength + 2
    const to = from + Number(wire.slice(at + 1, endOfLength))
    if (index === argument) return slotOfKey(wire, from, to)
    at = to + 2
  }
}
