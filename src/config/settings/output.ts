import { LOG_LEVELS } from '../../model/plan.ts'
import { PROGRESS_KINDS } from '../../model/progress-kind.ts'
import { choice, duration, file, text, toggle } from '../value-kinds.ts'
import { type Setting, settingsOf } from './setting.ts'

const label = text({
  matching: /^[\w.:@/+-]{1,128}$/,
  expected: '1 to 128 characters from A-Z a-z 0-9 _ . : @ / + -',
})

export const identitySettings: readonly Setting[] = settingsOf(
  'Identity',
  [
    {
      key: 'identity.app_name',
      flags: ['--app-name'],
      env: ['APP_NAME'],
      kind: text({
        matching: /^(?:[\w.:@/+-]|\{workload_profile\}){1,128}$/,
        expected: '1 to 128 characters from A-Z a-z 0-9 _ . : @ / + -, and {workload_profile} if you like',
      }),
      default: 'redis-test',
      help: 'Label app_name; {workload_profile} in it stands for the name of the profile',
    },
    {
      key: 'identity.instance_id',
      flags: ['--instance-id'],
      env: ['INSTANCE_ID'],
      kind: label,
      default: null,
      help: 'Label instance_id; default <app name>-<8 random hex digits>',
    },
    {
      key: 'identity.run_id',
      flags: ['--run-id'],
      env: ['RUN_ID'],
      kind: label,
      default: null,
      help: 'Label run_id; default a random UUID',
    },
    {
      key: 'identity.version',
      flags: ['--app-version', '--version'],
      env: ['VERSION'],
      kind: label,
      default: null,
      help: 'Label version; default the version of ioredis',
    },
  ],
  { inProfile: false },
)

export const outputSettings: readonly Setting[] = [
  ...settingsOf(
    'Log',
    [
      {
        key: 'log.level',
        flags: ['--log-level'],
        env: ['LOG_LEVEL'],
        kind: choice(LOG_LEVELS, { warning: 'warn', critical: 'error' }),
        default: 'info',
        help: 'Least severe level to log',
      },
      {
        key: 'log.format',
        flags: ['--log-format'],
        env: ['LOG_FORMAT'],
        kind: choice(['auto', 'pretty', 'json']),
        default: 'auto',
        help: 'auto: pretty on a terminal, JSON otherwise; to stderr',
      },
      {
        key: 'log.file',
        flags: ['--log-file'],
        env: ['LOG_FILE'],
        kind: file(),
        default: null,
        help: 'Write the log, as JSON, to this file instead',
      },
    ],
    { inProfile: false },
  ),
  ...settingsOf(
    'Output',
    [
      {
        key: 'output.file',
        flags: ['--output-file'],
        env: ['OUTPUT_FILE'],
        kind: file(),
        default: null,
        help: 'Write the result as JSON; - is standard output. {run_id}, {instance_id} and {app_name} in this and other paths are filled in',
      },
      {
        key: 'output.html',
        flags: ['--html'],
        env: ['TEST_HTML'],
        kind: file(),
        default: null,
        help: 'Write the report as one HTML file with charts, which opens from disk',
      },
      {
        key: 'output.markdown',
        flags: ['--markdown'],
        env: ['TEST_MARKDOWN'],
        kind: file(),
        default: null,
        help: 'Write the result as Markdown, for a pull request',
      },
      {
        key: 'output.junit',
        flags: ['--junit'],
        env: ['TEST_JUNIT'],
        kind: file(),
        default: null,
        help: 'Write thresholds, expectations and audit as JUnit XML, for a CI system',
      },
      {
        key: 'output.csv',
        flags: ['--csv'],
        env: ['TEST_CSV'],
        kind: file(),
        default: null,
        help: 'Write every interval as a line of CSV',
      },
      {
        key: 'output.hlog',
        flags: ['--hlog'],
        env: ['TEST_HLOG'],
        kind: file(),
        default: null,
        help: 'Write the latencies of every second as a log of HdrHistogram (.hlog), with a tag for each operation',
      },
      {
        key: 'output.percentiles',
        flags: ['--percentiles'],
        env: ['TEST_PERCENTILES'],
        kind: file(),
        default: null,
        help: 'Write percentile distributions of HdrHistogram, a file for each operation: out.hgrm becomes out.GET.hgrm',
      },
      {
        key: 'output.journal',
        flags: ['--journal'],
        env: ['TEST_JOURNAL'],
        kind: file(),
        default: null,
        help: 'Write every second as one line of JSON; survives kill -9, read by `redis-test report`',
      },
      {
        key: 'output.results_dir',
        flags: ['--results-dir'],
        env: ['RESULTS_DIR'],
        kind: file(),
        default: null,
        help: 'Keep the result in this folder, for `redis-test history` and `redis-test compare`',
      },
      {
        key: 'output.quiet',
        flags: ['--quiet'],
        env: ['QUIET'],
        kind: toggle(),
        default: false,
        help: 'No progress lines, and no live view',
      },
      {
        key: 'output.progress',
        flags: ['--progress'],
        env: ['TEST_PROGRESS'],
        kind: choice(PROGRESS_KINDS),
        default: 'auto',
        help: 'What is shown while it runs. auto: the live view on a terminal, a line a second elsewhere',
      },
      {
        key: 'output.summary',
        flags: ['--summary'],
        env: ['TEST_SUMMARY'],
        kind: choice(['compact', 'full']),
        default: 'compact',
        help: 'What the summary at the end shows: what most need, or every operation, quantile, error and count',
      },
      {
        key: 'output.github',
        flags: ['--github'],
        env: ['TEST_GITHUB'],
        kind: toggle(),
        default: true,
        help: 'In a job of GitHub Actions: annotations, and the report in the summary of the job',
      },
      {
        key: 'output.progress_interval',
        plan: 'output.progress_interval_ms',
        flags: ['--progress-interval', '--metrics-interval'],
        env: ['TEST_PROGRESS_INTERVAL', 'METRICS_INTERVAL'],
        kind: duration({ min: 1000, max: 86_400_000 }),
        default: 1000,
        help: 'Time between two progress lines, in whole seconds; each shows the last second',
      },
    ],
    { inProfile: false },
  ),
]
