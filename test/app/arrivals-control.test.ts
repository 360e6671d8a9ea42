import { describe, expect, it } from 'vitest'
import { ArrivalsControl } from '../../src/app/arrivals-control.ts'
import { RunTimes } from '../../src/app/run-times.ts'
import type { Adjustment } from '../../src/model/adjustment.ts'
import type { Stretch } from '../../src/model/load-time.ts'
import { planOf } from '../support/plan.ts'

const START = 1_700_000_000_000

function createControl(flags: Record<string, string> = {}): {
  control: ArrivalsControl
  clock: { millis: number }
  told: Stretch[]
  kept: Adjustment[]
  times: RunTimes
} {
  const { load } = planOf({
    'load.stages': 'a:10s:100,b:10s:10',
    'load.duration': '20s',
    'load.warmup': '1s',
    ...flags,
  }).plan
  const times = new RunTimes(load, START - 1000)
  const clock = { millis: 2000 }
  const told: Stretch[] = []
  const kept: Adjustment[] = []
  const control = new ArrivalsControl({
    load,
    times,
    source: { now: () => START + clock.millis },
    threads: { adjust: (stretch) => told.push(stretch) },
    recorder: { adjustment: (adjustment) => kept.push(adjustment) },
    isMeasuring: () => clock.millis >= 0,
    onAdjusted() {},
  })
  return { control, clock, told, kept, times }
}

describe('ArrivalsControl', () => {
  it('pauses and goes on, a moment after it is asked to, and everybody is told', () => {
    const { control, clock, told, kept, times } = createControl()
    expect(control.pauseOrResume()).toBe('paused: nothing new is sent')
    expect(control.isPaused).toBe(true)
    clock.millis = 5000
    expect(control.pauseOrResume()).toBe('going on at 100 %')
    expect(told).toEqual([
      { atMillis: 2600, factor: 0, skippedMillis: 0 },
      { atMillis: 5600, factor: 1, skippedMillis: 0 },
    ])
    expect(kept).toEqual([
      { kind: 'pause', at_ms: START + 2600, factor: 0, skipped_ms: 0 },
      { kind: 'resume', at_ms: START + 5600, factor: 1, skipped_ms: 0 },
    ])
    expect(times.load.stretches.slice(1)).toEqual(told)
    expect(control.count).toBe(2)
  })

  it('changes the rate in steps of a tenth, down to a tenth and up to ten times', () => {
    const { control, told } = createControl()
    expect(control.changeRate('more')).toBe('110 % of what the plan asks for')
    expect(control.changeRate('less')).toBe('100 % of what the plan asks for')
    for (let step = 0; step < 9; step++) control.changeRate('less')
    expect(control.changeRate('less')).toBe('10 % is as far as it goes')
    expect(told.at(-1)!.factor).toBe(0.1)
    for (let step = 0; step < 26; step++) control.changeRate('more')
    expect(control.changeRate('more')).toBe('1000 % is as far as it goes')
    expect(told.at(-1)!.factor).toBe(10)
  })

  it('keeps a rate that is chosen in a pause until it goes on', () => {
    const { control, told } = createControl()
    control.pauseOrResume()
    expect(control.changeRate('less')).toBe('90 % once it goes on')
    expect(control.pauseOrResume()).toBe('going on at 90 %')
    expect(told.map(({ factor }) => factor)).toEqual([0, 0.9])
  })

  it('goes on to the next phase, and the end with it; after the last there is none', () => {
    const { control, clock, kept, times } = createControl()
    expect(times.plannedEndMillis).toBe(START + 20_000)
    expect(control.nextPhase()).toBe('going on to b')
    expect(kept).toEqual([{ kind: 'next_phase', at_ms: START + 2600, factor: 1, skipped_ms: 7400 }])
    expect(times.plannedEndMillis).toBe(START + 12_600)
    clock.millis = 3000
    expect(control.nextPhase()).toBe('there is no further phase; q ends the run')
    clock.millis = 12_100
    expect(control.pauseOrResume()).toBe('the load is about to end')
  })

  it('does nothing before the measured time', () => {
    const { control, clock, kept } = createControl()
    clock.millis = -1
    expect([control.pauseOrResume(), control.changeRate('more'), control.nextPhase()]).toEqual([
      'only in the measured time',
      'only in the measured time',
      'only in the measured time',
    ])
    expect(kept).toEqual([])
  })
})
