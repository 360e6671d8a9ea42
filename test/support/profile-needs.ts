/** What a profile needs besides one server that is ours to break. */
export const PROFILE_NEEDS: Readonly<Record<string, string>> = {
  failover_sentinel: 'Sentinels',
  failover_cluster: 'a Cluster with replicas',
  upgrade_rehearsal: 'a Cluster with replicas',
  network_flap: 'a proxy',
  half_open: 'a proxy',
  slow_network: 'a proxy',
}
