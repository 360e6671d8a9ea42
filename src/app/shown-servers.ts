import type { ShownServers } from '../model/shown-servers.ts'
import type { ServersView } from '../model/servers-view.ts'

/** The servers as a live view shows them; `null` while they have not been looked at, or are not to be. */
export function shownServers(view: ServersView | null, nowMillis: number): ShownServers | null {
  if (view === null) return null
  const { now } = view
  return {
    // Between two looks nobody is silent.
    atMillis: now.silent > 0 ? now.at_ms : nowMillis,
    memoryBytes: now.memory_used_bytes,
    clients: now.connected_clients,
    opsPerSecond: now.ops_per_second === null ? null : Math.round(now.ops_per_second),
    hitRatio: now.hit_ratio,
  }
}
