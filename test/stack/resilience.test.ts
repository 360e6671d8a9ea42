import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { profile } from '../e2e/support/command-line.ts'
import { until } from '../e2e/support/until.ts'
import { type RunningStack, startStack, untilLingering, whyNot } from './support/running-stack.ts'

/** The collector is killed in the middle of a run: the load must not notice, and the numbers must be right afterwards. */
const reason = whyNot()
if (reason !== undefined) console.warn(`test/stack is skipped: ${reason}`)

const STEADY = profile(
  'steady',
  `load:
  target_ops_per_second: 2000
  clients: 10
operations:
  - command: SET
  - command: GET
`,
)
const SECONDS = 36
const DOWN = { from: 12, millis: 8000 }

describe.skipIf(reason !== undefined)('a collector that is killed and comes back', () => {
  let stack: RunningStack
  beforeAll(async () => {
    stack = await startStack(['one'])
  })
  afterAll(() => (stack as RunningStack | undefined)?.stop())

  it('does not disturb the run, and counters in Prometheus are right afterwards', async () => {
    const run = stack.startInstance('one', [
      ...['--workload-profile', STEADY, '--warmup', '0', '--duration', String(SECONDS)],
      ...['--metrics-linger', '5m', '--run-id', 'killed-collector'],
    ])
    await until('numbers over OTLP', async () => (await stack.total(OPERATIONS)) > 0)
    await until('the middle of the run', async () => (await issued()) >= 2000 * DOWN.from)
    await stack.restartCollector(DOWN.millis)
    await untilLingering([run])
    const result = stack.resultOf('one')
    expect(result.audit.checks.filter(({ ok }) => !ok)).toEqual([])
    expect(result.totals).toMatchObject({ scheduled: 2000 * SECONDS, failed: 0, indeterminate: 0 })

    // The seconds without a collector against the others; the first and the last are not whole.
    const rates = result.intervals.slice(1, -1).map(({ ok, seconds }) => ok / seconds)
    const down = rates.slice(DOWN.from + 1, DOWN.from + 1 + DOWN.millis / 1000)
    const others = [...rates.slice(0, DOWN.from - 1), ...rates.slice(DOWN.from + 2 + DOWN.millis / 1000)]
    const ratio = mean(down) / mean(others)
    console.info(`throughput without the collector ÷ with it: ${ratio.toFixed(4)}`)
    expect(ratio).toBeGreaterThan(0.98)

    await until(
      'the final count, over OTLP',
      async () => (await stack.total(OPERATIONS)) === result.totals.ok,
    )
    // The restart is no reset: what was counted meanwhile is in it, and nothing is counted twice.
    expect(await stack.total(`sum(resets(redis_operations_total{job="otlp/redis-test"}[5m]))`)).toBe(0)
    const failed = await stack.total(
      'sum(redis_test_telemetry_exports_total{job="redis-test",signal="metrics",result="failed"})',
    )
    expect(failed).toBeGreaterThan(0)
  })

  const issued = (): Promise<number> =>
    stack.total('sum(redis_test_issued_operations_total{job="redis-test"})')
})

const OPERATIONS = 'sum(redis_operations_total{job="otlp/redis-test"})'
const mean = (values: readonly number[]): number =>
  values.reduce((one, other) => one + other, 0) / values.length
