import { thresholds } from '../thresholds.ts'
import { type Setting, settingsOf } from './setting.ts'

export const thresholdSettings: readonly Setting[] = settingsOf(
  'Thresholds',
  [
    {
      key: 'thresholds',
      flags: ['--threshold'],
      env: ['TEST_THRESHOLDS'],
      kind: thresholds(),
      default: null,
      help: "What must be true of the results, or the exit code is 4: 'p99(GET) < 2ms', 'error_rate < 0.1% abort after 10s'; repeat it, or put ; in between; none removes those of the profile",
      repeatable: true,
    },
  ],
  { inProfile: true },
)
