import { BlockList, isIP } from 'node:net'
import type { EndpointType } from '../model/maintenance.ts'

/** Addresses that only machines of the same network can reach. */
const PRIVATE = new BlockList()
for (const [address, prefix] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  PRIVATE.addSubnet(address, prefix, 'ipv4')
for (const [address, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(address, prefix, 'ipv6')

/**
 * How this connection can use the place that it should move to: reached by a private address, an internal one; over TLS, a
 * name, which the certificate is made for. Over a unix socket, none.
 */
export function endpointTypeOf(remoteAddress: string | undefined, isEncrypted: boolean): EndpointType {
  const version = isIP(remoteAddress ?? '')
  if (remoteAddress === undefined || version === 0) return 'none'
  const isPrivate = PRIVATE.check(remoteAddress.replace(/%.*$/, ''), version === 4 ? 'ipv4' : 'ipv6')
  if (isEncrypted) return isPrivate ? 'internal-fqdn' : 'external-fqdn'
  return isPrivate ? 'internal-ip' : 'external-ip'
}
