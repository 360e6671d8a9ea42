import { describe, expect, it } from 'vitest'
import { PRESSES } from './presses.ts'
import { describeScenario, simulateAndRepeat } from './repeat.ts'
import { drawScenario, WORLD_FAULTS } from './scenario.ts'
import { simulate } from './simulate.ts'

const SEEDS = 120

describe('a load thread in virtual time', () => {
  it('keeps every invariant, whatever the seed does to it', { timeout: 120_000 }, async () => {
    const broken: string[] = []
    let commands = 0
    let adjustments = 0
    for (let seed = 1; seed <= SEEDS; seed++) {
      const result = await simulateAndRepeat(seed)
      commands += result.commands
      adjustments += result.adjustments
      if (result.broken !== undefined)
        broken.push(`${seed}: ${result.broken.text}\n${describeScenario(result.scenario)}`)
    }
    expect(broken).toEqual([])
    expect(commands).toBeGreaterThan(100 * SEEDS)
    expect(adjustments).toBeGreaterThan(SEEDS / 2)
  })

  it('replays a seed to the last event, whatever the wall clock says', async () => {
    const first = await simulate(7, { trace: true })
    const again = await simulate(7, { trace: true, wallStepMillis: 86_400_000 })
    expect(first.trace.length).toBeGreaterThan(100)
    expect(again.trace).toEqual(first.trace)
    expect(again.hash).toBe(first.hash)
    expect((await simulate(8)).hash).not.toBe(first.hash)
  })

  it('leaves timers and clocks as they were', async () => {
    const { setTimeout, setImmediate } = globalThis
    const { random } = Math
    await simulate(9)
    expect([globalThis.setTimeout, globalThis.setImmediate, Math.random]).toEqual([
      setTimeout,
      setImmediate,
      random,
    ])
    expect(Math.abs(Date.now() - Number(new Date()))).toBeLessThan(1000)
  })
})

describe('scenarios', () => {
  const scenarios = Array.from({ length: 1000 }, (_, seed) => drawScenario(seed))

  it('hold every fault, preset, loop and kind of batch', () => {
    const kinds = new Set(scenarios.flatMap(({ world }) => world.map(({ kind }) => kind)))
    expect([...kinds].toSorted()).toEqual([...WORLD_FAULTS].toSorted())
    const seen = (of: (scenario: (typeof scenarios)[number]) => string): string[] =>
      [...new Set(scenarios.map(of))].toSorted()
    expect(seen(({ client }) => client.preset)).toEqual(['as-app', 'measure'])
    expect(seen(({ load }) => load.model)).toEqual(['closed', 'open'])
    const pressed = new Set(scenarios.flatMap(({ presses }) => presses.map(({ key }) => key)))
    expect([...pressed].toSorted()).toEqual(Object.keys(PRESSES).toSorted())
    expect(seen(({ unit }) => unit.kind)).toEqual(['pipeline', 'single', 'transaction'])
  })

  it('end: a load without an end of its own gets a signal', () => {
    const endless = scenarios.filter(({ load, stop }) => load.duration_ms === null && stop === null)
    expect(endless).toEqual([])
  })
})
