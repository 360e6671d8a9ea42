import { takeBack } from '../faults/take-back.ts'
import { UsageError } from '../model/errors.ts'
import type { Secrets } from '../model/plan.ts'
import { describeUndo, type UndoStep } from '../model/undo.ts'
import { openDeployment } from './deployment.ts'
import { undoTargetOf } from './fault-target.ts'
import type { JournalHeader } from './journal-entry.ts'
import { readEntries } from './read-entries.ts'

/** What became of one step. */
export interface Recovery {
  readonly kind: string
  readonly step: string
  /** `undefined`: it could not be done. */
  readonly outcome: 'done' | 'not needed' | undefined
  readonly error: string | undefined
}

const NOT_NEEDED = Promise.resolve('not needed' as const)

interface LeftBehind {
  readonly header: JournalHeader
  /** The newest first. */
  readonly steps: readonly { readonly kind: string; readonly step: UndoStep }[]
}

/**
 * Takes back what the run of a journal changed and did not take back, the newest first. Doing it twice does no harm. The
 * secrets are those of the target; the journal has none.
 */
export async function recover(
  file: string,
  secrets: Secrets,
  onStep: (recovery: Recovery) => void,
): Promise<readonly Recovery[]> {
  const { header, steps } = readLeftBehind(file)
  const deployment = openDeployment(header.plan, secrets)
  const target = undoTargetOf({ plan: header.plan, secrets, deployment, embedded: undefined })
  const recoveries: Recovery[] = []
  try {
    for (const { kind, step } of steps) {
      const told = { kind, step: describeUndo(step) }
      const taken = step.ends_with_run === true ? NOT_NEEDED : takeBack(step, target, Date.now())
      const recovery = await taken.then(
        (outcome): Recovery => ({ ...told, outcome, error: undefined }),
        (error: unknown): Recovery => ({
          ...told,
          outcome: undefined,
          error: error instanceof Error ? error.message : String(error),
        }),
      )
      recoveries.push(recovery)
      onStep(recovery)
    }
  } finally {
    deployment.close()
  }
  return recoveries
}

function readLeftBehind(file: string): LeftBehind {
  let header: JournalHeader | undefined
  const planned = new Map<number, { readonly kind: string; readonly undo: readonly UndoStep[] }>()
  for (const entry of readEntries(file)) {
    if (entry.type === 'journal') header = entry
    // Journals of older versions know nothing that could be taken back.
    else if (entry.type === 'fault_planned' && Array.isArray(entry.undo)) planned.set(entry.id, entry)
    else if (entry.type === 'fault' && entry.reverted === true) planned.delete(entry.id)
  }
  if (header?.schema !== 'redis-test/journal')
    throw new UsageError([
      {
        path: '',
        where: file,
        message: 'is not a journal of redis-test',
        hint: 'give a file that was written with --journal',
      },
    ])
  const steps = [...planned.values()]
    .toReversed()
    .flatMap(({ kind, undo }) => undo.toReversed().map((step) => ({ kind, step })))
  return { header, steps }
}
