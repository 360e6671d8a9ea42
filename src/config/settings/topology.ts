import { TOPOLOGIES } from '../../model/plan.ts'
import { addresses, addressMap } from '../addresses.ts'
import { choice, text, toggle } from '../value-kinds.ts'
import { type Setting, settingsOf } from './setting.ts'

const REDIS_PORT = 6379
const SENTINEL_PORT = 26_379

export const topologySettings: readonly Setting[] = settingsOf(
  'Topology',
  [
    {
      key: 'target.topology',
      flags: ['--topology'],
      env: ['REDIS_TOPOLOGY'],
      kind: choice(TOPOLOGIES),
      default: 'standalone',
      help: 'One server, a Redis Cluster, or a master that Sentinels watch',
    },
    {
      key: 'target.nodes',
      flags: ['--nodes'],
      env: ['REDIS_NODES'],
      kind: addresses(REDIS_PORT),
      default: [],
      help: 'cluster: nodes to ask for the others; without any, --host and --port',
    },
    {
      key: 'target.nat_map',
      flags: ['--nat-map'],
      env: ['REDIS_NAT_MAP'],
      kind: addressMap(),
      default: [],
      help: 'cluster, sentinel: where the addresses that nodes announce are reached from here',
    },
    {
      key: 'target.sentinel.nodes',
      flags: ['--sentinels'],
      env: ['REDIS_SENTINELS'],
      kind: addresses(SENTINEL_PORT),
      default: [],
      help: 'The Sentinels to ask for the master (makes it --topology sentinel); without any, --host and --port',
    },
    {
      key: 'target.sentinel.name',
      flags: ['--sentinel-master'],
      env: ['REDIS_SENTINEL_MASTER'],
      kind: text({ matching: /^[\w.:-]{1,64}$/, expected: '1 to 64 characters from A-Z a-z 0-9 _ . : -' }),
      default: 'mymaster',
      help: 'sentinel: the name under which the master is watched',
    },
    {
      key: 'target.sentinel.username',
      flags: ['--sentinel-username'],
      env: ['REDIS_SENTINEL_USERNAME'],
      kind: text(),
      default: null,
      help: 'sentinel: ACL user at the Sentinels',
    },
    {
      key: 'target.sentinel.password',
      flags: ['--sentinel-password'],
      env: ['REDIS_SENTINEL_PASSWORD'],
      kind: text(),
      default: null,
      help: 'sentinel: password at the Sentinels; better in REDIS_SENTINEL_PASSWORD than on the command line',
      secret: 'sentinelPassword',
    },
    {
      key: 'target.sentinel.tls',
      flags: ['--sentinel-tls'],
      env: ['REDIS_SENTINEL_TLS'],
      kind: toggle(),
      default: false,
      help: 'sentinel: the Sentinels speak TLS too, with the same certificates',
    },
    {
      key: 'target.sentinel.failover_detector',
      flags: ['--failover-detector'],
      env: ['REDIS_FAILOVER_DETECTOR'],
      kind: toggle(),
      default: false,
      inProfile: true,
      help: "sentinel: ioredis' failoverDetector: listen to the Sentinels and leave an old master at once",
    },
  ],
  { inProfile: false },
)
