import { labelled, type Metric } from './metric.ts'

/** What was broken on purpose. */
export const faultMetrics: readonly Metric[] = [
  labelled(
    {
      prometheus: 'redis_test_faults_total',
      type: 'counter',
      unit: '{fault}',
      help: 'Faults caused on purpose, by kind and result.',
      labels: ['kind', 'result'],
    },
    ({ tool }) =>
      [...tool.faults].flatMap(([kind, { injected, failed }]) => [
        { labels: { kind, result: 'injected' }, value: injected },
        { labels: { kind, result: 'failed' }, value: failed },
      ]),
  ),
  labelled(
    {
      prometheus: 'redis_test_fault_connections_total',
      type: 'counter',
      unit: '{connection}',
      help: 'Connections hit by faults, by kind.',
      labels: ['kind'],
    },
    ({ tool }) =>
      [...tool.faults].map(([kind, { connections }]) => ({ labels: { kind }, value: connections })),
  ),
  labelled(
    {
      prometheus: 'redis_test_active_faults',
      type: 'gauge',
      unit: '{fault}',
      help: 'Faults at work now, by kind.',
      labels: ['kind'],
    },
    ({ tool }) => [...tool.faults].map(([kind, { active }]) => ({ labels: { kind }, value: active })),
  ),
  labelled(
    {
      prometheus: 'redis_test_fault_reverts_total',
      type: 'counter',
      unit: '{fault}',
      help: 'Faults taken back, by kind and result.',
      labels: ['kind', 'result'],
    },
    ({ tool }) =>
      [...tool.faults].flatMap(([kind, { reverted, revertsFailed }]) => [
        { labels: { kind, result: 'ok' }, value: reverted },
        { labels: { kind, result: 'failed' }, value: revertsFailed },
      ]),
  ),
]
