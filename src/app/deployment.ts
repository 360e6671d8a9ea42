import { parseAddress, writeAddress } from '../model/address.ts'
import type { Deployment } from '../model/deployment.ts'
import type { RunPlan, Secrets, TargetPlan } from '../model/plan.ts'
import { ControlClient } from '../redis/control-client.ts'
import { findNodes } from './find-nodes.ts'
import { oneSentinel } from '../redis/one-sentinel.ts'
import { connectionNamePrefixOf } from './run-plan-parts.ts'

type KnownClients = ReadonlyMap<string, ControlClient>

/**
 * Opens nothing yet: connections are dialled when they are needed, and again when they were lost. `known`: connections that
 * are there already, by address; they stay their owner's, who takes what is sent over them out of the server's counts.
 */
export function openDeployment(plan: RunPlan, secrets: Secrets, known: KnownClients = new Map()): Deployment {
  const { target } = plan
  const here = writeAddress(target)
  const sentinels = target.topology !== 'sentinel' ? [] : orHere(target.sentinel.nodes, here)
  const clients = new Map([...known].map(([address, client]) => [address, Promise.resolve(client)]))

  const clientOf = (address: string): Promise<ControlClient> => {
    const opened = clients.get(address)
    if (opened !== undefined) return opened
    const { target: where, secrets: keys } = addressed(plan.target, secrets, address, sentinels)
    const dialled = ControlClient.connect({
      target: where,
      client: plan.client,
      secrets: keys,
      connectionName: `${connectionNamePrefixOf(plan)}-control`,
    })
    clients.set(address, dialled)
    // The next call dials again.
    dialled.catch(() => clients.delete(address))
    return dialled
  }
  const call: Deployment['call'] = async (address, command, args, limitMillis) =>
    await (await clientOf(address)).call(command, args, limitMillis)
  const entrances = { standalone: [here], cluster: orHere(target.nodes, here), sentinel: sentinels }
  const finding = { target, entrances: entrances[target.topology], call, known: () => clients.keys() }
  return {
    topology: target.topology,
    sentinels,
    nodes: (limitMillis) => findNodes(finding, limitMillis),
    call,
    close() {
      const own = [...clients].filter(([address]) => !known.has(address))
      for (const [, client] of own) client.then((opened) => opened.close()).catch(() => {})
    },
  }
}

function orHere(nodes: readonly string[], here: string): readonly string[] {
  return nodes.length === 0 ? [here] : nodes
}

/** The target as one server of it is dialled. */
function addressed(
  target: TargetPlan,
  secrets: Secrets,
  address: string,
  sentinels: readonly string[],
): { readonly target: TargetPlan; readonly secrets: Secrets } {
  if (sentinels.includes(address)) return oneSentinel({ target, secrets }, address)
  const { host, port } = parseAddress(address)!
  // A socket is the way to the target itself.
  const socket = host === target.host && port === target.port ? target.socket : null
  return { target: { ...target, topology: 'standalone', host, port, socket }, secrets }
}
