import type { RunView } from '../run-view.ts'
import type { Metric, NumberMetric, NumberPoint } from './metric.ts'

/** Commands of the workload, as the servers name them: a closed set. */
function commandPoints(
  { tool, snapshot }: RunView,
  read: (command: NonNullable<RunView['tool']['servers']>['commands'][number]) => number,
): NumberPoint[] {
  const names = new Set(
    snapshot.measure.series.map(({ info: { command, operation } }) => command ?? operation.toLowerCase()),
  )
  return (tool.servers?.commands ?? [])
    .filter(({ command }) => names.has(command))
    .map((command) => ({ labels: { cmd: command.command }, value: read(command) }))
}

/** What the servers spent on the commands of the workload. */
export const commandMetrics: readonly Metric[] = [
  {
    prometheus: 'redis_test_server_commands_total',
    otel: 'redis_test_server_commands_total',
    type: 'counter',
    unit: '{command}',
    help: 'Commands of the workload as the servers counted them since the run began, of all clients.',
    labels: ['cmd'],
    points: (view) => commandPoints(view, ({ calls }) => calls),
  },
  {
    prometheus: 'redis_test_server_commands_duration_seconds_total',
    otel: 'redis_test_server_commands_duration_seconds_total',
    type: 'counter',
    unit: 's',
    help: 'Time that the servers spent running the commands of the workload since the run began.',
    labels: ['cmd'],
    points: (view) => commandPoints(view, ({ usec }) => usec / 1e6),
  },
]

function single(
  prometheus: string,
  base: Pick<NumberMetric, 'type' | 'unit' | 'help'>,
  read: (view: NonNullable<RunView['tool']['servers']>) => number | null,
): Metric {
  return {
    ...base,
    prometheus,
    otel: prometheus,
    labels: [],
    points({ tool: { servers } }) {
      const value = servers === null ? null : read(servers)
      return value === null ? [] : [{ labels: {}, value }]
    },
  }
}

/** What came of looking at the servers, and what it costs. */
export const lookMetrics: readonly Metric[] = [
  {
    prometheus: 'redis_test_server_looks_total',
    otel: 'redis_test_server_looks_total',
    type: 'counter',
    unit: '{look}',
    help: 'Looks at servers during the run, answered or not.',
    labels: ['result'],
    points: ({ tool: { servers } }) =>
      servers === null
        ? []
        : [
            { labels: { result: 'answered' }, value: servers.looksAnswered },
            { labels: { result: 'unanswered' }, value: servers.looksUnanswered },
          ],
  },
  single(
    'redis_test_server_look_bytes_total',
    { type: 'counter', unit: 'By', help: 'Bytes of the answers to looks at servers.' },
    ({ cost }) => cost.bytes,
  ),
  single(
    'redis_test_server_look_seconds_total',
    { type: 'counter', unit: 's', help: 'Time that the servers say they spent on being looked at.' },
    ({ cost: { server_usec } }) => (server_usec === null ? null : server_usec / 1e6),
  ),
  single(
    'redis_test_server_slowlog_entries_total',
    {
      type: 'counter',
      unit: '{entry}',
      help: 'New entries of the slow logs of the servers since the run began.',
    },
    ({ slowlogSeen }) => slowlogSeen,
  ),
]
