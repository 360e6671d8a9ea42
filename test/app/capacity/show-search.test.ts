import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { showSearch } from '../../../src/app/capacity/show-search.ts'
import { capacityStep } from '../../support/capacity.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const STEP = { kind: 'step', index: 3, rate: 4000, phase: 'bisect' } as const

function shown(columns: number | undefined, isQuiet = false): string {
  let text = ''
  const display = showSearch({ stderr: (more) => (text += more), columns, isQuiet, stepMillis: 4000 })
  display.starts(STEP, 60_000)
  vi.advanceTimersByTime(2100)
  display.ended(capacityStep(4000, { index: 3 }))
  vi.advanceTimersByTime(5000)
  display.close()
  return text
}

describe('what a search shows while it goes on', () => {
  it('is one line for each step where nobody watches', () => {
    expect(shown(undefined)).toBe('step  3 ·     4,000 ops/s · held   · p50 0.200 p99 1.000 ms\n')
    expect(shown(undefined, true)).toBe('')
    expect(shown(100, true)).toBe('')
  })

  it('is also a line on a terminal that is written over every second, and is gone in the end', () => {
    const lines = shown(100).split('\r\u001b[2K').slice(1)
    expect(lines).toEqual([
      'step  3 ·     4,000 ops/s · bisect · 0/4 s · about 1 min 0 s left',
      'step  3 ·     4,000 ops/s · bisect · 1/4 s · about 59 s left',
      'step  3 ·     4,000 ops/s · bisect · 2/4 s · about 58 s left',
      'step  3 ·     4,000 ops/s · held   · p50 0.200 p99 1.000 ms\n',
    ])
  })

  it('never wraps', () => {
    const lines = shown(40).split('\r\u001b[2K').slice(1, 4)
    expect(lines.map(({ length }) => length)).toEqual([39, 39, 39])
  })
})
