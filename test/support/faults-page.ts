import { FAULT_CATALOGUE, FAULT_KINDS, type FaultKind } from '../../src/model/fault-catalogue.ts'
import type { FaultSpec, ParameterSpec } from '../../src/model/fault-catalogue/fault-spec.ts'
import { SELECTOR_EXPECTED } from '../../src/model/node-selector.ts'

const code = (text: string): string => `\`${text}\``
const cell = (text: string): string => text.replaceAll('|', '\\|')
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')

function shownDefault({ type, default: value, required }: ParameterSpec): string {
  if (required === true) return 'needed'
  if (value === undefined) return ''
  return code(type === 'duration' ? `${Number(value) / 1000}s` : String(value))
}

function accepts({ type, choices, expected, min, max }: ParameterSpec): string {
  if (choices !== undefined) return choices.map(code).join(' ')
  if (type === 'nodes') return 'servers'
  if (min !== undefined && type !== 'duration')
    return `${type} from ${min}${max === undefined ? '' : ` to ${max}`}`
  return type === 'text' ? (expected ?? 'text') : type
}

function section(kind: FaultKind): string {
  const spec: FaultSpec = FAULT_CATALOGUE[kind]
  const { isDangerous, parameters, lasts, on, takesShare } = spec
  const danger =
    typeof isDangerous === 'boolean' ? (isDangerous ? 'yes' : 'no') : 'yes, unless the connections are ours'
  const common = [
    ...(lasts === null
      ? []
      : [`${code('for')} (usually ${lasts.usual / 1000} s, at most ${lasts.max / 1000} s)`]),
    ...(on === null ? [] : [`${code('on')} (usually ${code(on)})`]),
    ...(takesShare ? [`${code('share')} (usually all)`] : []),
  ]
  const facts = [
    `${spec.help}.`,
    '',
    `- Dangerous: ${danger}`,
    `- Needs: ${spec.needs}`,
    `- Taken back by: ${spec.undo}`,
    `- What one sees: ${spec.seen}`,
    `- Takes: ${['`at`, `every`, `jitter`', ...common].join(', ')}`,
  ]
  const rows = Object.entries(parameters).map(([name, one]) => [
    code(name),
    accepts(one),
    shownDefault(one),
    one.help,
  ])
  const own = rows.length === 0 ? [] : ['', table(['parameter', 'takes', 'default', 'what it says'], rows)]
  return [`### ${kind}`, '', ...facts, ...own, ''].join('\n')
}

/** docs/faults.md: the prose is here, what each kind is comes from the catalogue. */
export function faultsPage(): string {
  const overview = FAULT_KINDS.map((kind) => {
    const { isDangerous, help, lasts } = FAULT_CATALOGUE[kind]
    const danger = typeof isDangerous === 'boolean' ? (isDangerous ? 'yes' : '') : 'partly'
    return [`[${kind}](#${kind})`, help, lasts === null ? 'at once' : 'lasts', danger]
  })
  return `# Faults

What a run breaks on purpose, and how it is put back. This page is made from the catalogue in
\`src/model/fault-catalogue/\` (\`npm run docs\`).

## In a profile

\`\`\`yaml
faults:
  - kind: client-kill # the server closes half of our connections, every half minute
    at: 10s # after the warm-up; without it: after the first \`every\`
    every: 30s # without it: once
    jitter: 2s # each one earlier or later by up to so much
    share: 50%
  - kind: pause # dangerous: it needs --allow-dangerous
    at: 20s
    for: 2s # how long it lasts
    on: random-master
    mode: write # a parameter of its kind
\`\`\`

Each kind takes what its section below says, and nothing else; what is wrong is told with its place before anything is
connected. Kinds may be spelled with \`_\` as well. The seed of the run (\`--seed\`) decides the jitter and what is drawn:
servers, connections, slots. The same seed gives the same instants and the same draws, whatever the waves before did.

\`on\` names servers: ${SELECTOR_EXPECTED}. \`master\`, \`replica\` and \`random…\` draw one of those that qualify,
\`shard:N\` is the master of the shard with the Nth lowest slots, counted from 0. A server that is down is meant only by
its address. Standalone servers, Clusters and Sentinels are asked who is who at the moment of the fault.

## From another terminal

\`\`\`
redis-test fault --list                        # the kinds, and the runs that are going on
redis-test fault pause mode=write --for 5s     # in the one run of this user on this machine
redis-test fault client-kill --share 20% --run 4be4
\`\`\`

It waits until the fault is over and taken back, and says what became of it (\`--json\`: all of it); exit code 1 when it
failed. Validation, guards, journal, metrics and result are the same as for a fault of the profile; the result says
\`"origin": "live"\`. The run listens on a unix socket in \`$XDG_RUNTIME_DIR/redis-test\` (or \`redis-test-<uid>\` in the
temporary folder), which only its user can open.

## Guards

Our own connections (client-kill of ours, socket-cut, proxy) may be broken in any run. Everything else is dangerous and
needs both:

- \`--allow-dangerous\` on the command line or in the environment; a profile cannot say it.
- Targets that are allowed: servers on this machine (127.0.0.0/8, ::1, localhost; so the embedded server) and those of
  \`--fault-target host:port\`, which may be repeated. Where a fault may choose, every server of the deployment has to be
  on the list.

A plan that breaks this is refused before any load, with exit code 2. A server that appears later and is not on the list
is not hit: the fault fails.

## How a fault is put back

1. What there is to put back is asked of the server first (\`CONFIG GET\`, \`ACL GETUSER\`, the slots of a master).
2. A line \`fault_planned\` with the steps that take it back goes to the journal, and to the disk (fsync). If that fails,
   the fault does not act. Without \`--journal\`, the line goes to a file of the run in the folder of the socket, which is
   removed when all is put back.
3. It acts. A fault that fails half-way is taken back at once, and is a failed entry in the result.
4. It is taken back at its end, at the end of the run, on SIGINT and SIGTERM, and when a load thread dies. Each step is
   tried again for up to 15 seconds (2.5 after a signal). What could not be done is said loudly and makes the exit code 1.
5. After \`kill -9\`, or a second signal: \`redis-test recover JOURNAL\`, with the credentials of the target given as usual
   (\`REDIS_PASSWORD\`, …). It prints each step; \`not needed\` is what was put back already, so doing it twice does no
   harm. Exit code 0 when everything is as it was, 1 with a line for each thing that could not be done.

The journal never holds a password. The one of password-rotation is made of the right one and a random salt, so that
whoever knows the right one gets in after a crash, and nobody else does. Two faults may not change the same thing at the
same time: the second fails.

A failover and a Sentinel's are not undone: a change of roles is no damage. Cause another one to go back.

## Where they show

| where | what |
| --- | --- |
| result | \`faults\`: kind, origin, servers, connections, planned, begun and ended, what was done, whether it was taken back, errors ([result.md](result.md)) |
| text | a line for each kind, one for each fault that lasted; what was not taken back in capitals |
| progress | \`FAULT pause\` while it lasts |
| metrics | \`redis_test_faults_total\`, \`redis_test_active_faults\`, \`redis_test_fault_connections_total\`, \`redis_test_fault_reverts_total\` |
| Grafana | a mark where one begins and a region while it lasts, on every panel |
| traces | an event at its beginning and a span \`fault <kind>\` |
| journal | \`fault_planned\` before it acts, \`fault\` when it has begun and when it is over |

## Kinds

${table(['kind', 'what it does', 'time', 'dangerous'], overview)}

${FAULT_KINDS.map(section).join('\n')}`
}
