import type { TestServer } from '../../e2e/support/redis-server.ts'
import { ask, roleOf, type RunningTopology } from './start-topologies.ts'

/** Changes with roles, or with who started the server. */
const NO_STATE = new Set(['replicaof', 'slaveof', 'daemonize', 'pidfile', 'logfile'])
const STRANGERS = Array.from({ length: 12 }, (_, index) => `stranger:${index}`)

/** Everything that faults change, as the servers tell it: settings, users, and in a Cluster who has which slots. */
export async function stateOf({ servers, name }: RunningTopology): Promise<Readonly<Record<string, string>>> {
  const state: Record<string, string> = {}
  for (const server of servers)
    await ask(server, async (client) => {
      const settings = await client.config('GET', '*')
      for (let index = 0; index < settings.length; index += 2)
        if (!NO_STATE.has(settings[index]!)) state[`${server.port} ${settings[index]}`] = settings[index + 1]!
      const users = (await client.call('ACL', 'LIST')) as string[]
      state[`${server.port} users`] = users.join('\n')
      if (name === 'cluster')
        state[`${server.port} slots`] = slotsIn(String(await client.call('CLUSTER', 'NODES')))
    })
  return state
}

export function differences(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name} was ${before[name]} and is ${after[name]}`)
}

/** Keys of somebody else, which a run has to leave alone. */
export async function writeStrangers({ servers }: RunningTopology): Promise<void> {
  for (const server of await mastersOf(servers))
    await ask(server, (client) => Promise.allSettled(STRANGERS.map((key) => client.set(key, key))))
}

/** What is wrong with the keys after a run: ours that are left, and theirs that are gone. */
export async function keyProblems({ servers }: RunningTopology, mayBeGone: boolean): Promise<string[]> {
  const keys: string[] = []
  for (const server of await mastersOf(servers))
    keys.push(...(await ask(server, (client) => client.keys('*'))))
  const left = keys.filter((key) => !key.startsWith('stranger:'))
  const gone = STRANGERS.filter((key) => !keys.includes(key))
  return [
    ...(left.length > 0 ? [`${left.length} keys are left: ${left.slice(0, 5).join(', ')}`] : []),
    ...(gone.length > 0 && !mayBeGone ? [`keys of others are gone: ${gone.join(', ')}`] : []),
  ]
}

async function mastersOf(servers: readonly TestServer[]): Promise<TestServer[]> {
  const roles = await Promise.all(servers.map((server) => roleOf(server)))
  return servers.filter((_, index) => roles[index] === 'master')
}

/** The ranges of slots of each master, whoever that is. */
function slotsIn(nodes: string): string {
  return nodes
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , flags = '']) => flags.includes('master'))
    .map((fields) => fields.slice(8).join(' '))
    .toSorted()
    .join(' | ')
}
