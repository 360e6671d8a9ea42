import { CATALOGUE, IDENTITY_LABELS } from '../../src/model/catalogue.ts'
import type { Metric } from '../../src/model/catalogue/metric.ts'
import { PROFILE_CONTEXT } from '../../src/app/facts.ts'
import { profileJsonSchema } from '../../src/config/profile-json-schema.ts'
import { SETTINGS, type Setting } from '../../src/config/settings.ts'
import { SETTING_GROUPS } from '../../src/config/settings/setting.ts'
import { ERROR_CODES } from '../../src/model/error-codes.ts'
import { ERROR_TYPES } from '../../src/model/outcome.ts'
import { EXIT_CODE_HELP } from '../../src/cli/exit-codes.ts'
import { faultsPage } from './faults-page.ts'
import { thresholdsPage } from './thresholds-page.ts'
import { commandPath, commandsOf, createProgram } from '../../src/cli/program.ts'

/** The reference pages, made from the tables that the code works with. `npm run docs` writes them. */
export const REFERENCE: Readonly<Record<string, () => string>> = {
  'docs/settings.md': settingsPage,
  'docs/metrics.md': metricsPage,
  'docs/thresholds.md': thresholdsPage,
  'docs/faults.md': faultsPage,
  '.env.example': envExample,
  'workloads/profile.schema.json': () =>
    `${JSON.stringify(profileJsonSchema(PROFILE_CONTEXT.commands), undefined, 2)}\n`,
}

const code = (text: string): string => `\`${text}\``
const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function shown(value: unknown): string {
  return value === null ? '' : code(plain(value))
}

/** Variables that are no setting: read from the environment as OpenTelemetry or a helper of ours has them. */
const OTHER_VARIABLES: Readonly<Record<string, string>> = {
  TEST_WORKLOAD_PROFILE: 'Profile to run, as `--workload-profile`',
  CONFIG_FILE: 'File with settings, as `--config-file`',
  REDIS_TEST_SERVER_BINARY: 'The redis-server (or valkey-server) that `--embedded-redis` starts',
  OTEL_SDK_DISABLED: 'true: nothing is exported over OTLP',
  OTEL_METRICS_EXPORTER: 'none: no metrics over OTLP',
  OTEL_TRACES_EXPORTER: 'none: no traces over OTLP',
  OTEL_LOGS_EXPORTER: 'otlp: the log over OTLP as well, as `--otel-logs`',
  OTEL_TRACES_SAMPLER:
    'always_on, always_off, traceidratio, or one of these after parentbased_; as `--trace-sample-ratio`',
  OTEL_TRACES_SAMPLER_ARG: 'The share for traceidratio',
  OTEL_EXPORTER_OTLP_HEADERS:
    'Headers of every export, for credentials; so are the other variables of the OTLP exporters (`_TIMEOUT`, `_CERTIFICATE`, `_COMPRESSION`, …)',
  OTEL_EXPORTER_OTLP_PROTOCOL:
    'Only grpc is spoken; anything else is said in a warning. So it is for `OTEL_EXPORTER_OTLP_METRICS_PROTOCOL`, `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL` and `OTEL_EXPORTER_OTLP_LOGS_PROTOCOL`',
  OTEL_RESOURCE_ATTRIBUTES: 'Further attributes of the exported resource',
  PYROSCOPE_AUTH_TOKEN: 'Token for the Pyroscope server',
  XDG_RUNTIME_DIR:
    'Folder of the user for what lives as long as a run: the socket that `redis-test fault` asks; without it, one in the temporary folder',
  XDG_CACHE_HOME: 'Folder of the user for what can be made again: calibrations; without it, `~/.cache`',
  PYROSCOPE_BASIC_AUTH_PASSWORD: 'Password for the Pyroscope server; hidden in all output',
  DEBUG: 'What libraries print for those who debug them; ioredis is left out, which would print the password',
  NO_COLOR: 'No colours in the log, in the live view and in the summary on a terminal',
  TERM: 'dumb: no colours in the summary, and lines instead of the live view',
  GITHUB_ACTIONS: 'true: annotations for GitHub Actions on stdout, unless `--no-github`',
  GITHUB_STEP_SUMMARY: 'File to which, in GitHub Actions, the report is added as Markdown',
  LC_ALL: 'With LC_CTYPE and LANG: something other than UTF-8 draws the live view with ASCII',
  LC_CTYPE: 'See LC_ALL',
  LANG: 'See LC_ALL',
}

/** Flags of commands that are no settings, read from the tree of commands itself. */
function otherFlags(): string[][] {
  const silent = { stdout() {}, stderr() {}, hide() {}, exitCode: 0, hasLostOutput: false } as const
  const settings = new Map(
    SETTINGS.flatMap(({ flags, help }) =>
      flags.flatMap((flag) => [flag, flag.replace('--', '--no-')].map((name) => [name, help] as const)),
    ),
  )
  /** Commands by flag and description: the same flag may mean something else elsewhere. */
  const commands = new Map<string, { readonly cells: readonly [string, string]; readonly of: string[] }>()
  for (const command of commandsOf(createProgram(silent))) {
    for (const { flags, long, description } of command.options) {
      const help = settings.get(long ?? '')
      const isSetting =
        help !== undefined && description.replace(/^Not: /, '').startsWith(help) && command.parent !== null
      if (isSetting && command.name() !== 'report') continue
      const key = JSON.stringify([flags, description])
      const known = commands.get(key)?.of ?? []
      commands.set(key, { cells: [flags, description], of: [...known, code(commandPath(command))] })
    }
  }
  return [...commands.values()].map(({ cells: [flags, description], of }) => [
    code(flags),
    of.join(', '),
    description,
  ])
}

function settingsPage(): string {
  const groups = SETTING_GROUPS.map((group) => {
    const rows = SETTINGS.filter((setting) => setting.group === group).map((setting) => [
      code(setting.key),
      setting.inProfile ? 'yes' : '',
      setting.flags.map((flag) => code(flag)).join(' '),
      setting.env.map((name) => code(name)).join(' '),
      setting.secret !== undefined ? '' : shown(setting.default),
      setting.help,
    ])
    return `## ${group}\n\n${table(['key', 'in a profile', 'flag', 'environment', 'default', 'what it does'], rows)}\n`
  })
  return `# Settings

A flag wins over the environment (a \`.env\` file in the working directory is read too), the environment over the file
given with \`--config-file\`, that over the profile, the profile over the default. \`redis-test run --print-plan\` shows what
it came to and where each value is from. A configuration file takes every key below, nested by its dots; a profile those
with a yes. Several flags or variables in a row are the same setting. Every switch has a \`--no-\` twin, and takes a value
as well (\`--quiet true\`). More about all this: [command-line.md](command-line.md). Durations are written \`500ms\`, \`30s\`, \`5m\`, \`1h\`, \`PT1M\` or as a number of seconds; defaults
below are in milliseconds. This page is made from the table in \`src/config/settings/\` (\`npm run docs\`).

${groups.join('\n')}
## Other flags

${table(['flag', 'of', 'what it does'], otherFlags())}

## Other variables

${table(
  ['variable', 'what it does'],
  Object.entries(OTHER_VARIABLES).map(([name, text]) => [code(name), text]),
)}

## Exit codes

${table(
  ['code', 'meaning'],
  EXIT_CODE_HELP.map(([exitCode, meaning]) => [String(exitCode), meaning]),
)}
`
}

function kindOf(metric: Metric): string {
  return metric.type === 'histogram'
    ? 'histogram'
    : 'upDown' in metric && metric.upDown
      ? 'gauge (UpDownCounter)'
      : metric.type
}

function metricsPage(): string {
  const rows = CATALOGUE.map((metric) => [
    code(metric.prometheus),
    metric.otel === metric.prometheus ? '' : code(metric.otel),
    kindOf(metric),
    metric.unit,
    metric.labels.map((label) => code(label)).join(' '),
    metric.help,
  ])
  const types = ERROR_TYPES.filter((type) => type !== 'none')
  const errors = types.map((type) => [
    code(type),
    ERROR_CODES.filter(({ errorType }) => errorType === type)
      .map((entry) => code(entry.code))
      .join(' '),
  ])
  return `# Metrics

All of them are on \`/metrics\` and go over OTLP, from the same snapshots. Every series has the labels ${IDENTITY_LABELS.map((name) => code(name)).join(', ')} as
well. On \`/metrics\` the dots of a label are underscores. Labels come from closed sets, never from keys, values or error
texts. Counters and histograms cover the measured phase (connections: the whole run). This page is made from the
catalogue in \`src/model/catalogue/\` (\`npm run docs\`).

${table(['Prometheus', 'OTLP, where it differs', 'kind', 'unit', 'labels', 'what it says'], rows)}

## Outcomes and errors

\`ok\`: the server answered without an error. \`failed\`: it certainly had no effect, or the server said so. \`indeterminate\`:
it was sent and the answer never came, so the server may or may not have run it. \`error_type\` is the coarse label that
the family of Redis test applications shares; \`error.type\` is the finer code:

${table(['error_type', 'codes'], errors)}
`
}

function envExample(): string {
  const lines = SETTING_GROUPS.flatMap((group) => {
    const settings = SETTINGS.filter((setting) => setting.group === group && setting.env.length > 0)
    return settings.length === 0 ? [] : [`# ${group}`, ...settings.flatMap(envLines), '']
  })
  return `# Copy to .env, and uncomment what you need. What is set in the process wins over this file.
# Made from the table in src/config/settings/ (npm run docs).

${lines.join('\n')}`
}

function envLines({ env, default: value, secret, help }: Setting): string[] {
  const example = value === null || secret !== undefined ? '' : plain(value)
  return [`# ${help}`, `#${env[0]!}=${example}`]
}
