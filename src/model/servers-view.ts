import type { ServerLook } from './server-look.ts'
import type { ServerCommandResult } from './server-commands.ts'
import type { ServerLookingCost, ServerNow } from './server-samples.ts'

/** The servers as they were when they were looked at last: for whoever shows a run while it goes on. */
export interface ServersView {
  readonly now: ServerNow
  readonly looks: readonly {
    readonly look: ServerLook
    readonly isSilent: boolean
    /** As in the result; `null` where nobody knows. */
    readonly replicationLagBytes: number | null
  }[]
  /** Since the run began. */
  readonly commands: readonly ServerCommandResult[]
  readonly slowlogSeen: number
  readonly cost: ServerLookingCost
  readonly looksAnswered: number
  readonly looksUnanswered: number
}
