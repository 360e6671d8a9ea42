/** A place where a rule does not hold, and why that is right. One that no longer excuses anything fails the test. */
export interface Exception {
  readonly rule: string
  /** uid, or `*` for all. */
  readonly dashboard: string
  readonly panel: string
  readonly reason: string
}

const WHOLE_RUN =
  'A figure of a whole run, also of one that has ended. Each instance counts from zero, so the highest value of its counter is exact, where increase() estimates.'
const BOTH_PATHS = 'Compares the two paths, so it has to read both; they stay apart in columns or by job.'

function wholeRun(dashboard: string, panel: string): Exception[] {
  return ['rate-interval', 'counter-rate'].map((rule) => ({ rule, dashboard, panel, reason: WHOLE_RUN }))
}

function bothPaths(panel: string, rules: readonly string[]): Exception[] {
  return rules.map((rule) => ({ rule, dashboard: 'redis-test-telemetry', panel, reason: BOTH_PATHS }))
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    rule: 'job-variable',
    dashboard: '*',
    panel: 'variable: job',
    reason:
      'Scrape and OTLP carry the same numbers under two jobs: choosing both, or all, would count twice.',
  },
  {
    rule: 'run-matchers',
    dashboard: '*',
    panel: 'variable: job',
    reason: 'It offers the jobs, so it cannot be limited to the chosen one.',
  },
  {
    rule: 'job-matcher',
    dashboard: '*',
    panel: 'annotation: Alerts',
    reason:
      'Some alerts are about a run and keep its job, others are about the stack and have another or none.',
  },
  {
    rule: 'job-matcher',
    dashboard: 'redis-test-overview',
    panel: 'Alerts firing',
    reason:
      'Some alerts are about a run and keep its job, others are about the stack and have another or none.',
  },
  {
    rule: 'counter-rate',
    dashboard: '*',
    panel: 'annotation: Faults',
    reason: 'A fault is one event: its mark belongs where the count rises, not over the window of a rate.',
  },
  {
    rule: 'counter-rate',
    dashboard: '*',
    panel: 'annotation: Maintenance',
    reason: 'An announcement is one event, as a fault is.',
  },
  {
    rule: 'counter-rate',
    dashboard: 'redis-test-connections',
    panel: 'Faults made on purpose',
    reason:
      'A staircase of single events is read off the count itself; a rate of one event in a minute is not.',
  },
  ...wholeRun('redis-test-overview', 'Faults'),
  ...wholeRun('redis-test-overview', 'Runs in this time range'),
  ...wholeRun('redis-test-connections', 'Lost since the start'),
  ...wholeRun('redis-test-connections', 'Reconnection time'),
  ...wholeRun('redis-test-connections', 'Hit by faults'),
  ...wholeRun('redis-test-connections', 'First connects'),
  ...wholeRun('redis-test-comparison', 'Runs side by side'),
  ...wholeRun('redis-test-telemetry', 'Commands of each run, by both paths'),
  ...bothPaths('Commands of each run, by both paths', ['run-matchers', 'jobs-apart']),
  ...bothPaths('Commands a second, by path', ['run-matchers']),
  {
    rule: 'counter-rate',
    dashboard: 'redis-test-redis-server',
    panel: 'Uptime',
    reason: 'A counter by name only: its value is the uptime.',
  },
  {
    rule: 'counter-rate',
    dashboard: 'redis-test-telemetry',
    panel: 'Up',
    reason: 'A counter by name only: its value is the uptime.',
  },
  {
    rule: 'panel-zero',
    dashboard: 'redis-test-instances',
    panel: 'Distance from the mean rate',
    reason: 'A distance goes both ways.',
  },
]
