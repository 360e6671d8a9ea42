import { duration, integer, ratio } from '../value-kinds.ts'
import { type Setting, settingsOf } from './setting.ts'

export const ackedWritesSettings: readonly Setting[] = settingsOf(
  'Workload',
  [
    {
      key: 'acked_writes.share',
      flags: ['--audit-writes'],
      env: ['TEST_AUDIT_WRITES'],
      kind: ratio(),
      default: 0,
      help: 'Share of the load that are writes whose loss, repetition or reordering is found: 1%; 0 for none',
    },
    {
      key: 'acked_writes.examples',
      flags: ['--audit-examples'],
      env: ['TEST_AUDIT_EXAMPLES'],
      kind: integer({ min: 0, max: 1000 }),
      default: 10,
      help: 'How many audit writes of each kind of problem are named in the result',
    },
    {
      key: 'acked_writes.read_back',
      plan: 'acked_writes.read_back_ms',
      flags: ['--audit-read-back'],
      env: ['TEST_AUDIT_READ_BACK'],
      kind: duration({ min: 1000, max: 3_600_000 }),
      default: 5000,
      help: 'How often new audit writes are read back while nothing happens',
    },
    {
      key: 'acked_writes.patience',
      plan: 'acked_writes.patience_ms',
      flags: ['--audit-patience'],
      env: ['TEST_AUDIT_PATIENCE'],
      kind: duration({ min: 0, max: 600_000 }),
      default: 15_000,
      help: 'How long reading back after a fault, or at the end, is tried again while no server can answer',
    },
  ],
  { inProfile: true },
)
