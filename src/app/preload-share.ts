import type { PreloadState, ThreadData } from '../model/thread-message.ts'
import { openBulkClient } from '../redis/bulk-client.ts'
import { type BulkProgress, writeInBulk } from '../redis/bulk-writer.ts'
import { preloadRequests } from '../workload/preload.ts'
import type { Verifier } from '../workload/verification/verifier.ts'
import { connectionNamePrefixOf, workloadSpecOf } from './run-plan-parts.ts'

const REPORT_MILLIS = 250

/** Fills this thread's share of the keys over a connection of its own, which goes to the target in any case. */
export async function preloadShare(
  data: ThreadData,
  verifier: Verifier | undefined,
  report: (state: PreloadState) => void,
): Promise<PreloadState> {
  const { plan, secrets, share } = data
  const requests = preloadRequests(workloadSpecOf(plan), share, verifier)
  const progress: BulkProgress = { written: 0, failed: 0, firstError: undefined }
  const state = (): PreloadState => ({
    written: progress.written,
    failed: progress.failed,
    expected: requests.expected,
    error: progress.firstError?.message ?? null,
  })
  const client = await openBulkClient({
    target: plan.target,
    client: plan.client,
    secrets,
    connectionName: `${connectionNamePrefixOf(plan)}-preload-${share.thread}`,
  })
  const reporting = setInterval(() => report(state()), REPORT_MILLIS)
  try {
    await writeInBulk(client, () => requests.next(), progress)
  } finally {
    clearInterval(reporting)
    client.close()
  }
  return state()
}
