import type { Row } from './rows.ts'

export const CONNECTION_ROWS: readonly Row[] = [
  { name: 'client-kill', faults: [{ kind: 'client-kill', at: '2s' }], sees: 'closed' },
  {
    name: 'client-kill, half, twice',
    faults: [{ kind: 'client-kill', at: '1500ms', every: '1500ms', share: '50%' }],
    seconds: 4.4,
    sees: 'closed',
  },
  { name: 'client-kill, replicas', faults: [{ kind: 'client-kill', at: '2s', type: 'replica' }] },
  { name: 'socket-cut', faults: [{ kind: 'socket-cut', at: '2s' }], sees: 'killed' },
]
