import type { Deployment } from '../model/deployment.ts'
import type { FaultTarget, PreparedFault } from '../model/fault.ts'
import { fieldsOf, LIMIT_MILLIS } from './ask.ts'

export type ConfigValues = Readonly<Record<string, string>>

/** Values of settings of a server; rejects for one that it does not have. */
export async function readConfig(
  { call }: Deployment,
  address: string,
  names: readonly string[],
): Promise<Record<string, string>> {
  const values: Record<string, string> = {}
  for (const name of names) {
    const value = fieldsOf(await call(address, 'CONFIG', ['GET', name], LIMIT_MILLIS)).get(name)
    if (typeof value !== 'string') throw new Error(`${address} has no setting ${name}`)
    values[name] = value
  }
  return values
}

/** All at once, as certificates and their keys need it; servers before Redis 7 take one at a time. */
export async function writeConfig(
  { call }: Deployment,
  address: string,
  values: ConfigValues,
): Promise<void> {
  const pairs = Object.entries(values)
  try {
    await call(address, 'CONFIG', ['SET', ...pairs.flat()], LIMIT_MILLIS)
  } catch (error) {
    if (pairs.length === 1 || !String(error).includes('number of arguments')) throw error
    for (const pair of pairs) await call(address, 'CONFIG', ['SET', ...pair], LIMIT_MILLIS)
  }
}

/** Other values for a while. What they were comes from the servers. */
export async function changeConfig(
  { deployment }: FaultTarget,
  nodes: readonly string[],
  values: ConfigValues,
): Promise<PreparedFault> {
  const names = Object.keys(values)
  const before = await Promise.all(nodes.map((address) => readConfig(deployment, address, names)))
  return {
    nodes,
    undo: nodes.map((address, index) => ({ do: 'config', address, values: before[index]! })),
    touches: nodes.flatMap((address) => names.map((name) => `${name} of ${address}`)),
    async act() {
      await Promise.all(nodes.map((address) => writeConfig(deployment, address, values)))
      const pairs = Object.entries(values).map((pair) => pair.join(' '))
      return { connections: 0, detail: `CONFIG SET ${pairs.join(' ')}` }
    },
  }
}
