import type { TargetState } from '../model/dry-run-report.ts'
import { parseAddress } from '../model/address.ts'
import type { RunPlan, TargetPlan } from '../model/plan.ts'
import type { ControlClient } from '../redis/control-client.ts'
import type { InfoFields } from '../redis/info.ts'
import { placeOf } from './place-of.ts'
import { whoAmI } from './probe-permissions.ts'

const LIMIT_MILLIS = 5000

/** What an INFO field means when it is not 0. */
const BUSY: Readonly<Record<string, string>> = {
  loading: 'loading its data',
  async_loading: 'loading data from its master',
  rdb_bgsave_in_progress: 'saving a snapshot (RDB)',
  aof_rewrite_in_progress: 'rewriting its log (AOF)',
  aof_rewrite_scheduled: 'about to rewrite its log (AOF)',
  master_sync_in_progress: 'synchronising with its master',
}

/** What one INFO tells. */
export type ServerState = Omit<TargetState, 'user' | 'other_clients'>

/** Reads what a target says of itself. What it does not tell is `null`. */
export async function readTargetState(
  control: ControlClient,
  plan: RunPlan,
  ownNamePrefix: string,
): Promise<TargetState> {
  return {
    ...(await readServerState(control, plan)),
    user: (await whoAmI(control)) ?? null,
    other_clients: await countOthers(control, ownNamePrefix),
  }
}

/** As {@link readTargetState}, with one command and without the other clients. */
export async function readServerState(control: ControlClient, { target }: RunPlan): Promise<ServerState> {
  const info = await control.info(LIMIT_MILLIS).catch(() => new Map<string, string>())
  const number = (name: string): number | null => {
    const text = info.get(name)
    return text === undefined || !/^\d{1,16}$/.test(text) ? null : Number(text)
  }
  return {
    ...(await placeOf(placed(target, control))),
    role: info.get('role') ?? null,
    cluster_enabled: info.get('cluster_enabled') === '1',
    is_open: target.password === null && target.username === null && target.tls.cert_file === null,
    keys: info.size === 0 ? null : keysOf(info),
    used_memory_bytes: number('used_memory'),
    max_memory_bytes: number('maxmemory'),
    eviction_policy: info.get('maxmemory_policy') ?? null,
    system_memory_bytes: number('total_system_memory'),
    clients: number('connected_clients'),
    max_clients: number('maxclients'),
    replica_lag_bytes: lagOf(info),
    busy_with: Object.entries(BUSY).flatMap(([name, meaning]) => ((number(name) ?? 0) > 0 ? [meaning] : [])),
  }
}

/** In all databases: `db0:keys=12,expires=0,…`. */
function keysOf(info: InfoFields): number {
  let keys = 0
  for (const [name, value] of info)
    if (/^db\d+$/.test(name)) keys += Number(/^keys=(\d+)/.exec(value)?.[1] ?? 0)
  return keys
}

/** Of the replica that is furthest behind: `slave0:ip=…,port=…,state=online,offset=123,lag=0`. */
function lagOf(info: InfoFields): number | null {
  const written = Number(info.get('master_repl_offset'))
  const offsets = [...info]
    .filter(([name]) => /^slave\d+$/.test(name))
    .map(([, value]) => Number(/(?:^|,)offset=(\d+)/.exec(value)?.[1] ?? Number.NaN))
  const lags = offsets.map((offset) => written - offset).filter(Number.isFinite)
  return lags.length === 0 ? null : Math.max(0, ...lags)
}

async function countOthers(control: ControlClient, ownNamePrefix: string): Promise<number | null> {
  try {
    return (await control.stats(ownNamePrefix, LIMIT_MILLIS)).strangers.length
  } catch {
    return null
  }
}

/** With Sentinels, where the master was found. */
function placed(target: TargetPlan, { address }: ControlClient): TargetPlan {
  if (target.topology !== 'sentinel' || address === null) return target
  return { ...target, ...parseAddress(address)! }
}
