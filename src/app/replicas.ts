import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectError } from '../model/errors.ts'
import { type Address, parseAddress } from '../model/address.ts'
import type { TargetPlan } from '../model/plan.ts'
import type { ControlClient } from '../redis/control-client.ts'
import { reachedAddress } from './find-nodes.ts'
import { replicasOf } from '../redis/parse-topology.ts'

const LIMIT_MILLIS = 5000
const SYNC_LIMIT_MILLIS = 60_000
const POLL_MILLIS = 50

/** The replicas that a server knows as being online. Throws when there is none. */
export async function findReplicas(control: ControlClient, target: TargetPlan): Promise<Address[]> {
  const replicas = replicasOf(await control.info(LIMIT_MILLIS, 'replication'))
  if (replicas.length === 0)
    throw new ConnectError(
      'the server has no replica that is online, and the load is to go to replicas',
      'point it at a server with replicas, or use --read-from primary',
    )
  return replicas.map(({ address }) => parseAddress(reachedAddress(target, address))!)
}

/** Waits until every replica has what the server had when this was called. */
export async function awaitReplicas(control: ControlClient): Promise<void> {
  const wanted = Number((await control.info(LIMIT_MILLIS, 'replication')).get('master_repl_offset') ?? 0)
  const deadline = performance.now() + SYNC_LIMIT_MILLIS
  for (;;) {
    const replicas = replicasOf(await control.info(LIMIT_MILLIS, 'replication'))
    if (replicas.every(({ offset }) => offset >= wanted)) return
    if (performance.now() > deadline)
      throw new ConnectError(
        'the replicas do not catch up with the server',
        'are they overloaded, or is the link slow?',
      )
    await sleep(POLL_MILLIS)
  }
}
