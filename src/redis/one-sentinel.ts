import { parseAddress } from '../model/address.ts'
import type { Secrets, TargetPlan } from '../model/plan.ts'

/** A target as one of its Sentinels is dialled, which has a user, a password and a TLS setting of its own. */
export function oneSentinel(
  { target, secrets }: { readonly target: TargetPlan; readonly secrets: Secrets },
  node: string,
): { readonly target: TargetPlan; readonly secrets: Secrets } {
  const { host, port } = parseAddress(node)!
  const { username, password, tls } = target.sentinel
  return {
    target: {
      ...target,
      topology: 'standalone',
      host,
      port,
      socket: null,
      db: 0,
      username,
      password,
      tls: { ...target.tls, enabled: tls },
    },
    secrets: { ...secrets, password: secrets.sentinelPassword },
  }
}
