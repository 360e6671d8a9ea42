import type { Row } from './rows.ts'

/** So that those who reconnect meet the changed setting, also when that took its time on a busy machine. */
const CUT = { kind: 'socket-cut', at: '2800ms' }

/** Faults that change what a server is told to do. */
export const SETTING_ROWS: readonly Row[] = [
  { name: 'maxmemory', faults: [{ kind: 'maxmemory', at: '2s', for: '1s' }], sees: 'OOM' },
  { name: 'maxclients, and socket-cut', faults: [{ kind: 'maxclients', at: '2s', for: '1500ms' }, CUT] },
  { name: 'min-replicas', faults: [{ kind: 'min-replicas', at: '2s', for: '1s' }], sees: 'NOREPLICAS' },
  { name: 'idle-timeout', faults: [{ kind: 'idle-timeout', at: '2s', for: '2s' }], seconds: 7 },
  {
    name: 'config-change',
    faults: [{ kind: 'config-change', at: '2s', for: '1s', name: 'hz', to: '100' }],
  },
  { name: 'acl-change', faults: [{ kind: 'acl-change', at: '2s', for: '1s' }], sees: 'NOPERM' },
  {
    name: 'password-rotation, and socket-cut',
    faults: [{ kind: 'password-rotation', at: '2s', for: '1500ms' }, CUT],
    sees: 'WRONGPASS',
  },
  {
    name: 'certificate-rotation, and socket-cut',
    faults: [
      {
        kind: 'certificate-rotation',
        on: 'masters',
        at: '2s',
        for: '1500ms',
        cert_file: '{scripts}/others/other.pem',
        key_file: '{scripts}/others/other.key',
      },
      CUT,
    ],
    tls: true,
  },
  {
    name: 'http',
    faults: [{ kind: 'http', at: '2s', for: '500ms', url: '{service}/do', revert_url: '{service}/undo' }],
  },
]
