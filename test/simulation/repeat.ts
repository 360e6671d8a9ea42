import type { Scenario } from './scenario.ts'
import { simulate, type Simulated } from './simulate.ts'

/** Every so manieth seed is run again. */
const REPEATED = 20
const SOME_DAYS_MILLIS = 3 * 86_400_000

/** One seed; of some, once more with another wall clock: what happens must be the same to the last event. */
export async function simulateAndRepeat(seed: number): Promise<Simulated> {
  const result = await simulate(seed)
  if (result.broken !== undefined || seed % REPEATED !== 0) return result
  const again = await simulate(seed, { wallStepMillis: -SOME_DAYS_MILLIS })
  if (again.hash === result.hash && again.broken === undefined) return result
  const text = `the same seed with another wall clock came to ${again.hash}, not ${result.hash}`
  return { ...result, broken: again.broken ?? { invariant: 'INV-21/23', text } }
}

/** What a seed stands for, on one line. */
export function describeScenario(scenario: Scenario): string {
  const { load, client, unit, world, presses, faults, stop } = scenario
  const { target_ops_per_second, concurrency, threads, clients, duration_ms, count, stages } = load
  const speed =
    load.model === 'open' ? `${target_ops_per_second ?? 'staged'}/s ${load.arrivals}` : `${concurrency} units`
  const parts = [
    `${client.preset}, RESP${scenario.protocol}, ${load.model} loop, ${speed}`,
    `${clients} connections, ${threads} threads`,
    unit.kind === 'single' ? 'single commands' : `${unit.kind} of ${unit.size}`,
    `${load.warmup_ms} + ${duration_ms ?? '∞'} ms${count === null ? '' : `, count ${count}`}${stages.length === 0 ? '' : `, ${stages.length} stages`}`,
    `deadline ${client.command_timeout_ms} ms, ${load.max_in_flight} in flight, drain ${load.drain_ms} ms`,
    ...(client.renew_after === null ? [] : [`renewed after ${client.renew_after}`]),
    ...world.map(({ kind, at, millis }) => `${kind} at ${at.toFixed(0)} for ${millis.toFixed(0)} ms`),
    ...faults.map(
      ({ kind, at_ms, every_ms }) => `${kind} at ${at_ms}${every_ms === null ? '' : ` every ${every_ms}`} ms`,
    ),
    ...presses.map(({ key, at }) => `${key} pressed at ${at.toFixed(0)} ms`),
    ...(stop === null ? [] : [`SIGINT at ${stop.at.toFixed(0)} ms`]),
  ]
  return parts.join('; ')
}
