import { PROFILE_NEEDS } from '../../support/profile-needs.ts'
import { startCluster } from './redis-cluster.ts'
import { startSentinels } from './redis-sentinel.ts'

export interface ProfileTarget {
  readonly args: readonly string[]
  stop(): Promise<void>
}

/** What a profile that comes with the tool runs against: a Cluster or Sentinels of its own, or the embedded server. */
export async function startProfileTarget(name: string): Promise<ProfileTarget> {
  const needs = PROFILE_NEEDS[name]
  if (needs === 'cluster') {
    const cluster = await startCluster({ masters: 3, replicasEach: 1 })
    const args = ['--topology', 'cluster', '--nodes', cluster.addresses.join(',')]
    return { args, stop: () => cluster.stop() }
  }
  if (needs === 'sentinel') {
    const sentinels = await startSentinels()
    return { args: ['--sentinels', sentinels.sentinels.join(',')], stop: () => sentinels.stop() }
  }
  return { args: ['--embedded-redis'], stop: () => Promise.resolve() }
}
