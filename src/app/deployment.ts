import { parseAddress, writeAddress } from '../model/address.ts'
import type { Deployment, DeploymentNode } from '../model/deployment.ts'
import type { RunPlan, Secrets, TargetPlan } from '../model/plan.ts'
import { ControlClient } from '../redis/control-client.ts'
import { parseInfo } from '../redis/info.ts'
import { parseClusterNodes, replicasOf } from '../redis/parse-topology.ts'
import { connectionNamePrefixOf } from './run-plan-parts.ts'

/** Opens nothing yet: connections are dialled when they are needed, and again when they were lost. */
export function openDeployment(plan: RunPlan, secrets: Secrets): Deployment {
  const { target } = plan
  const here = writeAddress(target)
  const sentinels = target.topology !== 'sentinel' ? [] : orHere(target.sentinel.nodes, here)
  const reached = new Map(target.nat_map.map((pair) => pair.split('=') as [string, string]))
  const clients = new Map<string, Promise<ControlClient>>()

  const clientOf = (address: string): Promise<ControlClient> => {
    const known = clients.get(address)
    if (known !== undefined) return known
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
  const translate = (address: string): string => reached.get(address) ?? address
  const finders: Record<TargetPlan['topology'], (limitMillis: number) => Promise<DeploymentNode[]>> = {
    standalone: (limitMillis) => masterAndReplicas(here, limitMillis),
    cluster: async (limitMillis) => {
      const text = await askFirst(orHere(target.nodes, here), 'CLUSTER', ['NODES'], limitMillis)
      return parseClusterNodes(String(text)).map((node) => ({
        ...node,
        address: translate(node.address),
        master: node.master === null ? null : translate(node.master),
      }))
    },
    sentinel: async (limitMillis) => {
      const args = ['GET-MASTER-ADDR-BY-NAME', target.sentinel.name]
      const answer = (await askFirst(sentinels, 'SENTINEL', args, limitMillis)) as [string, string] | null
      if (answer === null) throw new Error(`the Sentinels do not know a master named ${target.sentinel.name}`)
      const [host, port] = answer
      return await masterAndReplicas(translate(writeAddress({ host, port: Number(port) })), limitMillis)
    },
  }

  /** Whoever answers first in the order given; the ones we know from before come last. */
  async function askFirst(
    addresses: readonly string[],
    command: string,
    args: readonly string[],
    limitMillis: number,
  ): Promise<unknown> {
    const others = [...clients.keys()].filter((address) => !sentinels.includes(address))
    let failure: unknown
    for (const address of new Set([...addresses, ...(sentinels.length === 0 ? others : [])]))
      try {
        const answer = await call(address, command, args, limitMillis)
        if (answer !== null) return answer
      } catch (error) {
        failure = error
      }
    if (failure !== undefined) throw failure
    return null
  }

  async function masterAndReplicas(master: string, limitMillis: number): Promise<DeploymentNode[]> {
    const info = parseInfo(String(await call(master, 'INFO', ['replication'], limitMillis)))
    const role = info.get('role') === 'slave' ? 'replica' : 'master'
    const replicas = replicasOf(info).map(({ address }): DeploymentNode => {
      return { address: translate(address), role: 'replica', master, slots: [], isDown: false }
    })
    return [{ address: master, role, master: null, slots: [], isDown: false }, ...replicas]
  }

  return {
    topology: target.topology,
    sentinels,
    nodes: (limitMillis) => finders[target.topology](limitMillis),
    call,
    close() {
      for (const client of clients.values()) client.then((opened) => opened.close()).catch(() => {})
    },
  }
}

function orHere(nodes: readonly string[], here: string): readonly string[] {
  return nodes.length === 0 ? [here] : nodes
}

/** The target as one server of it is dialled: a Sentinel has a user, a password and a TLS setting of its own. */
function addressed(
  target: TargetPlan,
  secrets: Secrets,
  address: string,
  sentinels: readonly string[],
): { readonly target: TargetPlan; readonly secrets: Secrets } {
  const { host, port } = parseAddress(address)!
  // A socket is the way to the target itself.
  const socket = host === target.host && port === target.port ? target.socket : null
  const one: TargetPlan = { ...target, topology: 'standalone', host, port, socket }
  if (!sentinels.includes(address)) return { target: one, secrets }
  const { username, password, tls } = target.sentinel
  return {
    target: { ...one, db: 0, username, password, tls: { ...target.tls, enabled: tls } },
    secrets: { ...secrets, password: secrets.sentinelPassword },
  }
}
