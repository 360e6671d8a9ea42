import { badAbove, series } from './panels.ts'
import { query } from './query.ts'

const NODE = 'job="node-exporter"'
/** File systems of the machine itself. */
const DISKS = `${NODE}, fstype!~"tmpfs|overlay|squashfs|ramfs"`

/** The machine below, from node_exporter. */
export const HOST = {
  title: 'The machine (profile exporters)',
  panels: [
    series({
      title: 'CPU of the machine',
      description:
        'Is the machine itself full? Share of all cores that is busy. Above 80 % client and server take time from each other. Only with the profile exporters.',
      unit: 'percentunit',
      width: 8,
      max: 1,
      steps: badAbove(0.8, 0.95),
      queries: [
        query(
          `1 - avg by (instance) (rate(node_cpu_seconds_total{${NODE}, mode="idle"}[$__rate_interval]))`,
          '{{instance}}',
        ),
      ],
    }),
    series({
      title: 'Memory of the machine',
      description:
        'Is there memory left? Share of the memory that is in use. Near 100 % the system swaps or kills. Only with the profile exporters.',
      unit: 'percentunit',
      width: 8,
      max: 1,
      steps: badAbove(0.85, 0.95),
      queries: [
        query(
          `1 - node_memory_MemAvailable_bytes{${NODE}} / node_memory_MemTotal_bytes{${NODE}}`,
          '{{instance}}',
        ),
      ],
    }),
    series({
      title: 'Disks of the machine',
      description:
        'Is a disk filling up? Share in use by mount point. Prometheus stops writing on a full disk. Only with the profile exporters.',
      unit: 'percentunit',
      width: 8,
      max: 1,
      steps: badAbove(0.85, 0.95),
      queries: [
        query(
          `1 - node_filesystem_avail_bytes{${DISKS}} / (node_filesystem_size_bytes{${DISKS}} > 0)`,
          '{{mountpoint}} {{instance}}',
        ),
      ],
    }),
  ],
}
