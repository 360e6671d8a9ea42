import type { AckedWritesRecord } from '../model/acked-writes.ts'
import type { TimeAnchor } from '../model/thread-message.ts'
import type { ThreadShare } from '../model/thread-share.ts'
import { allocateFates, WriteFates } from '../workload/acked/write-fates.ts'
import { AckedReader } from './acked-reader.ts'
import { AckedServers } from './acked-servers.ts'
import { AckedVoids } from './acked-voids.ts'
import { openDeployment } from './deployment.ts'
import type { PrepareParts, RunFrame } from './prepare-run.ts'
import { auditListsOf } from './run-plan-parts.ts'
import { monotonicMillis } from './thread-time.ts'

const BEGIN_LIMIT_MILLIS = 3000

/** The audit of acknowledged writes, of one run. */
export interface AckedWrites {
  /** One for each load thread. */
  readonly memory: readonly SharedArrayBuffer[]
  readonly reader: AckedReader
  /** Set by whoever wants to hear of readings that are news. */
  readonly events: { onRead: (record: AckedWritesRecord) => void }
}

/** `undefined` when the plan wants no audit writes. */
export async function openAckedWrites(
  { tool, log }: RunFrame,
  { plan, secrets, servers, cleanup }: PrepareParts,
  shares: readonly ThreadShare[],
  anchor: TimeAnchor,
): Promise<AckedWrites | undefined> {
  if (plan.acked_writes.share === 0) return undefined
  const lists = auditListsOf(plan)
  const memory = shares.map(({ connections }) => allocateFates(connections * lists.perConnection))
  // What goes over the control connections is taken out of the server's counts.
  const deployment = openDeployment(plan, secrets, servers.byAddress)
  cleanup.add('close the connections that read audit writes back', () => deployment.close())
  const asked = new AckedServers(deployment)
  const voids = new AckedVoids(asked)
  await voids.begin(BEGIN_LIMIT_MILLIS)
  const events: AckedWrites['events'] = { onRead() {} }
  let lostBefore = 0
  const reader = new AckedReader({
    plan: plan.acked_writes,
    lists,
    threads: shares.map(({ firstConnection }, thread) => ({
      fates: new WriteFates(memory[thread]!),
      firstConnection,
    })),
    servers: asked,
    voids,
    now: () => anchor.epochMillis + (monotonicMillis() - anchor.monotonicMillis),
    beganAtMillis: anchor.epochMillis,
    onRead(record, isNews) {
      tool.ackedWrites = record
      const { lost, voided_because } = record
      if (lost > lostBefore) log.warn({ lost, voided_because }, 'acknowledged writes are lost')
      lostBefore = lost
      if (isNews) events.onRead(record)
    },
  })
  return { memory, reader, events }
}
