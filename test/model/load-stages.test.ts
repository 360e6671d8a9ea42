import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextPhase, peakOpsPerSecond, stageAt, stagesMillis } from '../../src/model/load-stages.ts'
import { planOf } from '../support/plan.ts'

const loadOf = (stages: string, flags: Record<string, string | boolean> = {}) =>
  planOf({ 'load.stages': stages, ...flags }).plan.load
const repeated = { 'load.repeat_stages': true }

describe('stageAt', () => {
  const load = loadOf('a:1s:5,b:2s:6', repeated)

  it.each([
    [0, 'a', 0, 1000],
    [999.9, 'a', 0, 1000],
    [1000, 'b', 1000, 3000],
    [3000, 'a', 3000, 4000],
    [301_500, 'b', 301_000, 303_000],
  ])('at %d ms is %s', (at, name, startMillis, endMillis) => {
    expect(stageAt(load, at)).toMatchObject({ stage: { name }, startMillis, endMillis })
  })

  it('stays with the last stage after the end, and has none where there is none', () => {
    expect(stageAt(loadOf('a:1s:5,b:1s:6'), 9000)).toMatchObject({ stage: { name: 'b' }, endMillis: 2000 })
    expect(stageAt(planOf().plan.load, 0)).toBeUndefined()
  })
})

describe('nextPhase', () => {
  it('is where another name begins', () => {
    const load = loadOf('a:1s:5,a:1s:..9,b:2s:6', repeated)
    expect(nextPhase(load, 0)).toMatchObject({ stage: { name: 'b' }, startMillis: 2000 })
    expect(nextPhase(load, 2000)).toMatchObject({ stage: { name: 'a' }, startMillis: 4000 })
  })

  it('joins the end of a round with the beginning of the next', () => {
    const load = loadOf('a:1s:5,b:1s:6,a:1s:7', repeated)
    expect(nextPhase(load, 2000)).toMatchObject({ stage: { name: 'b' }, startMillis: 4000 })
  })

  it('is none after the last, and none where all have one name', () => {
    expect(nextPhase(loadOf('a:1s:5,b:1s:6'), 1000)).toBeUndefined()
    expect(nextPhase(loadOf('a:1s:5,a:1s:6', repeated), 0)).toBeUndefined()
    const steady = planOf({ 'load.target_ops_per_second': '5', 'load.ramp': '1s' }).plan.load
    expect(nextPhase(steady, 0)).toMatchObject({
      stage: { name: 'steady' },
      endMillis: Number.POSITIVE_INFINITY,
    })
    expect(nextPhase(steady, 1000)).toBeUndefined()
  })

  it('always goes on, also where the lengths are no whole numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 100, max: 5000, noNaN: true }), { minLength: 2, maxLength: 5 }),
        (lengths) => {
          const stages = lengths.map((duration_ms, index) => ({
            name: String(index),
            duration_ms,
            from_ops_per_second: 1,
            to_ops_per_second: 1,
            concurrency: null,
          }))
          const load = { stages, repeat_stages: true }
          let at = 0
          for (let boundary = 1; boundary < 200; boundary++) {
            const next = nextPhase(load, at)!
            expect(next.stage.name).toBe(String(boundary % lengths.length))
            expect(next.startMillis).toBeGreaterThan(at)
            at = next.startMillis
          }
          expect(at / stagesMillis(stages)).toBeCloseTo(199 / lengths.length, -1)
        },
      ),
    )
  })
})

describe('peakOpsPerSecond', () => {
  it('is the highest rate there will be', () => {
    expect(peakOpsPerSecond(loadOf('a:1s:5..30,b:1s:6'))).toBe(30)
    expect(peakOpsPerSecond(planOf({ 'load.target_ops_per_second': '7' }).plan.load)).toBe(7)
    expect(peakOpsPerSecond(planOf().plan.load)).toBe(0)
    expect(peakOpsPerSecond(loadOf('a:1s:5c'))).toBe(0)
  })
})
