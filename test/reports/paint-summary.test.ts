import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { paintSummary } from '../../src/reports/paint-summary.ts'

const red = (text: string): string => `\u001b[31m${text}\u001b[0m`

describe('colours', () => {
  it.each([
    ['FAIL          1 of 2', '\u001b[1m\u001b[31mFAIL\u001b[0m          1 of 2'],
    ['              ✗ p99 < 1ms  2ms', `              ${red('✗ p99 < 1ms  2ms')}`],
    ['thresholds    1 OF 2 NOT MET', `thresholds    ${red('1 OF 2 NOT MET')}`],
    ['FAULTS WERE NOT TAKEN BACK: 1; the', red('FAULTS WERE NOT TAKEN BACK: 1; the')],
    ['ERROR: it broke', red('ERROR: it broke')],
    ['warning       slow', '\u001b[33mwarning\u001b[0m       slow'],
    ['limited by    THE GENERATOR: late', 'limited by    \u001b[33mTHE GENERATOR\u001b[0m: late'],
    ['GET        ok service  3', 'GET        ok service  3'],
  ])('of %j', (line, painted) => {
    expect(paintSummary(line)).toBe(painted)
  })

  it('change nothing of what is said', () => {
    const text = 'PASS  all\n\noperation  latency\nGET: not an alarm\n  ✓ yes\n'
    expect(stripVTControlCharacters(paintSummary(text))).toBe(text)
  })
})
