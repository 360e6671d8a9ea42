import { createHmac } from 'node:crypto'
import type { Deployment } from '../model/deployment.ts'
import type { PasswordRotation } from '../model/fault.ts'
import type { RunPlan, Secrets } from '../model/plan.ts'
import { openDeployment } from './deployment.ts'

const LIMIT_MILLIS = 5000
const IS_GONE = 'does not exist'

/** Changes the password of the run, and puts it back, also from another process that knows only the right one. */
export function passwordRotation(plan: RunPlan, secrets: Secrets, deployment: Deployment): PasswordRotation {
  const { password } = secrets
  const needed = (): string => {
    if (password === null) throw new Error('the run has no password')
    return password
  }
  const set = async (calls: Deployment, address: string, user: string, rule: string): Promise<void> => {
    try {
      await calls.call(address, 'ACL', ['SETUSER', user, rule], LIMIT_MILLIS)
    } catch (error) {
      // The server repeats the rule, and the password with it.
      const text = error instanceof Error ? error.message : ''
      if (rule.startsWith('<') && text.includes(IS_GONE)) return
      const isOfServer = text.includes(rule.slice(1))
      // oxlint-disable-next-line preserve-caught-error -- its text may hold the password
      throw new Error(isOfServer ? `${address} refuses to change the password of ${user}` : text)
    }
  }
  const put = async (calls: Deployment, address: string, user: string, salt: string): Promise<void> => {
    await set(calls, address, user, `>${needed()}`)
    await set(calls, address, user, `<${otherPassword(needed(), salt)}`)
  }
  return {
    async rotate(address, user, salt) {
      await set(deployment, address, user, `>${otherPassword(needed(), salt)}`)
      await set(deployment, address, user, `<${needed()}`)
    },
    async restore(address, user, salt) {
      try {
        await put(deployment, address, user, salt)
      } catch (error) {
        if (!/WRONGPASS|password|credentials/i.test(String(error))) throw error
        const other = openDeployment(plan, { ...secrets, password: otherPassword(needed(), salt) })
        try {
          await put(other, address, user, salt)
        } finally {
          other.close()
        }
      }
    },
  }
}

/** Nobody can tell it from the salt alone. */
function otherPassword(password: string, salt: string): string {
  return createHmac('sha256', password).update(`redis-test ${salt}`).digest('hex')
}
