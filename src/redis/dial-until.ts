import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster, Redis } from 'ioredis'

const PAUSE_MILLIS = 100

/** Dials once, and again while there is time and nobody minds: in a failover there is no master for a while. */
export async function dialUntil(
  redis: Redis | Cluster,
  deadlineAt: number,
  isWanted: () => boolean,
): Promise<void> {
  for (;;)
    try {
      await redis.connect()
      return
    } catch (error) {
      if (performance.now() + PAUSE_MILLIS > deadlineAt || !isWanted()) throw error
      await sleep(PAUSE_MILLIS)
      if (!isWanted()) throw error
    }
}
