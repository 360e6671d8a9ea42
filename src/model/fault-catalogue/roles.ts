import { DAY_MILLIS, type FaultSpec } from './fault-spec.ts'

/** Faults that change who does what in a deployment. */
export const ROLE_FAULTS = {
  failover: {
    help: 'Master and replica change places, with nothing lost (FAILOVER)',
    isDangerous: true,
    takesShare: false,
    on: 'master',
    lasts: null,
    parameters: {
      to: { type: 'nodes', help: 'The replica that takes over, as host:port; without it, the best one' },
      force: { type: 'toggle', default: false, help: 'Take over when the timeout is over; needs `to`' },
      timeout: { type: 'duration', min: 100, max: 600_000, default: 10_000, help: 'How long it may take' },
    },
    check: ({ force, to }) =>
      force === true && to === undefined ? { parameter: 'to', message: 'needed by force' } : undefined,
    needs: 'Redis 6.2, a replica, no Cluster',
    undo: 'none: a change of roles is no damage; another failover goes back',
    seen: 'writes wait for it, then `READONLY` at the old address until the client follows',
  },
  'sentinel-failover': {
    help: 'The Sentinels make a replica the master (SENTINEL FAILOVER)',
    isDangerous: true,
    takesShare: false,
    on: null,
    lasts: null,
    parameters: {},
    needs: '`--topology sentinel`',
    undo: 'none: a change of roles is no damage; another failover goes back',
    seen: 'two masters for a while, and acknowledged writes that are lost with the old one',
  },
  'cluster-failover': {
    help: 'A replica becomes the master of its shard (CLUSTER FAILOVER)',
    isDangerous: true,
    takesShare: false,
    on: 'random-master',
    lasts: null,
    parameters: {
      mode: {
        type: 'choice',
        choices: ['graceful', 'force', 'takeover'],
        default: 'graceful',
        help: 'graceful: with the master; force: without it; takeover: without asking the others either',
      },
    },
    needs: '`--topology cluster`, a replica of the shard',
    undo: 'none: a change of roles is no damage; another failover goes back',
    seen: 'graceful: a few `MOVED`, no error',
  },
  'slot-migration': {
    help: 'Slots move from one master to another, with their keys, and back',
    isDangerous: true,
    takesShare: false,
    on: 'random-master',
    lasts: { usual: 10_000, max: DAY_MILLIS },
    parameters: {
      slots: { type: 'integer', min: 1, max: 16_384, default: 16, help: 'How many, chosen by the seed' },
      to: { type: 'nodes', default: 'random-master', help: 'Where they go' },
    },
    needs: '`--topology cluster`, two masters',
    undo: 'the slots and their keys move back',
    seen: '`ASK` while they move, `MOVED` after; `TRYAGAIN` for commands with several keys',
  },
  'role-change': {
    help: 'A master becomes the replica of nobody that answers (REPLICAOF), so it refuses writes',
    isDangerous: true,
    takesShare: false,
    on: 'master',
    lasts: { usual: 5000, max: DAY_MILLIS },
    parameters: {},
    needs: 'REPLICAOF, no Cluster; Sentinels would interfere',
    undo: 'REPLICAOF NO ONE; its data is untouched, its replicas may synchronise anew',
    seen: '`READONLY` for every write, reads go on',
  },
} as const satisfies Readonly<Record<string, FaultSpec>>
