import { parseAddress } from '../model/address.ts'
import type { Deployment, DeploymentTraffic } from '../model/deployment.ts'
import type { RunPlan, Secrets, TargetPlan } from '../model/plan.ts'
import { ControlClient } from '../redis/control-client.ts'
import { oneSentinel } from '../redis/one-sentinel.ts'
import { connectionNamePrefixOf } from './run-plan-parts.ts'

/** Control connections to servers by their address, dialled when they are needed, and again when they were lost. */
export interface ControlPool {
  readonly call: Deployment['call']
  /** Of servers that were called. */
  addresses(): readonly string[]
  traffic(addresses: readonly string[] | null): DeploymentTraffic
  close(): void
}

/** Opens nothing yet. Connections that are `known` by address are used, and stay their owner's. */
export function openControlPool(
  plan: RunPlan,
  secrets: Secrets,
  sentinels: readonly string[],
  known: ReadonlyMap<string, ControlClient> = new Map(),
): ControlPool {
  const clients = new Map(
    [...known].map(([address, client]) => [nameOf(address, ''), Promise.resolve(client)]),
  )
  const kept = new Set(clients.keys())
  let isClosed = false
  const opened: { readonly address: string; readonly client: ControlClient }[] = []
  /** Addresses of dials that failed: a server that is frozen, or busy, counts them later. */
  const failed = new Map<string, number>()
  const clientOf = (address: string, channel: string): Promise<ControlClient> => {
    const name = nameOf(address, channel)
    const before = clients.get(name)
    if (before !== undefined) return before
    if (isClosed) return Promise.reject(new Error('the connections to the servers are closed'))
    const { target: where, secrets: keys } = addressed(plan.target, secrets, address, sentinels)
    const dialled = ControlClient.connect({
      target: where,
      client: plan.client,
      secrets: keys,
      connectionName: `${connectionNamePrefixOf(plan)}-control`,
    })
    clients.set(name, dialled)
    dialled.then(
      (client) => opened.push({ address, client }),
      // The next call dials again.
      () => {
        clients.delete(name)
        failed.set(address, (failed.get(address) ?? 0) + 1)
      },
    )
    return dialled
  }
  return {
    call: async (address, command, args, limitMillis, channel = '') =>
      await (await clientOf(address, channel)).call(command, args, limitMillis),
    addresses: () => [...new Set([...known.keys(), ...opened.map(({ address }) => address)])],
    traffic(addresses) {
      const counted = opened.filter(({ address }) => addresses === null || addresses.includes(address))
      const sent = new Map<string, number>()
      for (const { client } of counted)
        for (const [command, count] of client.sent) sent.set(command, (sent.get(command) ?? 0) + count)
      let dials = counted.reduce((sum, { client }) => sum + 1 + client.redials, 0)
      for (const [address, count] of failed)
        if (addresses === null || addresses.includes(address)) dials += count
      return { dials, sent }
    },
    close() {
      isClosed = true
      const own = [...clients].filter(([name]) => !kept.has(name))
      for (const [, client] of own) client.then((one) => one.close()).catch(() => {})
    },
  }
}

/** Of a connection: what is sent over one channel does not wait for what was sent over another. */
function nameOf(address: string, channel: string): string {
  return `${address} ${channel}`
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
