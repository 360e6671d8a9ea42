import { describe, expect, it } from 'vitest'
import { curveOf, kneeOf } from '../../../src/capacity/curve.ts'
import type { CapacityResult } from '../../../src/model/capacity-result.ts'
import { plotCapacity } from '../../../src/reports/capacity/plot-capacity.ts'
import {
  renderStepInProgress,
  renderStepLine,
  renderTextCapacity,
} from '../../../src/reports/capacity/text-capacity.ts'
import { capacityStep, failedStep } from '../../support/capacity.ts'
import { sampleCapacity } from '../../support/capacity-result.ts'
import { problemsOfCapacity } from '../../support/validate-result.ts'

const none: Partial<CapacityResult> = { curve: [], steps: [], knee: null, limit: null }

describe('the answer of a search', () => {
  it('reads like this', () => {
    expect(renderTextCapacity(sampleCapacity(), 60)).toMatchInlineSnapshot(`
      "redis-test 1.2.3 · capacity · test · 8 steps of 10 s after 1 s warm-up · 1 min 34 s

      capacity      5,600 ops/s keeps p99 < 2ms; 5,700 does not (1.8 % more)
      bounds        5,480 to 5,760 ops/s with 95 % confidence (8 steps)
      limited by    promise: p99 < 2ms was 3.1ms
                    the generator kept up: 0.80 of 2 cores, start lag p99 0.4 ms
                    the server used 40 % of a core
      knee          4,000 ops/s, mean 0.300 ms: more load costs more time than it brings
      calibration   the generator was at 40 % of what it can do here (14,000 ops/s, from 0.250 ms p50)

      response time, p99 (upper line) and p50 (lower line), against the rate
        180.0 ms ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡠⠊
                 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡠⠊⠀⠀
                 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡠⠊⠀⠀⠀⢀
                 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡠⠊⠀⠀⠀⢀⠔⠁
        13.99 ms ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡠⠊⠀⠀⠀⢀⠔⠁⠀⠀
                 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡠⠊⠀⠀⠀⢀⠔⠁⠀⠀⠀⠀
                 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡠⠊⠀⠀⠀⢀⠔⠁⠀⠀⠀⠀⠀⠀
                 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⣀⡠⠴⠁⠀⠀⢀⠔⠁⠀⠀⠀⠀⠀⠀⠀⠀
        1.087 ms ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⣀⣀⣀⣀⣀⡠⠤⠤⠤⠔⠒⠒⠉⠉⠀⠀⠀⠀⠀⢀⠔⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
                 ┤⠀⠀⠀⠀⠀⠀⠉⠉⠉⠉⠉⠉⠉⠉⠉⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡔⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
                 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⣀⣀⣀⠤⠤⠤⠒⠚⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
        0.160 ms ┤⠀⠀⠀⠀⠀⠀⣀⣀⣀⡠⠤⠤⠤⠤⠤⠔⠒⠒⠒⠒⠒⠊⠉⠉⠉⠉⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
                 └────────────────────────K────────C──────────────
                  0                                    8,000 ops/s

       rate  answered/s  mean [ms]    p50    p95    p99     steps
      1,000       1,000      0.200  0.160  0.400  0.800    1 held
      2,000       2,000      0.220  0.176  0.440  0.880    1 held
      4,000       4,000      0.300  0.240  0.600  1.200    1 held
      5,600       5,600      0.480  0.384  0.960  1.920    1 held
      5,700       5,700      0.788  0.630  1.575  3.150  2 failed
      8,000       6,050      45.00  36.00  90.00  180.0  2 failed
      "
    `)
  })

  it('says what is known when it was ended before its time', () => {
    const ended = { ...none, end_reason: 'signal', interval: { held: 2000, failed: null } } as const
    const text = renderTextCapacity(sampleCapacity(ended), 60)
    expect(text).toContain('NOT FINISHED  ended by the user: this is what is known until then')
    expect(text).toContain('capacity      2,000 ops/s keeps p99 < 2ms; higher rates were not tried')
    const failed = {
      ...none,
      end_reason: 'failed',
      error: 'refused',
      interval: { held: null, failed: null },
    } as const
    expect(renderTextCapacity(sampleCapacity(failed), 60)).toMatch(
      /NOT FINISHED {2}a step could not be run: .* \(refused\)\ncapacity {6}unknown: no step was finished/,
    )
  })

  it('says that it is only a lower bound where the generator gave out', () => {
    const text = renderTextCapacity(
      sampleCapacity({
        is_lower_bound: true,
        bounds: { confidence: 0.95, low_ops_per_second: 5480, high_ops_per_second: null },
        steps: [...sampleCapacity().steps, failedStep(5700, { disturbed: true })],
      }),
      60,
    )
    expect(text).toContain(
      'capacity      at least 5,600 ops/s keeps p99 < 2ms: it is the generator, not the server, that does not do 5,700\n' +
        'bounds        at least 5,480 ops/s with 95 % confidence (8 steps; 1 more was disturbed and does not count)',
    )
  })

  it('says when there is no such rate, and when there is no higher one', () => {
    const nothing = { ...none, end_reason: 'none_held', interval: { held: null, failed: 16 } } as const
    expect(renderTextCapacity(sampleCapacity(nothing), 60)).toContain(
      'none: not even 16 ops/s keeps p99 < 2ms',
    )
    const all = { ...none, end_reason: 'all_held', interval: { held: 9000, failed: null } } as const
    expect(renderTextCapacity(sampleCapacity(all), 60)).toContain(
      'p99 < 2ms, the highest rate allowed (--to)',
    )
  })
})

describe('the JSON of a search', () => {
  it('is valid by its published schema', () => {
    expect(problemsOfCapacity(JSON.parse(JSON.stringify(sampleCapacity())))).toEqual([])
    expect(problemsOfCapacity({ ...sampleCapacity(), schema_version: 2 })).not.toEqual([])
  })
})

describe('the curve in the terminal', () => {
  it('has the width that it is given, and marks of the knee and the capacity', () => {
    for (const width of [40, 80, 200]) {
      const lines = plotCapacity(sampleCapacity(), width)
      expect(Math.max(...lines.slice(1).map(({ length }) => length))).toBe(width)
      expect(lines.find((line) => line.includes('└'))).toMatch(/└─+K─*C─+$/)
    }
  })

  it('rises with the latencies: p99 at the right end is in the upper half, p50 at the left one in the lowest row', () => {
    const rows = plotCapacity(sampleCapacity(), 60).filter((line) => line.includes('┤'))
    const drawn = rows.map((row) => row.split('┤')[1]!)
    expect(drawn[0]!.at(-1)).not.toBe('⠀')
    expect(drawn.at(-1)!.search(/[^⠀]/)).toBeGreaterThanOrEqual(0)
    expect(drawn.at(-1)!.search(/[^⠀]/)).toBeLessThan(20)
  })

  it('is left out where there is nothing to draw', () => {
    expect(plotCapacity(sampleCapacity(none), 60)).toEqual([])
    const curve = curveOf([capacityStep(1000)])
    expect(kneeOf(curve)).toBeNull()
    expect(plotCapacity(sampleCapacity({ curve }), 60)).toEqual([])
  })
})

describe('progress of a search', () => {
  it('has a line for each step', () => {
    expect(renderStepLine(capacityStep(12_500))).toBe(
      'step  1 ·    12,500 ops/s · held   · p50 0.200 p99 1.000 ms',
    )
    expect(renderStepLine(failedStep(500))).toContain('FAILED · p50 0.200 p99 1.000 ms · p99 < 2ms was 3.1ms')
    const disturbed = failedStep(500, {
      disturbed: true,
      disturbances: ['arrivals started late (p99 12 ms)'],
    })
    expect(renderStepLine(disturbed)).toContain(
      'DISTURBED · p50 0.200 p99 1.000 ms · p99 < 2ms was 3.1ms; arrivals started late (p99 12 ms)',
    )
  })

  it('says how long it may take', () => {
    const step = { index: 4, rate: 8000, phase: 'bisect' }
    const times = { elapsedMillis: 3000, stepMillis: 11_000, millisLeft: 103_000 }
    expect(renderStepInProgress(step, times)).toBe(
      'step  4 ·     8,000 ops/s · bisect · 3/11 s · about 1 min 40 s left',
    )
    expect(renderStepInProgress(step, { ...times, millisLeft: null })).toContain('unknown until a rate fails')
  })
})
