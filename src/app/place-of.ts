import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Place } from '../model/dry-run-report.ts'
import type { TargetPlan } from '../model/plan.ts'

const LOOPBACK = subnets([
  ['127.0.0.0', 8],
  ['::1', 128],
])
/** RFC 1918, RFC 6598 (carriers), link-local, unique local. */
const PRIVATE = subnets([
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['fc00::', 7],
  ['fe80::', 10],
])

/** Where a target is, and the address that says so. */
export async function placeOf(target: TargetPlan): Promise<{ place: Place; address: string }> {
  if (target.socket !== null) return { place: 'this machine', address: target.socket }
  const address = await resolve(target.host)
  return {
    place: address === undefined ? 'an unknown address' : placeOfAddress(address),
    address: address ?? target.host,
  }
}

export function placeOfAddress(address: string): Place {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  if (LOOPBACK.check(address, family) || own.some((entry) => entry.address === address)) return 'this machine'
  return PRIVATE.check(address, family) ? 'a private address' : 'a public address'
}

async function resolve(host: string): Promise<string | undefined> {
  if (isIP(host) !== 0) return host
  try {
    return (await lookup(host)).address
  } catch {
    return undefined
  }
}

function subnets(list: readonly (readonly [string, number])[]): BlockList {
  const blocks = new BlockList()
  for (const [net, bits] of list) blocks.addSubnet(net, bits, isIP(net) === 6 ? 'ipv6' : 'ipv4')
  return blocks
}
