import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bracketOf,
  nextStep,
  type Observation,
  type SearchOptions,
  stepsLeft,
} from '../../src/capacity/search.ts'
import { createRandom, type Random } from '../../src/model/random.ts'
import { noisyServer } from '../support/noisy-server.ts'

const OPTIONS: SearchOptions = {
  from: 1000,
  to: null,
  precision: 0.03,
  repeats: 3,
  forgiven: 4,
  maxSteps: 200,
}

/** Whether a step at this rate holds, or whether the generator was disturbed in it. */
type Server = (rate: number) => boolean | 'disturbed'

interface Searched {
  readonly observations: readonly Observation[]
  readonly reason: string
  readonly held: number | null
  readonly failed: number | null
}

function search(server: Server, options: SearchOptions = OPTIONS): Searched {
  const observations: Observation[] = []
  for (;;) {
    const next = nextStep(observations, options)
    if (next.kind === 'over')
      return { observations, reason: next.reason, ...bracketOf(observations, options) }
    const answer = server(next.rate)
    observations.push({ rate: next.rate, held: answer === true, disturbed: answer === 'disturbed' })
    if (observations.length > options.maxSteps) throw new Error('more steps than allowed')
  }
}

/** Waits of a queue with one server that takes `1 / perSecond` for each command, and Poisson arrivals: an M/D/1. */
function queueMean(rate: number, perSecond: number, seconds: number, random: Random): number {
  let [now, freeAt, sum, count] = [0, 0, 0, 0]
  while (now < seconds) {
    now += -Math.log(1 - random.next()) / rate
    freeAt = Math.max(freeAt, now) + 1 / perSecond
    sum += freeAt - now
    count++
  }
  return sum / count
}

describe('search for a capacity', () => {
  it('is right within the precision when nothing disturbs it, wherever the capacity is', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 16, max: 5_000_000, noNaN: true }),
        fc.constantFrom(0.01, 0.03, 0.1),
        fc.constantFrom(1, 3, 5),
        (capacity, precision, repeats) => {
          const { reason, held, failed } = search((rate) => rate <= capacity, {
            ...OPTIONS,
            precision,
            repeats,
          })
          expect(reason).toBe('precise')
          expect(held).toBeLessThanOrEqual(capacity)
          expect(failed).toBeGreaterThan(capacity)
          expect(failed! / held!).toBeLessThanOrEqual(1 + precision)
        },
      ),
    )
  })

  it.each([
    { deviation: 0.005, disturbed: 0.05 },
    { deviation: 0.01, disturbed: 0.05 },
    { deviation: 0.01, disturbed: 0.1 },
    { deviation: 0.02, disturbed: 0.1 },
  ])(
    'finds it within 3 % in 95 % of searches with noise: $deviation, $disturbed',
    ({ deviation, disturbed }) => {
      const seeds = 800
      let found = 0
      let steps = 0
      for (let seed = 1; seed <= seeds; seed++) {
        const random = createRandom(seed)
        const capacity = 500 * 1000 ** random.next()
        const { held, observations } = search(noisyServer(capacity, { deviation, lapses: disturbed, random }))
        if (held !== null && Math.abs(held / capacity - 1) <= 0.03) found++
        steps += observations.length
      }
      expect(found / seeds).toBeGreaterThanOrEqual(0.95)
      expect(steps / seeds).toBeLessThan(26)
    },
  )

  it(
    'finds where the mean time of a queue crosses the promise, within 3 % in 95 % of searches',
    { timeout: 60_000 },
    () => {
      // Mean time in an M/D/1 of rate r and service rate m: (1 + u / (2 (1 - u))) / m with u = r / m; 3 / m where u = 0.8.
      const perSecond = 2000
      const capacity = 0.8 * perSecond
      const seeds = 20
      let found = 0
      for (let seed = 1; seed <= seeds; seed++) {
        const random = createRandom(seed)
        const { held } = search(
          (rate) => rate < perSecond && queueMean(rate, perSecond, 30, random) < 3 / perSecond,
        )
        if (held !== null && Math.abs(held / capacity - 1) <= 0.03) found++
      }
      expect(found / seeds).toBeGreaterThanOrEqual(0.95)
    },
  )

  it('always ends, tries no rate more often than its votes, and gives an interval in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(true, false, 'disturbed' as const), { minLength: 1, maxLength: 300 }),
        fc.constantFrom(1, 3, 5, 7),
        fc.double({ min: 0.005, max: 0.5, noNaN: true }),
        fc.option(fc.integer({ min: 1000, max: 100_000 }), { nil: null }),
        (answers, repeats, precision, to) => {
          let asked = 0
          const options = { ...OPTIONS, maxSteps: 5000, to, repeats, precision }
          const { observations, held, failed } = search(() => answers[asked++ % answers.length]!, options)
          const votes = new Map<number, number>()
          for (const { rate } of observations) votes.set(rate, (votes.get(rate) ?? 0) + 1)
          expect(Math.max(...votes.values())).toBeLessThanOrEqual((repeats === 1 ? 1 : repeats + 4) + 12)
          if (held !== null && failed !== null) expect(held).toBeLessThan(failed)
          if (to !== null) expect(Math.max(...votes.keys())).toBeLessThanOrEqual(to)
        },
      ),
    )
  })

  it('ends with what is known when it is out of steps', () => {
    const { observations, reason, held, failed } = search((rate) => rate <= 5000, { ...OPTIONS, maxSteps: 6 })
    expect(observations).toHaveLength(6)
    expect([reason, held, failed]).toEqual(['max_steps', 4000, 8000])
  })

  it('says so when everything holds, and when nothing does', () => {
    const all = search(() => true, { ...OPTIONS, to: 6000 })
    expect([all.reason, all.held, all.failed]).toEqual(['all_held', 6000, null])
    // The highest rate has to stand a majority.
    expect(all.observations.filter(({ rate }) => rate === 6000)).toHaveLength(2)
    const none = search(() => false)
    expect([none.reason, none.held]).toEqual(['none_held', null])
    expect(none.failed).toBeLessThan(20)
    expect(search(() => false, { ...OPTIONS, from: 20 }).failed).toBe(1)
  })

  it('goes down from a first rate that is too high', () => {
    const { held, failed } = search((rate) => rate <= 100, { ...OPTIONS, from: 1000 })
    expect(held).toBeLessThanOrEqual(100)
    expect(failed).toBeGreaterThan(100)
  })

  it.each([300, 20])('finds %s/s also from a first rate that is a thousand times too high', (capacity) => {
    const { reason, held, failed } = search((rate) => rate <= capacity, { ...OPTIONS, from: 1000 * capacity })
    expect(reason).toBe('precise')
    expect(held).toBeGreaterThan(0.97 * capacity)
    expect(failed).toBeGreaterThan(capacity)
  })

  it.each([
    { share: 0.25, least: 0.97, most: 34 },
    { share: 0.5, least: 0.92, most: 48 },
  ])(
    'finds it within 3 % in $least of searches although $share of the steps were disturbed',
    ({ share, least, most }) => {
      const seeds = 400
      let found = 0
      let steps = 0
      for (let seed = 1; seed <= seeds; seed++) {
        const random = createRandom(seed)
        const capacity = 500 * 1000 ** random.next()
        const server = noisyServer(capacity, { deviation: 0.01, lapses: 0.05, random })
        const { held, observations } = search((rate) => (random.next() < share ? 'disturbed' : server(rate)))
        if (held !== null && Math.abs(held / capacity - 1) <= 0.03) found++
        steps += observations.length
      }
      expect(found / seeds).toBeGreaterThanOrEqual(least)
      expect(steps / seeds).toBeLessThan(most)
    },
  )

  it('counts every failure when nothing is forgiven', () => {
    const { observations } = search((rate) => (rate <= 5000 ? true : 'disturbed'), {
      ...OPTIONS,
      forgiven: 0,
    })
    expect(observations.filter(({ rate }) => rate === 8000)).toHaveLength(2)
  })

  it('takes the generator for the limit where it is disturbed again and again', () => {
    const { reason, held, failed } = search((rate) => (rate <= 10_000 ? true : 'disturbed'))
    expect(reason).toBe('precise')
    expect(held).toBeGreaterThan(9700)
    expect(failed).toBeGreaterThan(10_000)
  })

  it('does not believe one disturbed step, however it falls', () => {
    const capacity = 10_000
    const undisturbed = search((rate) => rate <= capacity).observations.length
    for (let disturbed = 0; disturbed < undisturbed; disturbed++) {
      let step = 0
      const { held } = search((rate) => rate <= capacity && step++ !== disturbed)
      expect(held! / capacity).toBeGreaterThan(0.97)
      expect(held).toBeLessThanOrEqual(capacity)
    }
  })

  it('knows how many steps may be left', () => {
    expect(stepsLeft({ held: 1000, failed: null }, OPTIONS)).toBeNull()
    expect(stepsLeft({ held: 1000, failed: 2000 }, OPTIONS)).toBe(12)
    expect(stepsLeft({ held: 1000, failed: 1010 }, OPTIONS)).toBe(3)
  })
})
