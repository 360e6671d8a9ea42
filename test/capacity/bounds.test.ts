import { describe, expect, it } from 'vitest'
import { boundsOf } from '../../src/capacity/bounds.ts'
import { bracketOf, nextStep, type Observation } from '../../src/capacity/search.ts'
import { createRandom } from '../../src/model/random.ts'
import { noisyServer } from '../support/noisy-server.ts'

const OPTIONS = { from: 1000, to: null, precision: 0.03, repeats: 3, forgiven: 4, maxSteps: 200 }

function observe(server: (rate: number) => boolean): Observation[] {
  const observations: Observation[] = []
  for (;;) {
    const next = nextStep(observations, OPTIONS)
    if (next.kind === 'over') return observations
    observations.push({ rate: next.rate, held: server(next.rate), disturbed: false })
  }
}

const at = (rate: number, held: boolean, disturbed = false): Observation => ({ rate, held, disturbed })

describe('bounds of a capacity', () => {
  it.each([
    { deviation: 0, lapses: 0, widest: 0.05 },
    { deviation: 0.01, lapses: 0.05, widest: 0.08 },
    { deviation: 0.02, lapses: 0.1, widest: 0.1 },
  ])(
    'hold the truth in 95 % of searches: $deviation, $lapses',
    { timeout: 60_000 },
    ({ deviation, lapses, widest }) => {
      const seeds = 60
      let within = 0
      let width = 0
      for (let seed = 1; seed <= seeds; seed++) {
        const random = createRandom(seed)
        const capacity = 500 * 1000 ** random.next()
        const observations = observe(noisyServer(capacity, { deviation, lapses, random }))
        const bounds = boundsOf(observations, bracketOf(observations, OPTIONS))!
        const [low, high] = [bounds.low_ops_per_second, bounds.high_ops_per_second!]
        if (low <= capacity && capacity <= high) within++
        width += high / low - 1
      }
      // 95 % of 60 are 57; 53 or fewer would be seen by chance in one of forty.
      expect(within).toBeGreaterThan(53)
      expect(width / seeds).toBeLessThan(widest)
    },
  )

  it('are narrower the more steps agree', () => {
    const once = [at(1000, true), at(2000, false), at(2000, false)]
    const often = [...once, ...once, ...once, at(1400, true), at(1450, false), at(1450, false)]
    const [wide, narrow] = [once, often].map((all) => boundsOf(all, bracketOf(all, OPTIONS))!)
    const span = ({ low_ops_per_second: low, high_ops_per_second: high }: typeof wide & object): number =>
      high! / low
    expect(span(narrow!)).toBeLessThan(span(wide!))
    expect(narrow!.low_ops_per_second).toBeGreaterThan(1200)
    expect(narrow!.high_ops_per_second).toBeLessThan(1700)
  })

  it('take no notice of what was disturbed, and have no upper end where nothing else failed', () => {
    const disturbed = [
      at(1000, true),
      at(1500, true),
      ...Array.from({ length: 6 }, () => at(2000, false, true)),
    ]
    const bounds = boundsOf(disturbed, { held: 1500, failed: 2000 })!
    expect(bounds.high_ops_per_second).toBeNull()
    expect(bounds.low_ops_per_second).toBeGreaterThan(1200)
    const clear = [...disturbed, at(2000, false), at(2000, false)]
    expect(boundsOf(clear, { held: 1500, failed: 2000 })!.high_ops_per_second).toBeLessThan(2500)
  })

  it('are not there before something held and something failed', () => {
    expect(boundsOf([at(1000, true)], { held: 1000, failed: null })).toBeNull()
    expect(boundsOf([at(1000, false)], { held: null, failed: 1000 })).toBeNull()
  })
})
