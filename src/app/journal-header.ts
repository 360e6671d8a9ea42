import type { JournalHeader } from './journal-entry.ts'
import type { RunStage } from './prepare-run.ts'
import { machineFacts } from './machine-facts.ts'
import { keyPrefixOf, pacingOf } from './run-plan-parts.ts'

/** The first line of a journal; the times are milliseconds since the epoch. */
export function journalHeader(
  { plan, facts, toolVersion, verification, calibration }: RunStage,
  { startMillis, measureStartMillis }: { readonly startMillis: number; readonly measureStartMillis: number },
): JournalHeader {
  return {
    type: 'journal',
    schema: 'redis-test/journal',
    schema_version: 1,
    key_prefix: keyPrefixOf(plan),
    tool_version: toolVersion,
    pacing: pacingOf(plan),
    server: facts,
    machine: machineFacts(),
    started_at_ms: startMillis,
    measure_start_ms: measureStartMillis,
    plan,
    verification,
    calibration,
  }
}
