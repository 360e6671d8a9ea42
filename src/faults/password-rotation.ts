import { randomBytes } from 'node:crypto'
import type { Fault } from '../model/fault.ts'
import { chooseNodes } from './ask.ts'

const SALT_BYTES = 16

/**
 * Another password for the user of the load. It is made of the right one and a salt, so that whoever knows the right one
 * can get in and put it back with what the journal says, and nobody else can.
 */
export const passwordRotation: Fault = async (target, plan, random) => {
  const nodes = await chooseNodes(target, plan, random)
  const salt = randomBytes(SALT_BYTES).toString('hex')
  const { user } = target
  return {
    nodes,
    undo: nodes.map((address) => ({ do: 'password', address, user, salt })),
    touches: nodes.map((address) => `user ${user} of ${address}`),
    async act() {
      await Promise.all(nodes.map((address) => target.passwords.rotate(address, user, salt)))
      return { connections: 0, detail: `user ${user} has another password` }
    },
  }
}
