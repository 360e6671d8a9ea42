import { ConnectError } from '../model/errors.ts'
import { causeOf, type ControlClient } from '../redis/control-client.ts'

const LIMIT_MILLIS = 5000

/** Facts about the server, for the report. Empty where the user may not ask. */
export async function readServerFacts(control: ControlClient): Promise<Record<string, string>> {
  try {
    const info = await control.info(LIMIT_MILLIS, 'server')
    const replication = await control.info(LIMIT_MILLIS, 'replication')
    const valkey = info.get('valkey_version')
    const facts: Record<string, string | undefined> = {
      name: valkey === undefined ? 'Redis' : 'Valkey',
      version: valkey ?? info.get('redis_version'),
      mode: info.get('server_mode') ?? info.get('redis_mode'),
      role: replication.get('role'),
      os: info.get('os'),
      protocol: String(control.negotiatedProtocol),
    }
    return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >
  } catch (error) {
    return { unknown_because: causeOf(error) }
  }
}

/** Refuses targets on which this load cannot mean what it says. */
export function checkServer(
  facts: Readonly<Record<string, string>>,
  needs: { readonly writes: boolean },
): void {
  if (facts['mode'] === 'cluster')
    throw new ConnectError(
      'the server is a Redis Cluster node, and this version speaks to standalone servers only',
      'point it at a standalone server',
    )
  if (facts['mode'] === 'sentinel')
    throw new ConnectError('the server is a Sentinel', 'point it at a Redis server that it watches')
  if (facts['role'] === 'slave' && needs.writes)
    throw new ConnectError('the server is a replica, and the workload writes', 'point it at its master')
}
