import { writeAddress } from '../model/address.ts'
import type { DeploymentNode } from '../model/deployment.ts'
import type { InfoFields } from './info.ts'

/**
 * Parses the text of `CLUSTER NODES`: a line for each node,
 * `<id> <ip:port@cport[,hostname]> <flags> <master id> <ping> <pong> <epoch> <link> <slot> <slot-slot> … [<slot-><-<id>] …`.
 * Nodes without an address, and those that only shake hands, are left out.
 */
export function parseClusterNodes(text: string): DeploymentNode[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter((fields) => fields.length >= 8)
  const addresses = new Map(lines.map(([id = '', where = '']) => [id, addressOf(where)]))
  return lines.flatMap(([, where = '', flagText = '', masterId = '', , , , link = '', ...slots]) => {
    const flags = flagText.split(',')
    const address = addressOf(where)
    if (address === undefined || flags.includes('handshake') || flags.includes('noaddr')) return []
    return [
      {
        address,
        role: flags.includes('master') ? ('master' as const) : ('replica' as const),
        master: addresses.get(masterId) ?? null,
        slots: slots.flatMap((slot) => rangeOf(slot)),
        isDown: flags.includes('fail') || (link !== 'connected' && !flags.includes('myself')),
      },
    ]
  })
}

/** The replicas that a master knows as being online. */
export function replicasOf(info: InfoFields): { readonly address: string; readonly offset: number }[] {
  return [...info].flatMap(([name, value]) => {
    if (!/^slave\d+$/.test(name)) return []
    const fields = new Map(value.split(',').map((part) => part.split('=') as [string, string]))
    if (fields.get('state') !== 'online') return []
    const address = { host: fields.get('ip') ?? '', port: Number(fields.get('port')) }
    return [{ address: writeAddress(address), offset: Number(fields.get('offset')) }]
  })
}

/** `ip:port@cport,hostname`; a node that knows no address of itself gives an empty one. */
function addressOf(where: string): string | undefined {
  const [endpoint = ''] = where.split('@')
  const colon = endpoint.lastIndexOf(':')
  const host = endpoint.slice(0, colon)
  const port = Number(endpoint.slice(colon + 1))
  return host === '' || !(port > 0) ? undefined : writeAddress({ host, port })
}

/** `5` or `0-5460`; slots that are on the move (`[93-<-…]`) belong to a range already. */
function rangeOf(slot: string): (readonly [number, number])[] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(slot)
  return match === null ? [] : [[Number(match[1]), Number(match[2] ?? match[1])]]
}
