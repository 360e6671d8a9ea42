/** What a profile needs besides one server that answers. */
export const PROFILE_NEEDS: Readonly<Record<string, 'cluster' | 'sentinel' | 'embedded'>> = {
  failover_cluster: 'cluster',
  upgrade_rehearsal: 'cluster',
  failover_sentinel: 'sentinel',
  rolling_restart: 'embedded',
}

/** Profiles whose faults come later than the ten seconds that others are tried for. */
export const FAULT_PROFILES: readonly string[] = [
  ...Object.keys(PROFILE_NEEDS),
  'acl_rotation',
  'half_open',
  'maxclients',
  'network_flap',
  'oom',
  'reconnect-storm',
  'slow_network',
]
