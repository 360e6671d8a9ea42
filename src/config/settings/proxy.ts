import { endpoint } from '../value-kinds.ts'
import { type Setting, settingsOf } from './setting.ts'

/** Where faults of the network are made. */
export const proxySettings: readonly Setting[] = settingsOf(
  'Safety',
  [
    {
      key: 'proxy.url',
      flags: ['--toxiproxy'],
      env: ['TEST_TOXIPROXY_URL'],
      kind: endpoint('the URL of a proxy that needs none', { isHttp: true }),
      default: null,
      help: 'Base URL of a Toxiproxy through which the load goes, for faults of the kind proxy',
    },
  ],
  { inProfile: false },
)
