import { badAbove, series } from './panels.ts'
import { query } from './query.ts'
import { both, server } from './server-queries.ts'

const EACH = '{{job}} {{instance}}'

/** What a failover depends on, and what makes a server stand still. */
export const REPLICATION = {
  title: 'Replication and persistence',
  panels: [
    series({
      title: 'Replicas',
      description:
        'How many replicas does each server have, and is their link up? Zero for a server alone. The link is from redis_exporter, on replicas.',
      unit: 'none',
      width: 8,
      queries: [
        ...both('redis_slaves_connected', 'redis_connected_slaves', 'replicas'),
        query(server('redis_master_link_up'), `link up ${EACH}`),
      ],
    }),
    series({
      title: 'Replication offset',
      description:
        'How fast does the stream of changes grow? Lines of a primary and its replicas lie on each other; a distance is what a failover would lose.',
      unit: 'bytes',
      width: 8,
      queries: both('redis_replication_offset_bytes', 'redis_master_repl_offset'),
    }),
    series({
      title: 'Replication lag',
      description:
        'How old is what a replica has? Seconds since it last reported. Only with the profiles exporters, cluster or sentinel. From a recording rule.',
      unit: 's',
      width: 8,
      steps: badAbove(5, 30),
      queries: [
        query(server('redis_server:replication_lag:seconds'), '{{instance}} ← {{slave_ip}}:{{slave_port}}'),
      ],
    }),
    series({
      title: 'Changes since the last save',
      description: 'How much would a crash lose? Changes since the last RDB file. A fall to zero is a save.',
      unit: 'short',
      width: 12,
      queries: [query(server('redis_rdb_changes_since_last_save'), EACH)],
    }),
    series({
      title: 'Latest fork',
      description:
        'How long did the server stand still to save? Duration of the latest fork: no command is served meanwhile.',
      unit: 's',
      width: 12,
      steps: badAbove(0.05, 0.5),
      queries: [
        query(`${server('redis_latest_fork_microseconds')} / 1e6`, EACH),
        query(server('redis_latest_fork_seconds'), EACH),
      ],
    }),
  ],
}
