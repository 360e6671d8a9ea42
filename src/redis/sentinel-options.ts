import { parseAddress } from '../model/address.ts'
import type { ClientOptions, ClientSpec } from './client-options.ts'
import { tlsOptions } from './tls-options.ts'

/** How a client finds its server through Sentinels. `slave`: any replica that is up, another one for each dial. */
export function sentinelOptions(
  { target, secrets }: Pick<ClientSpec, 'target' | 'secrets'>,
  role: 'master' | 'slave',
): ClientOptions {
  const { sentinel } = target
  const reached = new Map(target.nat_map.map((pair) => pair.split('=') as [string, string]))
  return {
    sentinels: sentinel.nodes.map((node) => addressOf(node)),
    name: sentinel.name,
    role,
    updateSentinels: true,
    failoverDetector: sentinel.failover_detector,
    ...(sentinel.username === null ? {} : { sentinelUsername: sentinel.username }),
    ...(secrets.sentinelPassword === null ? {} : { sentinelPassword: secrets.sentinelPassword }),
    ...(reached.size === 0
      ? {}
      : {
          natMap: (announced: string) => {
            const there = reached.get(announced) ?? reached.get(bracketed(announced))
            return there === undefined ? null : addressOf(there)
          },
        }),
    // The names of the certificates are those under which the Sentinels know the servers, unless one is given.
    ...(target.tls.enabled
      ? { enableTLSForSentinelMode: true, tls: tlsOptions({ ...target, host: '' }, secrets) }
      : {}),
    ...(sentinel.tls ? { sentinelTLS: tlsOptions({ ...target, host: '' }, secrets) } : {}),
  }
}

/** ioredis joins host and port of an announced address with a colon, whatever the host looks like. */
function bracketed(announced: string): string {
  const colon = announced.lastIndexOf(':')
  return `[${announced.slice(0, colon)}]:${announced.slice(colon + 1)}`
}

function addressOf(text: string): { host: string; port: number } {
  const { host, port } = parseAddress(text)!
  return { host, port }
}
