import { expectations, thresholds } from '../thresholds.ts'
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
    {
      key: 'expect',
      flags: ['--expect'],
      env: ['TEST_EXPECT'],
      kind: expectations(),
      default: null,
      help: "What faults may cost, judged at the end like a threshold: 'recovered_within: 5s', 'fault(client-kill).failed < 100', 'errors.after(60s) == 0'; repeat it, or put ; in between; none removes those of the profile",
      repeatable: true,
    },
  ],
  { inProfile: true },
)
