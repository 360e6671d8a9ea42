import type { ThresholdKind } from '../../src/model/threshold-metric.ts'
import {
  THRESHOLD_METRICS,
  thresholdMetric,
  type ThresholdMetricName,
} from '../../src/model/threshold-metrics.ts'

const UNITS: Readonly<Record<ThresholdKind, string>> = {
  time: '`us` `ms` `s`',
  duration: '`us` `ms` `s`',
  share: '`%`, or 0 to 1',
  count: '',
  rate: '',
}

/** How one writes it. */
function spelling(name: ThresholdMetricName): string {
  const { kind, operation } = thresholdMetric(name)
  if (operation === 'fault') return `\`fault(client-kill)${name.slice('fault'.length)}\``
  if (operation === 'instant') return `\`${name}(30s)\``
  const stem = kind !== 'time' ? name : name === 'latency' ? 'p99' : `${name}.p99`
  if (operation === 'none') return `\`${stem}\``
  return operation === 'required' ? `\`${stem}(GET)\`` : `\`${stem}\` \`${stem}(GET)\``
}

function row(name: ThresholdMetricName): string {
  const { help, kind, scope, course, withoutData } = thresholdMetric(name)
  const cells = [
    spelling(name),
    UNITS[kind],
    help,
    scope === 'phase' ? 'yes' : '',
    course === 'known_at_end' ? '' : course === 'counts' ? 'with an upper limit' : 'yes',
    course === 'counts' ? '' : withoutData.ok ? 'met' : 'not met',
  ]
  return `| ${cells.join(' | ')} |`
}

/** docs/thresholds.md, with the table of everything that a threshold can be about. */
export function thresholdsPage(): string {
  const names = Object.keys(THRESHOLD_METRICS) as ThresholdMetricName[]
  return `# Thresholds

A threshold is a sentence that has to be true of the results:

\`\`\`
p99(GET) < 2ms
error_rate < 0.1%
reconnection.p95 < 500ms
dropped == 0
audit.lost == 0
p99(GET) < 2ms in steady
\`\`\`

That is a metric, a comparison (\`<\` \`<=\` \`>\` \`>=\` \`==\` \`!=\`), a value with its unit and, if it is about one phase of the
load only, \`in\` and the name of a stage. Times need a unit. Capitals and spaces do not matter.

## Where to write them

In a profile, as texts or as mappings:

\`\`\`yaml
thresholds:
  - p99(GET) < 2ms
  - error_rate < 0.1% abort after 10s
  - threshold: dropped == 0 # the same as "dropped == 0 abort after 30s"
    abort_on_fail: true
    abort_after: 30s
\`\`\`

As flags (\`--threshold 'p99(GET) < 2ms' --threshold 'dropped == 0'\`), or in \`TEST_THRESHOLDS\` with \`;\` in between. As with
every setting, flags replace what the environment and the profile say; \`--threshold none\` removes all.

A threshold that could never be judged is a mistake of its writer and ends the tool with exit code 2 before any load: a
metric or operation that does not exist, a phase that the load does not have, a response time in a closed loop, what servers
say when nobody asks them.

## What comes of them

The report has a table, with the actual number of each:

\`\`\`
thresholds    1 OF 3 NOT MET
              ✓ p99(GET) < 2ms            1.535ms
              ✗ error_rate < 0.1%         0.52%
              ✓ reconnection.p95 < 500ms  no data: no connection was lost
\`\`\`

They are in \`thresholds\` of the JSON result and, from a journal, in \`redis-test report\`, too. When one is not met the exit
code is 4. A thread that died (1) and a failed audit (5) outrank it: their numbers are not worth a judgement. It outranks
the code of a signal (130, 143).

What is compared is the exact number, as it stands in the histograms and counters, never a rounded one. Quantiles are
those of the report: nearest rank, within 0.5 %. When the shown number would read like the limit, it gets more digits.

## Ending the run early

\`abort\` (or \`abort_on_fail: true\`) ends the load as soon as the threshold is not met; \`abort after 10s\` not earlier than ten
seconds into the measured time (or the phase, for a threshold on one), so that a handful of first commands decides
nothing. It is judged once a second, on the totals of that time so far. The run then ends as after a first signal: answers are waited for, the report is
written, \`end_reason\` is \`thresholds\`, and the log and the table say which one it was. All thresholds are then judged
on what there is.

What only grows (counts) can end a run only when it has passed its limit for good: \`failed < 10\` can, \`ok > 10\` cannot.
What is known at the end only cannot at all. Asking for either is a mistake, exit code 2. Without data yet, a threshold
ends nothing.

## What they can be about

A name without a dot before it (\`p99\`, \`p99(GET)\`) is a time: response time in an open loop, service time in a closed
one (and for what has connections of its own), of all settled commands. Commands that failed or timed out are in it, or
losing the slow ones would make a quantile better; watch \`error_rate\` as well. Statistics are \`mean\`, \`min\`, \`max\` and any quantile from \`p0\` to \`p100\`, with fractions
(\`p99.99\`). Without an operation it is about all commands; batches (\`p99(PIPELINE)\`) are asked for by their name.

Connections and servers are counted over the whole run, everything else over the measured time. A connection that is still down at
the end counts in \`reconnection\` with the time it has been down, so that an outage without an end meets no limit.
What can be asked of disturbances (\`recovered_within\`, \`fault(client-kill).failed\`, …) stands in
[disturbances.md](disturbances.md); \`expect:\` and \`--expect\` are a list of their own for them.
A threshold on \`verify.*\` is not met unless reads were verified: \`--verify\` ([verification.md](verification.md)).
\`lost\`, \`duplicated\` and the like are about audit writes, \`--audit-writes\` ([acknowledged-writes.md](acknowledged-writes.md)),
and are not met without any, nor when they could not be read back.

\`server.*\` is what the servers say of themselves over the whole run ([server-side.md](server-side.md)): a mistake with
\`--server-metrics off\`, and not met where no server says it.

| written | units | what it is | per phase | may abort | without data |
| --- | --- | --- | --- | --- | --- |
${names.map(row).join('\n')}

\`audit.lost\` is the sum, over warm-up and measured time, of three differences where they are above zero:

- scheduled − issued − dropped: what was due, and was neither sent nor counted as dropped;
- issued − ok − failed − indeterminate − in flight at the end: what was sent, and of which nothing is known;
- for each command, what the server must have executed for the answers that we got, minus what it counted, where the two
  can be compared (see \`audit.server\` in the result).

## Without data

Nothing is passed or failed in silence: \`actual\` is \`null\` and a note says why. Where nothing happened because nothing
went wrong (no connection was lost) the threshold is met. Everywhere else it is not: the run was meant to show something
and did not.
`
}
