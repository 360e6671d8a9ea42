import type { Row } from './rows.ts'

/** Programs that the test has made for the servers of a topology; see `start-topologies.ts`. */
const FREEZE = { stop: '{scripts}/freeze {port}', continue: '{scripts}/continue {port}' }
const CRASH = { command: '{scripts}/crash {port}', restart: '{scripts}/restart {port}' }

const NO_CLUSTER = 'no such command in a Cluster'

/** Faults of servers and of their roles. */
export const SERVER_ROWS: readonly Row[] = [
  { name: 'pause', faults: [{ kind: 'pause', at: '2s', for: '600ms' }], slowest: 500 },
  {
    name: 'pause, writes only',
    faults: [{ kind: 'pause', at: '2s', for: '600ms', mode: 'write' }],
    slowest: 500,
  },
  { name: 'block', faults: [{ kind: 'block', at: '2s', for: '600ms' }], slowest: 500 },
  {
    name: 'block, DEBUG SLEEP',
    faults: [{ kind: 'block', at: '2s', for: '600ms', how: 'debug-sleep' }],
    slowest: 500,
  },
  { name: 'freeze', faults: [{ kind: 'freeze', at: '2s', for: '500ms', ...FREEZE }], slowest: 400 },
  {
    name: 'freeze, until there is another master',
    faults: [{ kind: 'freeze', at: '2s', for: '5s', ...FREEZE }],
    seconds: 12,
    flags: ['--socket-timeout', '2s'],
    loss: 'may',
    on: {
      standalone: 'no other master',
      cluster: { faults: [{ kind: 'freeze', at: '2s', for: '5s', on: 'shard:1', ...FREEZE }] },
    },
  },
  {
    name: 'crash',
    faults: [{ kind: 'crash', at: '2s', for: '4s', ...CRASH }],
    seconds: 12,
    loss: 'may',
    on: {
      standalone: { faults: [{ kind: 'crash', at: '2s', for: '1s', ...CRASH }], seconds: 7, loss: 'must' },
      cluster: { faults: [{ kind: 'crash', at: '2s', for: '5s', on: 'random-master', ...CRASH }] },
    },
  },
  { name: 'slow-replica', faults: [{ kind: 'slow-replica', at: '2s', for: '1s' }] },
  {
    name: 'failover',
    // And back by the service of the test, as the load of a standalone server does not follow.
    faults: [
      { kind: 'failover', at: '2s' },
      { kind: 'http', at: '3s', for: '100ms', url: '{service}/failover', revert_url: '{service}/undo' },
    ],
    sees: 'READONLY',
    seconds: 7,
    on: {
      sentinel: 'Sentinels learn of it too late: sentinel-failover',
      cluster: `${NO_CLUSTER}: cluster-failover`,
    },
  },
  {
    name: 'sentinel-failover',
    faults: [{ kind: 'sentinel-failover', at: '2s' }],
    seconds: 16,
    loss: 'may',
    on: { standalone: 'no Sentinels', cluster: 'no Sentinels' },
  },
  {
    name: 'sentinel-failover, failover detector',
    faults: [{ kind: 'sentinel-failover', at: '2s' }],
    seconds: 8,
    flags: ['--failover-detector'],
    loss: 'may',
    on: { standalone: 'no Sentinels', cluster: 'no Sentinels' },
  },
  ...(['graceful', 'force', 'takeover'] as const).map((mode): Row => ({
    name: `cluster-failover, ${mode}`,
    faults: [{ kind: 'cluster-failover', at: '2s', mode, on: 'random-master' }],
    loss: mode === 'graceful' ? 'none' : 'may',
    on: { standalone: 'no Cluster', sentinel: 'no Cluster' },
  })),
  {
    name: 'slot-migration',
    faults: [{ kind: 'slot-migration', at: '2s', for: '1s', slots: 256, on: 'shard:0' }],
    seconds: 8,
    on: { standalone: 'no Cluster', sentinel: 'no Cluster' },
  },
  {
    name: 'role-change',
    faults: [{ kind: 'role-change', at: '2s', for: '1s' }],
    sees: 'READONLY',
    on: { sentinel: 'Sentinels would interfere', cluster: NO_CLUSTER },
  },
]
