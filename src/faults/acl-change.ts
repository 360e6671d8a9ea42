import type { Fault } from '../model/fault.ts'
import type { UndoStep } from '../model/undo.ts'
import { chooseNodes, fieldsOf, LIMIT_MILLIS } from './ask.ts'

/** Without these, nobody could put back what was, or look what happens. */
const NEEDED = ['acl', 'auth', 'hello', 'ping', 'client', 'info', 'config', 'cluster', 'role']

/** Other rules for a user for a while. Its passwords are not looked at. */
export const aclChange: Fault = async (target, plan, random) => {
  const nodes = await chooseNodes(target, plan, random)
  const user = String(plan.params['user'] ?? target.user)
  const rules = String(plan.params['rules']).split(' ').filter(Boolean)
  const { call } = target.deployment
  const undo = await Promise.all(
    nodes.map(async (address): Promise<UndoStep> => {
      const answer = await call(address, 'ACL', ['GETUSER', user], LIMIT_MILLIS)
      if (answer === null) throw new Error(`${address} has no user ${user}`)
      return { do: 'call', address, command: 'ACL', args: ['SETUSER', user, ...rulesOf(answer)], unless: [] }
    }),
  )
  return {
    nodes,
    undo,
    touches: nodes.map((address) => `user ${user} of ${address}`),
    async act() {
      const args = ['SETUSER', user, ...rules, ...NEEDED.map((command) => `+${command}`)]
      await Promise.all(nodes.map((address) => call(address, 'ACL', args, LIMIT_MILLIS)))
      return { connections: 0, detail: `ACL SETUSER ${user} ${rules.join(' ')}` }
    },
  }
}

/** The commands, keys and channels of a user as rules that lead to them from anywhere. */
export function rulesOf(answer: unknown): string[] {
  const fields = fieldsOf(answer)
  const words = (name: string, sign: string): string[] => {
    const value = fields.get(name)
    // Redis 6 gives a list without signs, Redis 7 a text with them.
    if (Array.isArray(value)) return value.map((word) => `${sign}${String(word)}`)
    return typeof value === 'string' ? value.split(' ').filter(Boolean) : []
  }
  return [
    'resetkeys',
    ...words('keys', '~'),
    'resetchannels',
    ...words('channels', '&'),
    ...words('commands', ''),
  ]
}
