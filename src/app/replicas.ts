import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectError } from '../model/errors.ts'
import type { Address } from '../model/thread-message.ts'
import type { ControlClient } from '../redis/control-client.ts'
import type { InfoFields } from '../redis/info.ts'

const LIMIT_MILLIS = 5000
const SYNC_LIMIT_MILLIS = 60_000
const POLL_MILLIS = 50

/** The replicas that a server knows as being online. Throws when there is none. */
export async function findReplicas(control: ControlClient): Promise<Address[]> {
  const replicas = onlineReplicas(await control.info(LIMIT_MILLIS, 'replication'))
  if (replicas.length === 0)
    throw new ConnectError(
      'the server has no replica that is online, and the load is to go to replicas',
      'point it at a server with replicas, or use --read-from primary',
    )
  return replicas.map(({ host, port }) => ({ host, port }))
}

/** Waits until every replica has what the server had when this was called. */
export async function awaitReplicas(control: ControlClient): Promise<void> {
  const wanted = Number((await control.info(LIMIT_MILLIS, 'replication')).get('master_repl_offset') ?? 0)
  const deadline = performance.now() + SYNC_LIMIT_MILLIS
  for (;;) {
    const replicas = onlineReplicas(await control.info(LIMIT_MILLIS, 'replication'))
    if (replicas.every(({ offset }) => offset >= wanted)) return
    if (performance.now() > deadline)
      throw new ConnectError(
        'the replicas do not catch up with the server',
        'are they overloaded, or is the link slow?',
      )
    await sleep(POLL_MILLIS)
  }
}

function onlineReplicas(info: InfoFields): (Address & { readonly offset: number })[] {
  return [...info].flatMap(([name, value]) => {
    if (!/^slave\d+$/.test(name)) return []
    const fields = new Map(value.split(',').map((part) => part.split('=') as [string, string]))
    if (fields.get('state') !== 'online') return []
    return [
      {
        host: fields.get('ip') ?? '',
        port: Number(fields.get('port')),
        offset: Number(fields.get('offset')),
      },
    ]
  })
}
