import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { PlannedFault } from '../faults/fault-injector.ts'
import type { FaultResult } from '../model/fault-result.ts'
import { type Journal, NO_JOURNAL, openJournal } from '../telemetry/journal.ts'
import type { JournalEntry, JournalHeader } from './journal-entry.ts'
import { fileNameOf, runtimeFolder } from './runtime-folder.ts'

/** Where it stands what has to be taken back, whatever happens to this process. */
export interface FaultRecord {
  /** Throws when the line did not get to the disk: then the fault must not act. */
  planned(fault: PlannedFault): void
  ended(fault: FaultResult): void
  /** The file that has to be kept, if something was not taken back. */
  close(): string | undefined
}

/**
 * The journal of the run, or, without one, a file in the folder of the user, which is made for the first fault that has
 * something to take back and removed when all was.
 */
export function openFaultRecord(
  journal: Journal<JournalEntry>,
  header: JournalHeader,
  environment: NodeJS.ProcessEnv,
): FaultRecord {
  let file: string | undefined
  let own: Journal<JournalEntry> | undefined
  const open = new Set<number>()
  const ownJournal = (): Journal<JournalEntry> => {
    if (own !== undefined) return own
    file = join(runtimeFolder(environment), `${fileNameOf(header.plan.identity)}.journal`)
    own = openJournal<JournalEntry>(file, () => {})
    own.appendDurably(header)
    return own
  }
  return {
    planned(fault) {
      const isToUndo = fault.undo.length > 0
      const to = journal === NO_JOURNAL && isToUndo ? ownJournal() : journal
      const isWritten = to.appendDurably({ type: 'fault_planned', ...fault })
      if (isToUndo && !isWritten)
        throw new Error('the journal cannot be written, so it would not be taken back')
      if (isToUndo) open.add(fault.id)
    },
    ended(fault) {
      if (fault.reverted === true) open.delete(fault.id)
      own?.append({ type: 'fault', ...fault })
    },
    close() {
      own?.close()
      if (file !== undefined && open.size === 0) rmSync(file, { force: true })
      return open.size === 0 ? undefined : (file ?? header.plan.output.journal ?? undefined)
    },
  }
}
