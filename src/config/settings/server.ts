import { SERVER_METRICS_MODES } from '../../model/server-samples.ts'
import { choice, duration } from '../value-kinds.ts'
import { type Setting, settingsOf } from './setting.ts'

export const serverSettings: readonly Setting[] = settingsOf(
  'Metrics',
  [
    {
      key: 'server.metrics',
      flags: ['--server-metrics'],
      env: ['TEST_SERVER_METRICS'],
      kind: choice(SERVER_METRICS_MODES),
      default: 'full',
      help: 'What is asked of every server during the run: basic is INFO, full the slow log and latency events as well',
    },
    {
      key: 'server.sample_interval',
      plan: 'server.sample_interval_ms',
      flags: ['--server-sample-interval'],
      env: ['TEST_SERVER_SAMPLE_INTERVAL'],
      kind: duration({ min: 100, max: 3_600_000 }),
      default: 1000,
      help: 'How often each server is asked; it becomes longer by itself when that takes more than 0.5 % of its time',
    },
  ],
  { inProfile: true },
)
