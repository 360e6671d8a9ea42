import type { Snapshot } from '../model/snapshot.ts'

const POLL_MILLIS = 5
/** When nothing has arrived for so long, what is missing is taken for lost. */
const QUIET_MILLIS = 500

/**
 * Waits for messages that are still on their way when the last command was answered: until all are there, nothing more
 * comes, or the limit is reached.
 */
export async function awaitDeliveries(
  take: () => Pick<Snapshot, 'counters'>,
  limitMillis: number,
): Promise<void> {
  const deadline = performance.now() + limitMillis
  let before = -1
  let quietSince = performance.now()
  for (;;) {
    const { counters } = take()
    const now = performance.now()
    const arrived = counters.pubsub_received + counters.pubsub_damaged
    if (arrived >= counters.pubsub_promised) return
    if (arrived !== before) quietSince = now
    before = arrived
    if (now >= deadline || now - quietSince >= QUIET_MILLIS) return
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MILLIS)
    })
  }
}
